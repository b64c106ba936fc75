import type { Subscription, SubscriptionItem } from "../../objects/subscription";

/** The end of the period that the longest-paid item is in. */
export function currentPeriodEnd(subscription: Subscription): number {
  return Math.max(...subscription.items.data.map((item) => item.current_period_end));
}

/** The first of the items is to be billed again then. */
export function nextPeriodEnd(subscription: Subscription): number {
  return Math.min(...subscription.items.data.map((item) => item.current_period_end));
}

/** An item is used and paid to the end of its period, or of the subscription if that is earlier. */
export function paidEnd(
  { cancel_at }: Subscription,
  { current_period_start, current_period_end }: SubscriptionItem,
) {
  const within = cancel_at !== null && cancel_at > current_period_start;
  return within ? Math.min(cancel_at, current_period_end) : current_period_end;
}
