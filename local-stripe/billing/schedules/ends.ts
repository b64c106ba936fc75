import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import { schedule as scheduleJob, unschedule, unscheduleAll } from "../../kit/jobs";
import type { Subscription } from "../../objects/subscription";
import { type SubscriptionSchedule, subscriptionSchedules } from "../../objects/subscription-schedule";
import { DAY_SECONDS } from "../time/durations";
import { endOf, scheduleOf } from "./current";

/** The comment of `Stripe.SubscriptionScheduleExpiringEvent` (type). */
const EXPIRING_SECONDS = 7 * DAY_SECONDS;

/** Plans what time will bring to the schedule; called whenever its phases or the current one have changed. */
export function planPhases(schedule: SubscriptionSchedule): void {
  const { id, current_phase, phases, test_clock } = schedule;
  const next = current_phase?.end_date ?? phases[0]?.start_date;
  if (next !== undefined) scheduleJob("subscription_schedule.advance", id, next, test_clock);
  const warning = endOf(schedule) - EXPIRING_SECONDS;
  if (warning <= now()) unschedule("subscription_schedule.expiring", id);
  else scheduleJob("subscription_schedule.expiring", id, warning, test_clock);
}

export function announceExpiry(id: string): void {
  emit("subscription_schedule.expiring", subscriptionSchedules.must(id));
}

type End = Partial<
  Pick<
    SubscriptionSchedule,
    "canceled_at" | "completed_at" | "released_at" | "released_subscription" | "subscription"
  >
> &
  Pick<SubscriptionSchedule, "status">;

/** No phase follows any more. */
export function endSchedule(schedule: SubscriptionSchedule, end: End): SubscriptionSchedule {
  unscheduleAll(schedule.id);
  return subscriptionSchedules.put({ ...schedule, current_phase: null, ...end });
}

export function cancelSchedule(schedule: SubscriptionSchedule): SubscriptionSchedule {
  const canceled = endSchedule(schedule, { status: "canceled", canceled_at: now() });
  emit("subscription_schedule.canceled", canceled);
  return canceled;
}

/**
 * A subscription that ends takes its schedule with it: completed where the schedule had planned that end, aborted where
 * nobody paid (types: the comments of `end_behavior` and `Stripe.SubscriptionScheduleAbortedEvent`), else canceled
 * (inferred).
 */
export function endWithSubscription(subscription: Subscription, reason: string | null | undefined): void {
  const schedule = scheduleOf(subscription);
  if (!schedule) return;
  if (schedule.end_behavior === "cancel" && endOf(schedule) <= now()) {
    const completed = endSchedule(schedule, { status: "completed", completed_at: now() });
    emit("subscription_schedule.completed", completed);
    return;
  }
  if (reason !== "payment_failed") {
    cancelSchedule(schedule);
    return;
  }
  const aborted = endSchedule(schedule, { status: "canceled", canceled_at: now() });
  emit("subscription_schedule.aborted", aborted);
}
