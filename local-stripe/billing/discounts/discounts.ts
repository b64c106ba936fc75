import { now } from "../../kit/clock";
import { exclusive, noSuch } from "../../kit/errors";
import { emit } from "../../kit/events";
import { schedule, unschedule } from "../../kit/jobs";
import { group, optional, text } from "../../kit/params";
import { customers } from "../../objects/customer";
import {
  buildDiscount,
  type Discount,
  deleteDiscount,
  discounts,
  discountTerms,
  termsFor,
} from "../../objects/discount";
import { itemList, type Subscription, subscriptions } from "../../objects/subscription";
import { clockOf } from "../../objects/test-clock";
import { afterIntervals } from "../time/periods";
import { checkRedemption, type Purchase, type Redemption } from "./redemption";
import { countRedemption } from "./validity";

/** One entry of a `discounts` parameter: something new to redeem, or a discount to keep. */
export const discountParam = group(optional({ coupon: text, discount: text, promotion_code: text }));

export interface DiscountGiven {
  readonly coupon?: string;
  readonly discount?: string;
  readonly promotion_code?: string;
}

type Target = Pick<Discount, "customer"> &
  Partial<Pick<Discount, "checkout_session" | "invoice_item" | "subscription" | "subscription_item">>;

/**
 * Redeems a coupon: counts the use, and keeps its terms as they are now
 * (https://docs.stripe.com/billing/subscriptions/coupons).
 */
export function createDiscount(redemption: Redemption, target: Target): Discount {
  const discount = redeem(redemption, target);
  if (discount.customer) emit("customer.discount.created", discount);
  return discount;
}

/** The same without a word about it. A single payment repeats nothing (docs as above). */
export function redeem(
  redemption: Redemption,
  target: Target,
  { recurs = Boolean(target.subscription ?? target.subscription_item) } = {},
): Discount {
  const { coupon, promotionCode } = redemption;
  const months = recurs ? coupon.duration_in_months : null;
  const end =
    months === null ? null : afterIntervals(now(), { interval: "month", interval_count: months }, 1);
  const discount = discounts.put(
    buildDiscount(coupon.id, { ...target, end, promotion_code: promotionCode?.id ?? null }),
  );
  discountTerms.put(termsFor(discount.id, coupon));
  if (end !== null) schedule("discount.end", discount.id, end, clockOf(target.customer));
  countRedemption(coupon, promotionCode);
  return discount;
}

/**
 * Applies a `discounts` parameter to a subscription: a list replaces, null clears, nothing or an empty
 * list changes nothing. `amount` is what minimums are compared with: the first invoice's subtotal, or null
 * when an existing subscription is changed. The caller stores and reports the subscription.
 */
export function applyDiscounts(
  subscription: Subscription,
  given: readonly DiscountGiven[] | null | undefined,
  amount: number | null,
): Subscription {
  const { id, customer, currency, discounts: before } = subscription;
  const purchase = { customer, currency, amount };
  const target = { customer, subscription: id };
  return { ...subscription, discounts: replaceDiscounts(before, given, purchase, target) };
}

/** The same for whatever may have discounts; `list` is the parameter that names them. */
export function replaceDiscounts(
  before: readonly string[],
  given: readonly DiscountGiven[] | null | undefined,
  purchase: Purchase,
  target: Target,
  list = "discounts",
): readonly string[] {
  if (given === undefined || given?.length === 0) return before;
  const wanted = (given ?? []).map((one, position) => {
    const param = `${list}[${position}]`;
    if (one.discount === undefined) return checkRedemption(one, purchase, param);
    if (one.coupon || one.promotion_code) throw exclusive(`${param}[discount]`, `${param}[coupon]`);
    return keptDiscount(before, one.discount, `${param}[discount]`);
  });
  const kept = new Set(wanted.flatMap((one) => ("object" in one ? [one.id] : [])));
  const dropped = before.filter((id) => !kept.has(id)).map((id) => discounts.must(id));
  const switched = dropped.length === 1 && wanted.length - kept.size === 1 ? dropped[0] : undefined;
  const next = wanted.map((one) => {
    if ("object" in one) return one.id;
    if (!switched) return createDiscount(one, target).id;
    const discount = redeem(one, target);
    emit("customer.discount.updated", discount, switched);
    return discount.id;
  });
  for (const discount of dropped) forgetDiscount(discount);
  if (!switched) for (const discount of dropped) emit("customer.discount.deleted", discount);
  return next;
}

function keptDiscount(before: readonly string[], id: string, param: string): Discount {
  const discount = discounts.get(id);
  if (!discount || !before.includes(id)) throw noSuch("discount", id, param);
  return discount;
}

export function forgetDiscount(discount: Discount): void {
  unschedule("discount.end", discount.id);
  deleteDiscount(discount);
}

/** Ends a discount before or at its time; returns the subscription without it, if it was one's. */
export function endDiscount(id: string, subscription: string | undefined): Subscription | undefined {
  const discount = discounts.get(id);
  if (!discount) return undefined;
  forgetDiscount(discount);
  emit("customer.discount.deleted", discount);
  const holder = customers.get(discount.customer ?? "");
  if (holder?.discount?.id === id) customers.put({ ...holder, discount: null });
  const before = subscriptions.get(subscription ?? "");
  return before && subscriptions.put(withoutDiscount(before, id));
}

/** It may be one of the subscription or of an item. */
function withoutDiscount(subscription: Subscription, id: string): Subscription {
  const others = (ids: readonly string[]) => ids.filter((other) => other !== id);
  const items = subscription.items.data.map((item) =>
    item.discounts.includes(id) ? { ...item, discounts: others(item.discounts) } : item,
  );
  const discounts = others(subscription.discounts);
  return { ...subscription, discounts, items: itemList(subscription.id, items) };
}

export function endDiscountOnTime(id: string): void {
  const discount = discounts.get(id);
  const [ofItem] = subscriptions.where({ item: discount?.subscription_item ?? "" });
  const before = subscriptions.get(discount?.subscription ?? "") ?? ofItem;
  // A subscription that has ended shows its last discounts for good.
  if (before && before.ended_at !== null) return;
  const after = endDiscount(id, before?.id);
  if (before && after) emit("customer.subscription.updated", after, before);
}
