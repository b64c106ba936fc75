import { invalid } from "../../kit/errors";
import { find } from "../../kit/lookup";
import type { CheckoutSession } from "../../objects/checkout-session";
import { type ShippingRate, shippingRates } from "../../objects/shipping-rate";
import { inTimeOf } from "../../objects/test-clock";
import { createShippingRate } from "../catalog/shipping-rates";
import { discountSession, dropStaleDiscount, wantedOf } from "./session-discounts";
import type { Given } from "./session-params";

type ShippingOption = CheckoutSession["shipping_options"][number];

const priced = ({ fixed_amount, id }: ShippingRate): ShippingOption => ({
  shipping_amount: fixed_amount?.amount ?? 0,
  shipping_rate: id,
});

/** The rates among which the customer chooses; those that are given inline are made. */
export function shippingOptions(given: Given, currency: string | null): ShippingOption[] {
  return (given.shipping_options ?? []).map(({ shipping_rate, shipping_rate_data }, position) => {
    const param = `shipping_options[${position}]`;
    const rate = shipping_rate_data
      ? createShippingRate(shipping_rate_data, `${param}[shipping_rate_data]`)
      : find(shippingRates, shipping_rate ?? "", `${param}[shipping_rate]`);
    if (!rate.active) throw invalid(`The shipping rate ${rate.id} is archived.`, { param });
    if (rate.fixed_amount?.currency === currency) return priced(rate);
    throw invalid(
      `The shipping rate ${rate.id} is in \`${rate.fixed_amount?.currency}\`, but this Checkout Session is in \`${currency}\`.`,
      { param },
    );
  });
}

/** Shipping is charged whole: discounts are on items (type: `Stripe.Checkout.Session.ShippingCost`). */
export const shippingCost = ({ shipping_amount, shipping_rate }: ShippingOption) => ({
  amount_subtotal: shipping_amount,
  amount_tax: 0,
  amount_total: shipping_amount,
  shipping_rate,
});

/** The session with another way to ship, as its customer chose; undefined when it is not offered. */
export function chooseShipping(session: CheckoutSession, rate: string): CheckoutSession | undefined {
  const option = session.shipping_options.find(({ shipping_rate }) => shipping_rate === rate);
  if (!option) return undefined;
  return inTimeOf(session.customer, () => {
    const chosen = { ...session, shipping_cost: shippingCost(option) };
    return dropStaleDiscount(chosen) ?? discountSession(chosen, wantedOf(chosen));
  });
}
