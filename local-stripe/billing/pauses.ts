import { now } from "../kit/clock";
import { emit } from "../kit/events";
import { onDue, schedule, unschedule } from "../kit/jobs";
import { type Subscription, subscriptions } from "../objects/subscription";
import { scheduleCycle } from "./cycle";
import { credit } from "./prorations";
import { switches } from "./switches";

type PauseReason = NonNullable<Subscription["status_details"]>["paused"]["subscription"]["type"];

/** It makes no invoices and enters no new period until it is resumed. */
export function pause(subscription: Subscription, type: PauseReason): Subscription {
  const paused = subscriptions.put({
    ...subscription,
    status: "paused",
    status_details: { paused: { subscription: { type }, transitioned_at: now(), type: "subscription" } },
  });
  scheduleCycle(paused);
  emit("customer.subscription.paused", paused);
  if (switches.pauseUpdatesSubscription === "yes")
    emit("customer.subscription.updated", paused, subscription);
  return paused;
}

/** Gives the time that the customer will not use back, from now on or from the period's beginning. */
export function creditUnused(subscription: Subscription, from: "now" | "item_current_period_start"): void {
  for (const item of subscription.items.data) {
    credit(subscription, item, from === "now" ? now() : item.current_period_start);
  }
}

/** Only the collection stands still: invoices go on, and are kept, given up or voided. */
export function pauseCollection(
  subscription: Subscription,
  pause: { behavior: "keep_as_draft" | "mark_uncollectible" | "void"; resumes_at: number | null } | null,
): Subscription {
  const { id, test_clock } = subscription;
  if (pause?.resumes_at) schedule("subscription.resume_collection", id, pause.resumes_at, test_clock);
  else unschedule("subscription.resume_collection", id);
  return { ...subscription, pause_collection: pause };
}

onDue("subscription.resume_collection", (id) => {
  const subscription = subscriptions.must(id);
  emit(
    "customer.subscription.updated",
    subscriptions.put({ ...subscription, pause_collection: null }),
    subscription,
  );
});
