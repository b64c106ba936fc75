import { invalid } from "../../kit/errors";
import { isMetered, type Price, planOf } from "../../objects/price";
import {
  buildSubscriptionItem,
  itemList,
  type Subscription,
  type SubscriptionItem,
} from "../../objects/subscription";
import type { DiscountGiven } from "../discounts/discounts";
import { applyItemDiscounts } from "../discounts/item-discounts";
import { afterIntervals, periodEnd } from "../time/periods";

export interface ItemChange {
  /** Without one the item is added. */
  readonly id?: string;
  readonly price?: Price;
  readonly quantity?: number;
  readonly deleted?: boolean;
  readonly metadata?: SubscriptionItem["metadata"];
  readonly discounts?: readonly DiscountGiven[] | null | undefined;
  readonly tax_rates?: SubscriptionItem["tax_rates"];
}

/**
 * The subscription with its items changed; each is in the period that its price and the anchor give
 * (https://docs.stripe.com/billing/subscriptions/mixed-interval).
 */
export function withItems(
  subscription: Subscription,
  changes: readonly ItemChange[],
  from: number,
): Subscription {
  let items: readonly SubscriptionItem[] = subscription.items.data;
  for (const [position, one] of changes.entries()) {
    items = withItem(subscription, items, one, from, `items[${position}]`);
  }
  if (items.length === 0) throw invalid("A subscription must have at least one active plan.");
  for (const [position, { price }] of items.entries()) {
    const first = items.findIndex((one) => one.price.id === price.id);
    if (first < position) throw sameItem(price.id, (items[first] as SubscriptionItem).id);
  }
  return { ...subscription, items: itemList(subscription.id, items) };
}

/** Two items of a subscription cannot have the same price (the words: recorded). */
const sameItem = (price: string, item: string) =>
  invalid(
    `A new item with Price ${price} can't be added to this Subscription because an existing Subscription Item ${item} is already using that Price. If you want to update the existing item (e.g., to adjust the quantity), pass the existing Subscription Item's \`id\` in your update request: https://stripe.com/docs/api/subscriptions/update#update_subscription-items-id`,
    { param: "plan" },
  );

function withItem(
  subscription: Subscription,
  items: readonly SubscriptionItem[],
  { id, price, quantity, deleted, metadata, discounts, tax_rates }: ItemChange,
  from: number,
  param: string,
): readonly SubscriptionItem[] {
  if (id === undefined) {
    if (!price) throw invalid("Missing required param: items[0][price].", { code: "parameter_missing" });
    const made = buildSubscriptionItem(subscription.id, price, {
      ...periodOf(subscription, price, from),
      quantity: quantity ?? 1,
      ...(metadata ? { metadata } : {}),
      tax_rates: tax_rates ?? [],
    });
    return [...items, applyItemDiscounts(subscription, made, discounts, param)];
  }
  const item = items.find((one) => one.id === id);
  if (!item) {
    throw invalid(`No such subscription item: '${id}'`, { code: "resource_missing", param: "items[0][id]" });
  }
  if (deleted) return items.filter((one) => one !== item);
  const next = price ?? item.price;
  const { quantity: had = 1, ...kept } = item;
  const moved = {
    ...kept,
    ...(sameInterval(item.price, next) ? {} : periodOf(subscription, next, from)),
    metadata: metadata ?? item.metadata,
    plan: planOf(next),
    price: next,
    tax_rates: tax_rates ?? item.tax_rates,
    ...(isMetered(next) ? {} : { quantity: quantity ?? had }),
  };
  const discounted = applyItemDiscounts(subscription, moved, discounts, param);
  return items.map((one) => (one === item ? discounted : one));
}

const sameInterval = (a: Price, b: Price) =>
  a.recurring?.interval === b.recurring?.interval &&
  a.recurring?.interval_count === b.recurring?.interval_count;

/** The period, counted from the subscription's anchor, in which `at` lies. */
function periodOf(subscription: Subscription, { recurring }: Price, at: number) {
  if (!recurring) throw invalid("The price specified is set to `type=one_time`.", { param: "items" });
  const { billing_cycle_anchor: anchor, trial_end, status } = subscription;
  if (status === "trialing" && trial_end) {
    return { current_period_start: subscription.trial_start ?? at, current_period_end: trial_end };
  }
  const end = periodEnd(anchor, recurring, at);
  let times = 0;
  while (afterIntervals(anchor, recurring, times + 1) <= at) times++;
  const start = at < anchor ? at : afterIntervals(anchor, recurring, times);
  return { current_period_start: start, current_period_end: end };
}
