import { Table } from "../../kit/store";
import type { Invoice } from "../../objects/invoice";
import { subscriptions } from "../../objects/subscription";

/** The last debit of a subscription item: its amount, its time, and the line that shows it. */
export interface Debit {
  /** The subscription item's. */
  readonly id: string;
  readonly amount: number;
  readonly start: number;
  readonly end: number;
  /** It ends before its item's period does, for the subscription is to end then. */
  readonly cut: boolean;
  /** On an invoice its line; before that, the pending invoice item. */
  readonly on:
    | { readonly invoice: string; readonly invoice_line_items: readonly string[] }
    | { readonly invoice_item: string };
}

/**
 * In flexible billing a credit is a share of what was debited, whatever the price says now
 * (https://docs.stripe.com/billing/subscriptions/billing-mode).
 */
export const debits = new Table<Debit>("debit", "");

/** Remembers what an invoice bills its subscription items for their whole period, discounts taken off. */
export function recordDebits(invoice: Invoice): void {
  for (const line of invoice.lines.data) {
    const details = line.parent?.subscription_item_details;
    if (!details || details.proration) continue;
    const discounted = (line.discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
    const [owner] = subscriptions.where({ item: details.subscription_item });
    const item = owner?.items.data.find(({ id }) => id === details.subscription_item);
    debits.put({
      id: details.subscription_item,
      cut: item !== undefined && line.period.end < item.current_period_end,
      amount: line.amount - discounted,
      ...line.period,
      on: { invoice: invoice.id, invoice_line_items: [line.id] },
    });
  }
}
