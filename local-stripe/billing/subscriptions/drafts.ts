import { now } from "../../kit/clock";
import type { Invoice, InvoiceLineItem } from "../../objects/invoice";
import { type Subscription, type SubscriptionItem, subscriptions } from "../../objects/subscription";
import { createInvoice } from "../invoices/invoices";
import { claimPending } from "../invoices/pending-items";
import { DAY_SECONDS } from "../time/durations";
import { itemLines, subscriptionParent } from "./item-lines";

interface Wanted {
  readonly reason: "subscription_create" | "subscription_cycle" | "subscription_update";
  /** Billed for the period that they are in. */
  readonly items: readonly SubscriptionItem[];
  /** Lines of what is due once. */
  readonly once?: (invoice: string) => readonly InvoiceLineItem[];
  /** Checkout's amount is fixed before; everything else brings along what waits for the next invoice. */
  readonly withPending?: boolean;
  /** By price, where an item's amount was settled before. */
  readonly amounts?: ReadonlyMap<string, number>;
  readonly more?: Partial<Invoice>;
}

/** A draft for the subscription, which is its latest invoice from now on. */
export function createDraft(subscription: Subscription, wanted: Wanted): Invoice {
  const { reason, items, once = () => [], withPending = true, amounts, more } = wanted;
  const { id: owner, customer, currency, collection_method, days_until_due } = subscription;
  const sent = collection_method === "send_invoice";
  const draft = createInvoice(
    customer,
    {
      billing_reason: reason,
      collection_method,
      currency,
      default_payment_method: null,
      due_date: sent ? now() + (days_until_due ?? 30) * DAY_SECONDS : null,
      parent: subscriptionParent(subscription),
      ...more,
    },
    (id) => [
      ...(withPending ? claimPending(id, customer, owner) : []),
      ...once(id),
      ...items.flatMap((item) => itemLines(id, subscription, item, amounts?.get(item.price.id))),
    ],
  );
  subscriptions.update(owner, { latest_invoice: draft.id });
  return draft;
}
