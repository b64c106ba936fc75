import { Table } from "../../kit/store";
import type { Invoice, InvoiceLineItem } from "../../objects/invoice";
import { isMetered, prices } from "../../objects/price";
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
  for (const [id, lines] of linesByItem(invoice)) {
    const [{ period }] = lines;
    const [owner] = subscriptions.where({ item: id });
    const item = owner?.items.data.find((one) => one.id === id);
    debits.put({
      id,
      cut: item !== undefined && period.end < item.current_period_end,
      amount: lines.reduce((sum, line) => sum + discounted(line), 0),
      ...period,
      on: { invoice: invoice.id, invoice_line_items: lines.map((line) => line.id) },
    });
  }
}

type Lines = [InvoiceLineItem, ...InvoiceLineItem[]];

/** A price with tiers has several lines. */
function linesByItem(invoice: Invoice): Map<string, Lines> {
  const byItem = new Map<string, Lines>();
  for (const line of invoice.lines.data) {
    const details = line.parent?.subscription_item_details;
    if (!details || details.proration || isOfUsage(line)) continue;
    const lines = byItem.get(details.subscription_item);
    if (lines) lines.push(line);
    else byItem.set(details.subscription_item, [line]);
  }
  return byItem;
}

/** Usage is not debited ahead. */
function isOfUsage({ pricing }: InvoiceLineItem): boolean {
  const price = prices.get(pricing?.price_details?.price ?? "");
  return price !== undefined && isMetered(price);
}

const discounted = ({ amount, discount_amounts }: InvoiceLineItem) =>
  (discount_amounts ?? []).reduce((left, taken) => left - taken.amount, amount);
