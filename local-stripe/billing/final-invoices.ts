import { now } from "../kit/clock";
import type { Invoice } from "../objects/invoice";
import { type Subscription, subscriptions } from "../objects/subscription";
import { type Cancellation, cancel } from "./cancellation";
import { advance } from "./collection";
import { credit } from "./prorations";
import { draftFor } from "./subscription-invoices";

interface Settlement {
  /** Give back what was debited for the time to come. */
  readonly prorate: boolean;
  /** Bill what is left at once, instead of with the customer's next invoice. */
  readonly invoiceNow: boolean;
}

/** Ends the subscription now. */
export function cancelNow(
  subscription: Subscription,
  details: Cancellation,
  settlement: Settlement,
): Subscription {
  const canceled = cancel(subscription, details);
  const final = finalDraft(canceled, settlement);
  if (final) advance(final);
  return subscriptions.must(canceled.id);
}

export function finalDraft(subscription: Subscription, { prorate, invoiceNow }: Settlement): Invoice | null {
  if (prorate) for (const item of subscription.items.data) credit(subscription, item, now());
  return invoiceNow ? draftFor(subscription, { reason: "subscription_update", items: [] }) : null;
}
