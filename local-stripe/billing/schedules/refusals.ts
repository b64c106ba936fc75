import { invalid } from "../../kit/errors";
import type { Subscription } from "../../objects/subscription";
import type { SubscriptionSchedule } from "../../objects/subscription-schedule";
import { isRunning, scheduleOf } from "./current";

/**
 * A schedule alone says when its subscription ends. The words: Stripe's, as https://github.com/dust-tt/dust/pull/32051
 * and others quote them.
 */
export function refuseManagedEnd(
  subscription: Subscription,
  given: { readonly cancel_at?: unknown; readonly cancel_at_period_end?: unknown },
): void {
  const schedule = scheduleOf(subscription);
  if (!schedule || (given.cancel_at === undefined && given.cancel_at_period_end === undefined)) return;
  throw invalid(
    `The subscription is managed by the subscription schedule \`${schedule.id}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
  );
}

/** Subscriptions with schedules cannot be paused (type: the comment of `SubscriptionResource.pause`; words inferred). */
export function refuseManagedPause(subscription: Subscription): void {
  const schedule = scheduleOf(subscription);
  if (!schedule) return;
  throw invalid(
    `You cannot pause a subscription that is attached to a schedule: \`${schedule.id}\`. Release the schedule first.`,
  );
}

/** The words: Stripe's, as public code and questions about it quote them. */
export function refuseEnded(schedule: SubscriptionSchedule, verb: "cancel" | "release" | "update"): void {
  if (isRunning(schedule)) return;
  const past = { cancel: "canceled", release: "released", update: "updated" }[verb];
  throw invalid(
    `You cannot ${verb} a subscription schedule that is currently in the \`${schedule.status}\` status. It must be in \`not_started, active\` status to be ${past}.`,
  );
}
