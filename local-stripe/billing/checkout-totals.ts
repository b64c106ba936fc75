import { now } from "../kit/clock";
import { type CheckoutSession, checkoutPlans, type LineItem } from "../objects/checkout-session";
import { type DiscountTerms, termsFor } from "../objects/discount";
import { DAY } from "./cycle";
import { discountAmounts } from "./discount-amounts";
import type { Redemption } from "./redemption";

/** When the trial will end if it begins now; null without one. */
export function trialEnd(session: string): number | null {
  const { trialEnd: end, trialPeriodDays: days } = checkoutPlans.must(session).subscriptionData;
  return end ?? (days === null ? null : now() + days * DAY);
}

/** The session with what it comes to; its line items get their share of the discount, or of none. */
export function withTotals(session: CheckoutSession, redemption: Redemption | null): CheckoutSession {
  if (session.mode === "setup") return { ...session, amount_subtotal: null, amount_total: null };
  const plan = checkoutPlans.must(session.id);
  const trial = trialEnd(session.id) !== null;
  const waits = (item: LineItem) => trial && Boolean(item.price?.recurring);
  const terms = redemption ? [termsFor("", redemption.coupon)] : [];
  const today = discounted(
    plan.lineItems.filter((item) => !waits(item)),
    terms,
  );
  const spent = redemption?.coupon.duration === "once" && sum(today, "amount_discount") > 0;
  const later = discounted(plan.lineItems.filter(waits), spent ? [] : terms);
  const byId = new Map([...today, ...later].map((item) => [item.id, item]));
  checkoutPlans.put({ ...plan, lineItems: plan.lineItems.map((item) => byId.get(item.id) ?? item) });
  return {
    ...session,
    amount_subtotal: sum(today, "amount_subtotal"),
    amount_total: sum(today, "amount_total"),
    discounts: redemption ? [shown(redemption)] : [],
    total_details: { amount_discount: sum(today, "amount_discount"), amount_shipping: 0, amount_tax: 0 },
  };
}

const sum = (items: readonly LineItem[], field: "amount_discount" | "amount_subtotal" | "amount_total") =>
  items.reduce((total, item) => total + item[field], 0);

function discounted(items: readonly LineItem[], terms: readonly DiscountTerms[]): LineItem[] {
  const lines = items.map(({ amount_subtotal, currency, price }) => ({
    amount: amount_subtotal,
    currency,
    discountable: true,
    product: price?.product ?? null,
  }));
  const [off] = discountAmounts(lines, terms);
  return items.map((item, at) => {
    const amount_discount = off?.[at] ?? 0;
    return { ...item, amount_discount, amount_total: item.amount_subtotal - amount_discount };
  });
}

/** The session names what was asked for: the code, or the coupon itself. */
const shown = ({ coupon, promotionCode }: Redemption) => ({
  coupon: promotionCode ? null : coupon.id,
  promotion_code: promotionCode?.id ?? null,
});
