import { now } from "../../kit/clock";
import type { DueKind } from "../../kit/due-kinds";
import { schedule, unschedule } from "../../kit/jobs";
import type { Subscription } from "../../objects/subscription";
import { DAY_SECONDS } from "../time/durations";
import { nextPeriodEnd } from "../time/subscription-periods";

/**
 * Stripe announces an invoice this long before, as the account is set, and the end of a trial three days before
 * (https://docs.stripe.com/billing/subscriptions/webhooks).
 */
const UPCOMING_SECONDS = 7 * DAY_SECONDS;
export const TRIAL_WARNING_SECONDS = 3 * DAY_SECONDS;

const STANDING_STILL = new Set<string>(["canceled", "incomplete", "incomplete_expired", "paused"]);

/** Plans what time will bring to the subscription; called whenever its periods, trial or status have changed. */
export function scheduleCycle(subscription: Subscription): void {
  const { id, test_clock, status, trial_end } = subscription;
  const ahead = (kind: DueKind, at: number | null) => {
    if (at === null || at <= now() || STANDING_STILL.has(status)) unschedule(kind, id);
    else schedule(kind, id, at, test_clock);
  };
  const next = nextPeriodEnd(subscription);
  if (STANDING_STILL.has(status)) unschedule("subscription.renew", id);
  else schedule("subscription.renew", id, next, test_clock);
  ahead("invoice.upcoming", next - UPCOMING_SECONDS);
  ahead(
    "subscription.trial_will_end",
    status === "trialing" && trial_end ? trial_end - TRIAL_WARNING_SECONDS : null,
  );
}
