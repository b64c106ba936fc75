import { emit, inSequence } from "../kit/events";
import { onDue } from "../kit/jobs";
import { type Subscription, subscriptions } from "../objects/subscription";
import { cancel } from "./cancellation";
import { methodOf } from "./charging";
import { scheduleCycle } from "./cycle";
import { beginCycle, keepForAnHour } from "./next-cycle";
import { pause } from "./pauses";
import { TRIAL_END } from "./sequences";

onDue("subscription.trial_will_end", (id) => {
  emit("customer.subscription.trial_will_end", subscriptions.must(id));
});

/** The first period that costs something begins, unless nobody is there to pay and the shop wanted it to stop. */
export function endTrial(subscription: Subscription): void {
  const missing = !methodOf(subscription) && subscription.collection_method === "charge_automatically";
  const behavior = subscription.trial_settings?.end_behavior.missing_payment_method;
  if (missing && behavior === "cancel") cancel(subscription, {});
  else if (missing && behavior === "pause") pause(subscription, "trial_end_without_payment_method");
  else
    inSequence(TRIAL_END, () => {
      const { renewed, draft } = beginCycle({ ...subscription, status: "active" });
      keepForAnHour(renewed, draft);
      scheduleCycle(renewed);
      emit("customer.subscription.updated", renewed, subscription);
    });
}
