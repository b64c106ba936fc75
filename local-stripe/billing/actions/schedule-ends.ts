import { now } from "../../kit/clock";
import { emit, inSequence } from "../../kit/events";
import { subscriptions } from "../../objects/subscription";
import { type SubscriptionSchedule, subscriptionSchedules } from "../../objects/subscription-schedule";
import { SCHEDULE_CANCEL } from "../behavior/sequences";
import { cancelSchedule, endSchedule } from "../schedules/ends";
import { cancelAt } from "../subscriptions/cancellation";
import { cancelNow } from "./final-invoices";

/**
 * Leaves the subscription as it is, without a schedule (type: the comment of `SubscriptionScheduleResource.release`);
 * the order: recorded (2021).
 */
export function releaseSchedule(
  schedule: SubscriptionSchedule,
  { preserveCancelDate }: { readonly preserveCancelDate: boolean },
): SubscriptionSchedule {
  const released = endSchedule(schedule, {
    status: "released",
    released_at: now(),
    released_subscription: schedule.subscription,
    subscription: null,
  });
  emit("subscription_schedule.updated", released, schedule);
  const before = subscriptions.get(schedule.subscription ?? "");
  if (before) {
    const setsEnd = schedule.end_behavior === "cancel" && !preserveCancelDate;
    const free = subscriptions.put({
      ...(setsEnd ? cancelAt(before, null, false) : before),
      schedule: null,
    });
    emit("customer.subscription.updated", free, before);
  }
  emit("subscription_schedule.released", released);
  return released;
}

interface Settlement {
  readonly prorate: boolean;
  readonly invoiceNow: boolean;
}

/** Ends the schedule and, if there is one, its subscription. */
export function cancelWithSubscription(
  schedule: SubscriptionSchedule,
  settlement: Settlement,
): SubscriptionSchedule {
  const subscription = subscriptions.get(schedule.subscription ?? "");
  if (!subscription) return cancelSchedule(schedule);
  inSequence(SCHEDULE_CANCEL, () =>
    cancelNow(subscription, { reason: "cancellation_requested" }, settlement),
  );
  return subscriptionSchedules.must(schedule.id);
}
