import { pricingOf } from "../../objects/invoice";
import type { InvoiceItem } from "../../objects/invoice-item";
import { isMetered } from "../../objects/price";
import { billedPrice, type Subscription, type SubscriptionItem } from "../../objects/subscription";
import { productName } from "../catalog/names";
import { netAmount } from "../discounts/invoice-discounts";
import { type Debit, debits } from "../invoices/debits";
import { createInvoiceItem } from "../invoices/pending-items";
import { shareOf } from "../money/amounts";
import { afterIntervals } from "../time/periods";
import { paidEnd } from "../time/subscription-periods";

/** An invoice item that is decided on, and still to be made. */
export type Prepared = () => void;

export function credit(subscription: Subscription, item: SubscriptionItem, from: number): void {
  prepareCredit(subscription, item, from)?.();
}

/**
 * Credits what was debited for time that is no longer wanted, exact to the second and rounded down
 * (https://docs.stripe.com/billing/subscriptions/prorations; the rounding: recorded).
 */
export function prepareCredit(
  subscription: Subscription,
  item: SubscriptionItem,
  from: number,
): Prepared | undefined {
  const debited = debits.get(item.id);
  if (!debited || debited.amount === 0 || from >= debited.end) return undefined;
  const start = Math.max(from, debited.start);
  const amount = shareOf(-debited.amount, debited.end - start, debited.end - debited.start);
  debits.put({ ...debited, amount: debited.amount + amount, end: start });
  const given = {
    ...entry(subscription, item, "Unused time", start, debited.end),
    amount,
    proration_details: { credited_items: creditedItems(debited), discount_amounts: [] },
  };
  return () => void createInvoiceItem(subscription.customer, given);
}

/**
 * Debits the rest of the item's period, as far as the subscription goes
 * (https://docs.stripe.com/billing/subscriptions/prorations).
 */
export function debit(subscription: Subscription, item: SubscriptionItem, from: number): void {
  const { current_period_start: start, current_period_end: periodEnd } = item;
  const end = paidEnd(subscription, item);
  if (from >= end || isMetered(item.price)) return;
  // Up to the cycle's anchor the period is only a part of one
  // (https://docs.stripe.com/billing/subscriptions/billing-cycle).
  const whole = start < subscription.billing_cycle_anchor && item.price.recurring;
  const length = periodEnd - (whole ? afterIntervals(periodEnd, whole, -1) : start);
  const amount = shareOf(netAmount(subscription, item), end - Math.max(from, start), length);
  const made = createInvoiceItem(subscription.customer, {
    ...entry(subscription, item, "Remaining time", Math.max(from, start), end),
    amount,
    proration_details: { credited_items: null, discount_amounts: [] },
  });
  const cut = end < periodEnd;
  debits.put({ id: item.id, amount, ...made.period, cut, on: { invoice_item: made.id } });
}

/**
 * A planned end credits what was debited for the time after it; one that moves or goes debits that again (inferred
 * from https://docs.stripe.com/billing/subscriptions/cancel).
 */
export function prorateEnd(subscription: Subscription, item: SubscriptionItem): void {
  const debited = debits.get(item.id);
  if (!debited) return;
  const end = paidEnd(subscription, item);
  if (end < debited.end) {
    credit(subscription, item, end);
    debits.update(item.id, { end, cut: true });
  } else if (debited.cut && end > debited.end) {
    debit(subscription, item, debited.end);
    // From now on the two are one: what is credited later is a share of their sum.
    const added = debits.must(item.id);
    debits.put({ ...added, amount: debited.amount + added.amount, start: debited.start });
  }
}

function entry(subscription: Subscription, item: SubscriptionItem, what: string, start: number, end: number) {
  const price = billedPrice(subscription, item);
  const quantity = item.quantity ?? 1;
  const name = quantity === 1 ? productName(price) : `${quantity} × ${productName(price)}`;
  return {
    currency: price.currency,
    description: `${what} on ${name} after ${day(start)}`,
    // Its amount is what was really paid, so no discount is to be taken off once more.
    discountable: false,
    frozen_fields: ["pricing", "quantity", "discounts"],
    parent: {
      type: "subscription_details",
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
    },
    period: { start, end },
    // The amount is a share of a price, which no unit has (recorded).
    pricing: { ...pricingOf(price), unit_amount_decimal: null },
    proration: true,
    quantity,
    tax_rates: item.tax_rates,
  } satisfies Partial<InvoiceItem>;
}

function creditedItems({ on }: Debit): NonNullable<InvoiceItem["proration_details"]>["credited_items"] {
  return "invoice_item" in on
    ? { type: "invoice_item", invoice_item: on.invoice_item }
    : { type: "invoice_line_items", invoice_line_item_details: on };
}

const DATE = new Intl.DateTimeFormat("en-GB", {
  day: "2-digit",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** `06 Oct 2026` */
const day = (seconds: number) => DATE.format(new Date(seconds * 1000));
