import { html } from "hono/html";
import { formatAmount } from "../../billing/money/amounts";
import type { CheckoutSession } from "../../objects/checkout-session";
import { type ShippingRate, shippingRates } from "../../objects/shipping-rate";
import type { Markup } from "../layout";

/** A form of its own: choosing how to ship changes the total, and pays nothing. */
export function shippingChoice({ id, shipping_cost, shipping_options }: CheckoutSession): Markup | string {
  if (shipping_options.length < 2) return "";
  return html`<form class="shipping" method="post" action="/c/pay/${id}/shipping">
    <fieldset>
      <legend>Shipping method</legend>
      ${shipping_options.map(({ shipping_rate }) => {
        const rate = shippingRates.must(shipping_rate);
        return html`<label class="choice">
          <input type="radio" name="shipping_rate" value="${rate.id}"
            ${rate.id === shipping_cost?.shipping_rate ? "checked" : ""}>
          <span>${rate.display_name} <small>${estimate(rate)}</small></span>
          <span>${priceOf(rate)}</span>
        </label>`;
      })}
    </fieldset>
    <button class="small plain">Update shipping</button>
  </form>`;
}

export const shippingName = ({ shipping_cost }: CheckoutSession): string =>
  shippingRates.get(shipping_cost?.shipping_rate ?? "")?.display_name ?? "Shipping";

const priceOf = ({ fixed_amount }: ShippingRate): string =>
  fixed_amount?.amount ? formatAmount(fixed_amount.amount, fixed_amount.currency) : "Free";

/** `3 to 5 business days`, `at least 3 days`, `up to 1 week`. */
function estimate({ delivery_estimate: given }: ShippingRate): string {
  const { maximum, minimum } = given ?? {};
  if (maximum && minimum?.unit === maximum.unit && minimum.value !== maximum.value) {
    return `${minimum.value} to ${span(maximum)}`;
  }
  if (maximum && minimum)
    return span(minimum) === span(maximum) ? span(maximum) : `${span(minimum)} to ${span(maximum)}`;
  if (maximum) return `Up to ${span(maximum)}`;
  return minimum ? `At least ${span(minimum)}` : "";
}

const span = ({ unit, value }: { readonly unit: string; readonly value: number }) =>
  `${value} ${unit.replace("_", " ")}${value === 1 ? "" : "s"}`;
