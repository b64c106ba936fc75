import { now } from "../../kit/clock";
import type { Invoice, InvoiceLineItem } from "../../objects/invoice";
import { isMetered } from "../../objects/price";
import { type Subscription, type SubscriptionItem, subscriptions } from "../../objects/subscription";
import { createInvoice } from "../invoices/invoices";
import { claimPending } from "../invoices/pending-items";
import { DAY_SECONDS } from "../time/durations";
import { usageLines } from "../usage/usage-lines";
import { itemLines, subscriptionParent } from "./item-lines";

interface Wanted {
  readonly reason: "subscription_create" | "subscription_cycle" | "subscription_update";
  /** Billed for the period that they are in. */
  readonly items: readonly SubscriptionItem[];
  /** Billed for what was used of them until now, or until their period ended. */
  readonly usage?: readonly SubscriptionItem[];
  /** Lines of what is due once. */
  readonly once?: (invoice: string) => readonly InvoiceLineItem[];
  /** Checkout's amount is fixed before; everything else brings along what waits for the next invoice. */
  readonly withPending?: boolean;
  /** By price, where an item's amount was settled before. */
  readonly amounts?: ReadonlyMap<string, number>;
  readonly more?: Partial<Invoice>;
}

/**
 * True if an invoice would have nothing on it, and is not made
 * (https://docs.stripe.com/billing/subscriptions/billing-mode/compare).
 */
export function billsNothing(items: readonly SubscriptionItem[], once: Wanted["once"]): boolean {
  return items.length > 0 && meteredOnly(items).length === items.length && (once?.("") ?? []).length === 0;
}

export const meteredOnly = (items: readonly SubscriptionItem[]) =>
  items.filter(({ price }) => isMetered(price));

/** A draft for the subscription, which is its latest invoice from now on. */
export function createDraft(subscription: Subscription, wanted: Wanted): Invoice {
  const { reason, items, usage = [], once = () => [], withPending = true, amounts, more } = wanted;
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
      ...saidOnInvoices(subscription),
      ...more,
    },
    (id) => [
      ...(withPending ? claimPending(id, customer, owner) : []),
      ...once(id),
      ...items.flatMap((item) => itemLines(id, subscription, item, amounts?.get(item.price.id))),
      ...usage.flatMap((item) => usageLines(id, subscription, item, now())),
    ],
  );
  subscriptions.update(owner, { latest_invoice: draft.id });
  return draft;
}

/** The wishes of a subscription for what its invoices say and are paid by (type: `Stripe.Subscription.InvoiceSettings`). */
function saidOnInvoices({ invoice_settings, payment_settings }: Subscription): Partial<Invoice> {
  const { custom_fields, description, footer } = invoice_settings;
  const options = payment_settings?.payment_method_options ?? null;
  return {
    custom_fields,
    description,
    footer,
    payment_settings: {
      default_mandate: null,
      // Only a card has options here, and those are the same for both.
      payment_method_options: options as Invoice["payment_settings"]["payment_method_options"],
      payment_method_types: payment_settings?.payment_method_types ?? null,
    },
  };
}
