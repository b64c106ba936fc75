import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import { schedule, unschedule } from "../../kit/jobs";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { switches } from "../behavior/switches";
import { scheduleCycle } from "./cycle";
import { credit } from "./prorations";

type PauseReason = NonNullable<Subscription["status_details"]>["paused"]["subscription"]["type"];

/**
 * A paused subscription makes no invoices and enters no new period until it is resumed (type: the comment of
 * `Stripe.Subscription.status`). The pause is reported against `before`.
 */
export function pauseSubscription(
  subscription: Subscription,
  type: PauseReason,
  before = subscription,
): Subscription {
  const paused = subscriptions.put({
    ...subscription,
    status: "paused",
    status_details: { paused: { subscription: { type }, transitioned_at: now(), type: "subscription" } },
  });
  scheduleCycle(paused);
  emit("customer.subscription.paused", paused);
  if (switches.pauseUpdatesSubscription === "yes") emit("customer.subscription.updated", paused, before);
  return paused;
}

/**
 * Credits the time that the customer will not use, from now on or from the period's beginning (type:
 * `Stripe.SubscriptionPauseParams`).
 */
export function creditUnused(subscription: Subscription, from: "now" | "item_current_period_start"): void {
  for (const item of subscription.items.data) {
    credit(subscription, item, from === "now" ? now() : item.current_period_start);
  }
}

/**
 * Pauses the collection alone: invoices go on, and are kept, given up or voided
 * (https://docs.stripe.com/billing/subscriptions/pause-payment).
 */
export function pauseCollection(
  subscription: Subscription,
  pause: { behavior: "keep_as_draft" | "mark_uncollectible" | "void"; resumes_at: number | null } | null,
): Subscription {
  const { id, test_clock } = subscription;
  if (pause?.resumes_at) schedule("subscription.resume_collection", id, pause.resumes_at, test_clock);
  else unschedule("subscription.resume_collection", id);
  return { ...subscription, pause_collection: pause };
}

export function resumeCollection(id: string): void {
  const subscription = subscriptions.must(id);
  emit(
    "customer.subscription.updated",
    subscriptions.put({ ...subscription, pause_collection: null }),
    subscription,
  );
}
