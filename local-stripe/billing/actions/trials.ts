import { now } from "../../kit/clock";
import { emit, inSequence } from "../../kit/events";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { TRIAL_END } from "../behavior/sequences";
import { methodOf, noMethod } from "../invoices/charging";
import { cancel } from "../subscriptions/cancellation";
import type { Change } from "../subscriptions/changes";
import { scheduleCycle } from "../subscriptions/cycle";
import { withItems } from "../subscriptions/item-changes";
import { beginCycle, keepForAnHour } from "../subscriptions/next-cycle";
import { pauseSubscription } from "../subscriptions/pauses";
import type { PaymentBehavior } from "./subscription-start";

export function announceTrialEnd(id: string): void {
  emit("customer.subscription.trial_will_end", subscriptions.must(id));
}

/** Nobody is there to pay when the trial ends. */
const isUnpayable = (subscription: Subscription): boolean =>
  subscription.collection_method === "charge_automatically" && !methodOf(subscription);

const behaviorOf = ({ trial_settings }: Subscription) => trial_settings?.end_behavior.missing_payment_method;

/**
 * Begins the first period that costs something, unless nobody is there to pay and the shop wanted it to stop
 * (https://docs.stripe.com/billing/subscriptions/trials).
 */
export function endTrial(subscription: Subscription, before = subscription): void {
  if (isUnpayable(subscription) && stopAtTrialEnd(subscription, before)) return;
  inSequence(TRIAL_END, () => {
    const { renewed, draft } = beginCycle({ ...subscription, status: "active" });
    keepForAnHour(renewed, draft);
    scheduleCycle(renewed);
    emit("customer.subscription.updated", renewed, before);
  });
}

/** Pauses or cancels, as the shop wanted it for a trial that ends without a payment method; false if it wanted neither. */
function stopAtTrialEnd(subscription: Subscription, before: Subscription): boolean {
  const behavior = behaviorOf(subscription);
  if (behavior === "pause") pauseSubscription(subscription, "trial_end_without_payment_method", before);
  // The reason: recorded.
  else if (behavior === "cancel") cancel(subscription, { reason: "cancellation_requested" });
  return behavior === "pause" || behavior === "cancel";
}

/**
 * Ends a trial now for whom nobody can be charged; false if somebody can, or is to be asked for a method (recorded:
 * `create_invoice` is refused). `patched` is the subscription with everything else that was wanted.
 */
export function endTrialUnpaid(
  before: Subscription,
  patched: Subscription,
  { items, trialEnd }: Pick<Change, "items" | "trialEnd">,
  behavior: PaymentBehavior,
): boolean {
  if (trialEnd !== "now" || patched.status !== "trialing" || !isUnpayable(patched)) return false;
  const ended = { ...withItems(patched, items, now()), trial_end: now() };
  if (stopAtTrialEnd(ended, before)) return true;
  if (behavior === "allow_incomplete" || behavior === "error_if_incomplete") throw noMethod();
  return false;
}
