import { now } from "../kit/clock";
import { emit, inSequence } from "../kit/events";
import { onDue } from "../kit/jobs";
import { type Subscription, subscriptions } from "../objects/subscription";
import { scheduleCycle } from "./cycle";
import { endAsPlanned } from "./final-invoices";
import { beginCycle, keepForAnHour } from "./next-cycle";
import { RENEWAL } from "./sequences";
import { endTrial } from "./trials";

onDue("subscription.renew", (id) => {
  const subscription = subscriptions.must(id);
  const ends = subscription.cancel_at !== null && subscription.cancel_at <= now();
  if (ends) endAsPlanned(subscription);
  else if (subscription.status === "trialing") endTrial(subscription);
  else renew(subscription);
});

function renew(subscription: Subscription): void {
  inSequence(RENEWAL, () => {
    const { renewed, draft } = beginCycle(subscription);
    keepForAnHour(renewed, draft);
    scheduleCycle(renewed);
    emit("customer.subscription.updated", renewed, subscription);
  });
}
