import { now } from "../../kit/clock";
import { emit, inSequence } from "../../kit/events";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { RENEWAL } from "../behavior/sequences";
import { scheduleCycle } from "../subscriptions/cycle";
import { beginCycle, keepForAnHour } from "../subscriptions/next-cycle";
import { nextPeriodEnd } from "../time/subscription-periods";
import { endAsPlanned } from "./final-invoices";
import { enterPhaseWithPeriod } from "./schedule-phases";
import { endTrial } from "./trials";

/** The period that is paid for is over: the subscription renews, unless its trial or all of it ends. */
export function endPeriod(id: string): void {
  const before = subscriptions.must(id);
  if (before.cancel_at !== null && before.cancel_at <= now()) {
    endAsPlanned(id);
    return;
  }
  const subscription = enterPhaseWithPeriod(before);
  const isTrialOver = subscription.status === "trialing" && (subscription.trial_end ?? 0) <= now();
  if (isTrialOver) endTrial(subscription, before);
  // A phase that began a cycle of its own has billed it.
  else if (nextPeriodEnd(subscription) <= now()) renew(subscription, before);
}

/** `before` is what the renewal is reported against. */
function renew(subscription: Subscription, before: Subscription): void {
  inSequence(RENEWAL, () => {
    const { renewed, draft } = beginCycle(subscription);
    keepForAnHour(renewed, draft);
    scheduleCycle(renewed);
    emit("customer.subscription.updated", renewed, before);
  });
}
