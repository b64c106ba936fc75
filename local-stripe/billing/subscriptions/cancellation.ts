import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { schedule, unschedule, unscheduleAll } from "../../kit/jobs";
import { invoices } from "../../objects/invoice";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { endWithSubscription } from "../schedules/ends";
import { currentPeriodEnd } from "../time/subscription-periods";

export type Cancellation = Partial<NonNullable<Subscription["cancellation_details"]>>;

/** Ends the subscription now. An end that was planned for later is forgotten; the time of that request is not (recorded). */
export function cancel(subscription: Subscription, details: Cancellation): Subscription {
  const at = now();
  const wasPlanned = subscription.cancel_at !== null && subscription.cancel_at > at;
  const canceled = subscriptions.put({
    ...subscription,
    ...(wasPlanned ? { cancel_at: null, cancel_at_period_end: false } : {}),
    canceled_at: subscription.canceled_at ?? at,
    cancellation_details: withDetails(subscription, details),
    ended_at: at,
    status: "canceled",
  });
  unscheduleAll(subscription.id);
  emit("customer.subscription.deleted", canceled);
  endWithSubscription(canceled, details.reason);
  for (const invoice of invoices.where({ subscription: subscription.id })) {
    const collecting = (invoice.status === "draft" || invoice.status === "open") && invoice.auto_advance;
    const stopped = { ...invoice, auto_advance: false, next_payment_attempt: null };
    if (collecting) emit("invoice.updated", invoices.put(stopped), invoice);
  }
  return canceled;
}

/**
 * Sets, moves or (with null) clears the moment at which the subscription will end by itself
 * (https://docs.stripe.com/billing/subscriptions/cancel).
 */
export function cancelAt(subscription: Subscription, at: number | null, atPeriodEnd: boolean): Subscription {
  if (at === null) unschedule("subscription.cancel", subscription.id);
  else schedule("subscription.cancel", subscription.id, at, subscription.test_clock);
  return {
    ...subscription,
    cancel_at: at,
    cancel_at_period_end: atPeriodEnd,
    canceled_at: at === null ? null : (subscription.canceled_at ?? now()),
    cancellation_details: withDetails(subscription, {
      reason: at === null ? null : "cancellation_requested",
      ...(at === null ? { comment: null, feedback: null } : {}),
    }),
  };
}

/** A customer who leaves at the end of the period leaves at the end of the one that they are in now. */
export function followPeriodEnd(subscription: Subscription): Subscription {
  return subscription.cancel_at_period_end
    ? cancelAt(subscription, currentPeriodEnd(subscription), true)
    : subscription;
}

export function withDetails(subscription: Subscription, details: Cancellation) {
  const none = { comment: null, feedback: null, feedback_option: null, reason: null };
  return { ...none, ...subscription.cancellation_details, ...details };
}

export const hasEnded = ({ status }: Subscription) =>
  status === "canceled" || status === "incomplete_expired";

/** An ended subscription takes nothing but notes about itself. */
export function refuseEndedSubscription(
  subscription: Subscription,
  given: Readonly<Record<string, unknown>>,
): void {
  if (!hasEnded(subscription)) return;
  const other = Object.keys(given).filter((key) => key !== "metadata" && key !== "cancellation_details");
  if (other.length === 0) return;
  throw invalid("A canceled subscription can only update its cancellation_details and metadata.", {
    code: "invalid_canceled_subscription_fields",
  });
}
