import { now } from "../kit/clock";
import { emit } from "../kit/events";
import { onDue } from "../kit/jobs";
import { tombstones } from "../kit/store";
import type { Invoice } from "../objects/invoice";
import { type InvoiceItem, invoiceItems, subscriptionOfItem } from "../objects/invoice-item";
import { type Subscription, subscriptions } from "../objects/subscription";
import { type Cancellation, cancel } from "./cancellation";
import { advance } from "./collection";
import { pendingItems } from "./pending-items";
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
  if (!settlement.prorate && !settlement.invoiceNow) dropProrations(canceled);
  const final = finalDraft(canceled, settlement);
  if (final) advance(final);
  return subscriptions.must(canceled.id);
}

/** Its time has come. What still waits to be billed is collected with it. */
export function endAsPlanned(subscription: Subscription): void {
  const invoiceNow = waitsFor(subscription).length > 0;
  cancelNow(subscription, { reason: "cancellation_requested" }, { prorate: false, invoiceNow });
}

onDue("subscription.cancel", (id) => endAsPlanned(subscriptions.must(id)));

/** What is to be billed with this subscription alone. */
export const waitsFor = ({ id, customer }: Subscription): InvoiceItem[] =>
  pendingItems(customer, id).filter((item) => subscriptionOfItem(item) === id);

/** What changes were to cost is forgotten with the subscription, where nothing is to be settled. */
function dropProrations(subscription: Subscription): void {
  for (const item of waitsFor(subscription)) {
    if (!item.proration) continue;
    invoiceItems.delete(item.id);
    tombstones.put({ id: item.id, object: "invoiceitem", deleted: true });
    emit("invoiceitem.deleted", item);
  }
}

export function finalDraft(subscription: Subscription, { prorate, invoiceNow }: Settlement): Invoice | null {
  if (prorate) for (const item of subscription.items.data) credit(subscription, item, now());
  return invoiceNow ? draftFor(subscription, { reason: "subscription_update", items: [] }) : null;
}
