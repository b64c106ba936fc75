import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import { tombstones } from "../../kit/store";
import type { Invoice } from "../../objects/invoice";
import { type InvoiceItem, invoiceItems, subscriptionOfItem } from "../../objects/invoice-item";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { advanceDraft } from "../collection/collection";
import { pendingItems } from "../invoices/pending-items";
import { giveUp } from "../invoices/terminal-invoices";
import { type Cancellation, cancel } from "../subscriptions/cancellation";
import { createDraft, meteredOnly } from "../subscriptions/drafts";
import { credit } from "../subscriptions/prorations";

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
  const final = createFinalDraft(canceled, settlement);
  if (final) collectFinal(final);
  return subscriptions.must(canceled.id);
}

/**
 * A last invoice in the customer's favour is given up as a draft, and their balance does not get it (recorded, some
 * seconds later).
 */
function collectFinal(draft: Invoice): void {
  if (draft.total < 0) giveUp(draft);
  else advanceDraft(draft);
}

/** Ends a subscription whose time has come, and collects what still waits to be billed (inferred). */
export function endAsPlanned(id: string): void {
  const subscription = subscriptions.must(id);
  const invoiceNow = leavesSomething(subscription);
  const canceled = cancel(subscription, { reason: "cancellation_requested" });
  const final = createFinalDraft(canceled, { prorate: false, invoiceNow });
  if (final) advanceDraft(final);
}

/** True if its end leaves something to bill: what waits for an invoice, or what was used. */
export const leavesSomething = (subscription: Subscription): boolean =>
  itemsWaitingFor(subscription).length > 0 || meteredOnly(subscription.items.data).length > 0;

/** Items that are to be billed with this subscription alone. */
const itemsWaitingFor = ({ id, customer }: Subscription): InvoiceItem[] =>
  pendingItems(customer, id).filter((item) => subscriptionOfItem(item) === id);

/** Forgets the prorations of earlier changes with the subscription, where nothing is to be settled. */
function dropProrations(subscription: Subscription): void {
  for (const item of itemsWaitingFor(subscription)) {
    if (!item.proration) continue;
    invoiceItems.delete(item.id);
    tombstones.put({ id: item.id, object: "invoiceitem", deleted: true });
    emit("invoiceitem.deleted", item);
  }
}

export function createFinalDraft(
  subscription: Subscription,
  { prorate, invoiceNow }: Settlement,
): Invoice | null {
  if (prorate) for (const item of subscription.items.data) credit(subscription, item, now());
  if (!invoiceNow) return null;
  // Usage, too, is billed only when an invoice is asked for (type: the comment of
  // `Stripe.SubscriptionCancelParams.invoice_now`).
  const usage = meteredOnly(subscription.items.data);
  return createDraft(subscription, { reason: "subscription_cycle", items: [], usage });
}
