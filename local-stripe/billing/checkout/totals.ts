import { now } from "../../kit/clock";
import { type CheckoutSession, checkoutPlans, type LineItem } from "../../objects/checkout-session";
import { type DiscountTerms, termsFor } from "../../objects/discount";
import { discountAmounts } from "../discounts/discount-amounts";
import type { Redemption } from "../discounts/redemption";
import { placeOfSession, withItemTax } from "../tax/item-taxes";
import { DAY_SECONDS } from "../time/durations";

/** The trial will end then if it begins now; null without one. */
export function trialEnd(session: string): number | null {
  const { trialEnd: end, trialPeriodDays: days } = checkoutPlans.must(session).subscriptionData;
  return end ?? (days === null ? null : now() + days * DAY_SECONDS);
}

/**
 * Gives the session its totals, and its line items their tax and their share of the discount, or of none (type:
 * `Stripe.Checkout.Session.TotalDetails`).
 */
export function applyTotals(session: CheckoutSession, redemption: Redemption | null): CheckoutSession {
  if (session.mode === "setup") {
    return { ...session, amount_subtotal: null, amount_total: null, total_details: null };
  }
  const plan = checkoutPlans.must(session.id);
  const trial = trialEnd(session.id) !== null;
  const waits = (item: LineItem) => trial && Boolean(item.price?.recurring);
  const terms = redemption ? [termsFor("", redemption.coupon)] : [];
  const priced = (items: readonly LineItem[], off: readonly DiscountTerms[]) =>
    discountedItems(items, off).map((item) => withItemTax(session, item));
  const today = priced(
    plan.lineItems.filter((item) => !waits(item)),
    terms,
  );
  const spent = redemption?.coupon.duration === "once" && sumOf(today, "amount_discount") > 0;
  const later = priced(plan.lineItems.filter(waits), spent ? [] : terms);
  const byId = new Map([...today, ...later].map((item) => [item.id, item]));
  checkoutPlans.put({ ...plan, lineItems: plan.lineItems.map((item) => byId.get(item.id) ?? item) });
  const shipping = session.shipping_cost?.amount_total ?? 0;
  return {
    ...session,
    automatic_tax: automaticTaxOf(session),
    amount_subtotal: sumOf(today, "amount_subtotal"),
    amount_total: sumOf(today, "amount_total") + shipping,
    discounts: redemption ? [discountOf(redemption)] : [],
    total_details: {
      amount_discount: sumOf(today, "amount_discount"),
      amount_shipping: shipping,
      amount_tax: sumOf(today, "amount_tax"),
    },
  };
}

/** Until the customer is known to be somewhere there is no tax (type: `Stripe.Checkout.Session.AutomaticTax.status`). */
const automaticTaxOf = (session: CheckoutSession): CheckoutSession["automatic_tax"] =>
  session.automatic_tax.enabled
    ? {
        enabled: true,
        liability: { type: "self" },
        provider: "stripe",
        status: placeOfSession(session) ? "complete" : "requires_location_inputs",
      }
    : session.automatic_tax;

type Amount = "amount_discount" | "amount_subtotal" | "amount_tax" | "amount_total";

const sumOf = (items: readonly LineItem[], field: Amount) =>
  items.reduce((total, item) => total + item[field], 0);

function discountedItems(items: readonly LineItem[], terms: readonly DiscountTerms[]): LineItem[] {
  const lines = items.map(({ amount_subtotal, currency, price }) => ({
    amount: amount_subtotal,
    currency,
    discountable: true,
    product: price?.product ?? null,
  }));
  const [off] = discountAmounts(lines, terms);
  return items.map((item, at) => {
    const amount_discount = off?.[at] ?? 0;
    return { ...item, amount_discount };
  });
}

/** The session names what was asked for: the code, or the coupon itself. */
const discountOf = ({ coupon, promotionCode }: Redemption) => ({
  coupon: promotionCode ? null : coupon.id,
  promotion_code: promotionCode?.id ?? null,
});
