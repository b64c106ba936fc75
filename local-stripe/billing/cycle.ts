import { now } from "../kit/clock";
import { schedule, unschedule } from "../kit/jobs";
import type { Subscription, SubscriptionItem } from "../objects/subscription";

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** Stripe announces an invoice this long before, and the end of a trial. */
const UPCOMING = 7 * DAY;
export const TRIAL_WARNING = 3 * DAY;

/** When the period ends that every item has paid for. */
export function currentPeriodEnd(subscription: Subscription): number {
  return Math.max(...subscription.items.data.map((item) => item.current_period_end));
}

/** When the first of the items is to be billed again. */
export function nextPeriodEnd(subscription: Subscription): number {
  return Math.min(...subscription.items.data.map((item) => item.current_period_end));
}

/** Until when an item is used and paid: to the end of its period, or of the subscription if that is earlier. */
export function paidEnd(
  { cancel_at }: Subscription,
  { current_period_start, current_period_end }: SubscriptionItem,
) {
  const within = cancel_at !== null && cancel_at > current_period_start;
  return within ? Math.min(cancel_at, current_period_end) : current_period_end;
}

const STANDING_STILL = new Set<string>(["canceled", "incomplete", "incomplete_expired", "paused"]);

/** Plans what time will bring to the subscription; called whenever its periods, trial or status have changed. */
export function scheduleCycle(subscription: Subscription): void {
  const { id, test_clock, status, trial_end } = subscription;
  const ahead = (kind: string, at: number | null) => {
    if (at === null || at <= now() || STANDING_STILL.has(status)) unschedule(kind, id);
    else schedule(kind, id, at, test_clock);
  };
  const next = nextPeriodEnd(subscription);
  if (STANDING_STILL.has(status)) unschedule("subscription.renew", id);
  else schedule("subscription.renew", id, next, test_clock);
  ahead("invoice.upcoming", next - UPCOMING);
  ahead("subscription.trial_will_end", status === "trialing" && trial_end ? trial_end - TRIAL_WARNING : null);
}
