import { html } from "hono/html";
import { cadence, costText } from "../../billing/catalog/names";
import { customAmountOf } from "../../billing/checkout/custom-amounts";
import { soldPrice } from "../../billing/checkout/line-items";
import { choiceOf } from "../../billing/checkout/quantities";
import { trialEnd } from "../../billing/checkout/totals";
import { amountAhead, formatAmount, minorUnits } from "../../billing/money/amounts";
import { rateLabel } from "../../billing/tax/tax-words";
import {
  type CheckoutSession,
  checkoutPlans,
  type LineItem,
  lineItemTaxes,
} from "../../objects/checkout-session";
import { type Coupon, coupons } from "../../objects/coupon";
import { isMetered } from "../../objects/price";
import { promotionCodes } from "../../objects/promotion-code";
import { day, offText } from "../format";
import type { Markup } from "../layout";
import { removal } from "./optional-items";
import { shippingName } from "./shipping-choice";

/** The order, its cost today, and its cost later. */
export function summary(session: CheckoutSession): Markup | string {
  const { currency } = session;
  if (!currency) return "";
  const { lineItems } = checkoutPlans.must(session.id);
  const today = formatAmount(session.amount_total ?? 0, currency);
  const free = trialEnd(session.id) !== null;
  return html`<p class="amount">${today}</p>
    <p class="cadence">${later(session, lineItems)}</p>
    <dl class="lines">
      ${lineItems.map((item) => line(session, item, free && Boolean(item.price?.recurring)))}
      ${discountLine(session)}
      ${taxLines(session, lineItems)}
      ${shippingLine(session)}
      <div class="total"><dt>Total due today</dt><dd>${today}</dd></div>
    </dl>`;
}

function line(session: CheckoutSession, item: LineItem, free: boolean): Markup {
  const price = item.price && costOf(item);
  const each = item.price?.recurring ? `Billed every ${period(item)}` : "";
  const quantity = (item.quantity ?? 1) > 1 ? `Quantity ${item.quantity}` : "";
  return html`<div>
    <dt>
      ${item.description} <small>${[quantity, each].filter(Boolean).join(" · ")}</small>
      ${quantityForm(session.id, item)}
      ${amountForm(session.id, item)}
      ${removal(session, item)}
    </dt>
    <dd>${free ? `Free, then ${price}` : price}</dd>
  </div>`;
}

/** Usage is paid later: only the cost of a unit is known. */
function costOf(item: LineItem): string {
  const price = soldPrice(item);
  return price && isMetered(price)
    ? `${costText(price)} each`
    : formatAmount(item.amount_subtotal, item.currency);
}

/** A form of its own: choosing how many pays nothing. */
function quantityForm(session: string, item: LineItem): Markup | string {
  const choice = choiceOf(item);
  if (!choice) return "";
  const name = `quantity-${item.id}`;
  return html`<form class="quantity" method="post" action="/c/pay/${session}/quantity">
    <input type="hidden" name="item" value="${item.id}">
    <label for="${name}">Quantity<span class="unseen"> of ${item.description}</span></label>
    <input id="${name}" name="quantity" type="number" value="${item.quantity}" min="${choice.least}"
      max="${choice.most}" required>
    <button class="small plain">Update<span class="unseen"> quantity of ${item.description}</span></button>
  </form>`;
}

function amountForm(session: string, item: LineItem): Markup | string {
  const custom = customAmountOf(item);
  if (!custom) return "";
  const { currency } = item;
  const bounds = [
    custom.minimum === null ? "" : `at least ${formatAmount(custom.minimum, currency)}`,
    custom.maximum === null ? "" : `at most ${formatAmount(custom.maximum, currency)}`,
  ];
  const chosen = item.amount_subtotal > 0 ? item.amount_subtotal / minorUnits(currency) : "";
  return html`<form class="quantity" method="post" action="/c/pay/${session}/amount">
    <label for="amount">Amount <small>${bounds.filter(Boolean).join(", ")}</small></label>
    <input id="amount" name="amount" type="number" step="any" value="${chosen}" required>
    <button class="small plain">Update amount</button>
  </form>`;
}

function discountLine(session: CheckoutSession): Markup | string {
  const coupon = couponOf(session);
  if (!coupon) return "";
  const name = coupon.name ?? promotionCode(session)?.code ?? coupon.id;
  const amount = session.total_details?.amount_discount ?? 0;
  const once = session.mode === "payment";
  return html`<div>
    <dt>${name} <small>${offText(coupon, once)}</small></dt>
    <dd>${amount > 0 ? `−${formatAmount(amount, session.currency ?? "usd")}` : "After the trial"}</dd>
  </div>`;
}

/** One line for each rate of what is due today. */
function taxLines(session: CheckoutSession, lineItems: readonly LineItem[]): Markup[] {
  const sums = new Map<string, number>();
  for (const item of lineItems) {
    if (trialEnd(session.id) !== null && item.price?.recurring) continue;
    for (const { amount, rate } of lineItemTaxes.get(item.id)?.taxes ?? []) {
      sums.set(rateLabel(rate), (sums.get(rateLabel(rate)) ?? 0) + amount);
    }
  }
  return [...sums].map(
    ([label, amount]) =>
      html`<div><dt>${label}</dt><dd>${formatAmount(amount, session.currency ?? "usd")}</dd></div>` as Markup,
  );
}

function shippingLine(session: CheckoutSession): Markup | string {
  const { currency, shipping_cost: cost } = session;
  if (!cost || !currency) return "";
  const amount = cost.amount_total === 0 ? "Free" : formatAmount(cost.amount_total, currency);
  return html`<div><dt>Shipping <small>${shippingName(session)}</small></dt><dd>${amount}</dd></div>`;
}

const promotionCode = ({ discounts }: CheckoutSession) =>
  promotionCodes.get(discounts?.[0]?.promotion_code ?? "");

const couponOf = (session: CheckoutSession): Coupon | undefined =>
  coupons.get(promotionCode(session)?.promotion.coupon ?? session.discounts?.[0]?.coupon ?? "");

const period = ({ price }: LineItem) => (price ? cadence(price).replace(/^every /, "") : "period");

function wholeAmount(item: LineItem): number {
  const price = soldPrice(item);
  return price ? amountAhead(price, item.quantity ?? 1) : item.amount_subtotal;
}

/** Tells how the price goes on: after a trial, and after a discount that ends. */
function later(session: CheckoutSession, lineItems: readonly LineItem[]): string {
  const recurring = lineItems.filter((item) => item.price?.recurring);
  const [first] = recurring;
  if (!first) return "charged once";
  const anchor = checkoutPlans.must(session.id).subscriptionData.billingCycleAnchor;
  const usage = recurring.some(({ price }) => price && isMetered(price)) ? " and what you use" : "";
  const every = (field: "amount_subtotal" | "amount_total") => {
    // Up to an anchor only a part is paid; what is paid from then on is the price.
    const amount = recurring.reduce(
      (sum, item) => sum + (anchor === null ? item[field] : wholeAmount(item)),
      0,
    );
    return `${formatAmount(amount, first.currency)}${usage} every ${period(first)}`;
  };
  const coupon = couponOf(session);
  const reduced = recurring.some((item) => item.amount_discount > 0);
  const ends = reduced && coupon !== undefined && coupon.duration !== "forever";
  const end = trialEnd(session.id);
  const price = ends ? `${offText(coupon)}, then ${every("amount_subtotal")}` : every("amount_total");
  if (end !== null) return `Free until ${day(end)}, then ${price}`;
  if (anchor !== null) return `Until ${day(anchor)}, then ${price}`;
  return ends || usage ? price : `every ${period(first)}, until you cancel`;
}
