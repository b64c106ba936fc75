import { emit, inSequence } from "../../kit/events";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { TRIAL_END } from "../behavior/sequences";
import { methodOf } from "../invoices/charging";
import { cancel } from "../subscriptions/cancellation";
import { scheduleCycle } from "../subscriptions/cycle";
import { beginCycle, keepForAnHour } from "../subscriptions/next-cycle";
import { pauseSubscription } from "../subscriptions/pauses";

export function announceTrialEnd(id: string): void {
  emit("customer.subscription.trial_will_end", subscriptions.must(id));
}

/**
 * Begins the first period that costs something, unless nobody is there to pay and the shop wanted it to stop
 * (https://docs.stripe.com/billing/subscriptions/trials).
 */
export function endTrial(subscription: Subscription, before = subscription): void {
  const missing = !methodOf(subscription) && subscription.collection_method === "charge_automatically";
  const behavior = subscription.trial_settings?.end_behavior.missing_payment_method;
  if (missing && behavior === "cancel") cancel(subscription, {});
  else if (missing && behavior === "pause")
    pauseSubscription(subscription, "trial_end_without_payment_method");
  else
    inSequence(TRIAL_END, () => {
      const { renewed, draft } = beginCycle({ ...subscription, status: "active" });
      keepForAnHour(renewed, draft);
      scheduleCycle(renewed);
      emit("customer.subscription.updated", renewed, before);
    });
}
