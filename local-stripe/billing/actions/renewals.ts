import { now } from "../../kit/clock";
import { emit, inSequence } from "../../kit/events";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { RENEWAL } from "../behavior/sequences";
import { scheduleCycle } from "../subscriptions/cycle";
import { beginCycle, keepForAnHour } from "../subscriptions/next-cycle";
import { endAsPlanned } from "./final-invoices";
import { endTrial } from "./trials";

/** The period that is paid for is over: the subscription renews, unless its trial or all of it ends. */
export function endPeriod(id: string): void {
  const subscription = subscriptions.must(id);
  const ends = subscription.cancel_at !== null && subscription.cancel_at <= now();
  if (ends) endAsPlanned(id);
  else if (subscription.status === "trialing") endTrial(subscription);
  else renew(subscription);
}

function renew(subscription: Subscription): void {
  inSequence(RENEWAL, () => {
    const { renewed, draft } = beginCycle(subscription);
    keepForAnHour(renewed, draft);
    scheduleCycle(renewed);
    emit("customer.subscription.updated", renewed, subscription);
  });
}
