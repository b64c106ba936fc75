import { account } from "../kit/account";
import { now } from "../kit/clock";
import { emit } from "../kit/events";
import { newId, randomText } from "../kit/ids";
import { customers } from "../objects/customer";
import {
  buildInvoice,
  buildLine,
  type Invoice,
  type InvoiceLineItem,
  invoices,
  lineList,
} from "../objects/invoice";
import { buildInvoicePayment, type InvoicePayment, invoicePayments } from "../objects/invoice-payment";
import { paymentIntents } from "../objects/payment-intent";
import type { Price } from "../objects/price";
import { products } from "../objects/product";
import { type Subscription, type SubscriptionItem, subscriptions } from "../objects/subscription";
import { paidEnd } from "./cycle";
import { recordDebits } from "./debits";
import { discountsInForce, spendDiscounts, withDiscounts } from "./invoice-discounts";
import { amountOf, formatAmount, shareOf } from "./money";
import { afterIntervals } from "./periods";

type Draft = Pick<Invoice, "billing_reason" | "currency" | "parent"> & Partial<Invoice>;

/** A draft with its lines, for which a subscription's discounts are used; `lines` are made for the invoice's id. */
export function createInvoice(
  customer: string,
  draft: Draft,
  lines: (invoice: string) => readonly InvoiceLineItem[],
): Invoice {
  const id = newId("in_1");
  const made = lines(id);
  const subscription = subscriptions.get(draft.parent?.subscription_details?.subscription ?? "");
  const discounts = subscription ? discountsInForce(subscription) : [];
  const invoice = invoices.put(
    withTotals(
      buildInvoice(customers.must(customer), { id, lines: lineList(id, made), discounts, ...draft }),
    ),
  );
  recordDebits(invoice);
  emit("invoice.created", invoice);
  if (subscription) spendDiscounts(invoice, subscription);
  return invoice;
}

/** Whatever follows from the lines, the discounts and the balance that the customer brings along. */
export function withTotals(undiscounted: Invoice): Invoice {
  const invoice = withDiscounts(undiscounted);
  const subtotal = invoice.lines.data.reduce((sum, line) => sum + line.amount, 0);
  const off = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const total = subtotal - off;
  const due = Math.max(0, total + invoice.starting_balance);
  return {
    ...invoice,
    amount_due: due,
    amount_remaining: due - invoice.amount_paid,
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_excluding_tax: total,
  };
}

/**
 * Gives the number and the addresses, and takes the customer's balance into account for good. What owes nothing
 * is paid in the same moment.
 */
export function finalizeInvoice(
  draft: Invoice,
  { withBalance = true }: { readonly withBalance?: boolean } = {},
): Invoice {
  const customer = customers.must(draft.customer ?? "");
  const starting_balance = withBalance ? customer.balance : 0;
  const sequence = customer.next_invoice_sequence ?? 1;
  const settled = withTotals({ ...draft, starting_balance });
  const ending_balance = Math.min(0, settled.total + starting_balance);
  customers.put({
    ...customer,
    balance: customer.balance - starting_balance + ending_balance,
    currency: customer.currency ?? draft.currency,
    next_invoice_sequence: sequence + 1,
  });
  const page = `${account.origin}/i/${randomText(40)}`;
  const invoice = invoices.put({
    ...settled,
    automatically_finalizes_at: null,
    effective_at: now(),
    ending_balance,
    hosted_invoice_url: page,
    invoice_pdf: `${page}/pdf`,
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, "0")}`,
    status: "open",
    status_transitions: { ...draft.status_transitions, finalized_at: now() },
  });
  emit("invoice.finalized", invoice);
  return invoice.amount_due === 0 ? markPaid(invoice) : invoice;
}

/** Ties the intent that pays an invoice to it. */
export function payWith(invoice: Invoice, paymentIntent: string): InvoicePayment {
  return invoicePayments.put(buildInvoicePayment(invoice, paymentIntent));
}

export function defaultPaymentOf(invoice: string): InvoicePayment | undefined {
  return invoicePayments.where({ invoice }).find((payment) => payment.is_default);
}

/** A debit that is on its way counts as payment until the bank says otherwise. */
export function isProcessing(invoice: Invoice): boolean {
  const intent = paymentIntents.get(defaultPaymentOf(invoice.id)?.payment.payment_intent ?? "");
  return intent?.status === "processing";
}

/** The invoice is settled, by a payment, by the customer's balance, or by nothing being due. */
export function markPaid(open: Invoice, how: { readonly outOfBand?: boolean } = {}): Invoice {
  const payment = defaultPaymentOf(open.id);
  const charged = payment !== undefined && !how.outOfBand;
  const invoice = invoices.put({
    ...open,
    amount_paid: open.amount_due,
    amount_remaining: 0,
    attempt_count: Math.max(open.attempt_count, charged ? 1 : 0),
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: "paid",
    status_transitions: { ...open.status_transitions, paid_at: now() },
  });
  emit("invoice.paid", invoice);
  // Money that came by another way is paid, but no payment succeeded here.
  if (!how.outOfBand) emit("invoice.payment_succeeded", invoice);
  if (payment && charged) {
    const paid = invoicePayments.put({
      ...payment,
      amount_paid: payment.amount_requested,
      status: "paid",
      status_transitions: { canceled_at: null, paid_at: now() },
    });
    emit("invoice_payment.paid", paid);
  }
  return invoice;
}

/** One period of one subscription item. */
export function itemLine(
  invoice: string,
  subscription: Subscription,
  item: SubscriptionItem,
  amount = periodAmount(subscription, item),
): InvoiceLineItem {
  const trialing = subscription.status === "trialing";
  const quantity = item.quantity ?? 1;
  const { price } = item;
  return buildLine(invoice, {
    amount: trialing ? 0 : amount,
    currency: price.currency,
    description: trialing ? `Trial period for ${productName(price)}` : describe(price, quantity),
    metadata: subscription.metadata,
    parent: {
      type: "subscription_item_details",
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
    },
    period: { start: item.current_period_start, end: paidEnd(subscription, item) },
    pricing: pricingOf(price, trialing),
    quantity,
    subscription: subscription.id,
  });
}

/** Nobody pays for the time after a planned end. */
function periodAmount(subscription: Subscription, item: SubscriptionItem): number {
  const { current_period_start: start, current_period_end: end, price, quantity } = item;
  const { billing_cycle_anchor: anchor } = subscription;
  const whole =
    start < anchor ? amountUntil(anchor, price, quantity ?? 1, start) : amountOf(price, quantity ?? 1);
  const until = paidEnd(subscription, item);
  return until < end ? shareOf(whole, until - start, end - start) : whole;
}

/** Before the billing cycle's anchor there is only a part of a period. */
export function amountUntil(anchor: number, price: Price, quantity: number, start: number): number {
  const whole = amountOf(price, quantity);
  if (!price.recurring) return whole;
  return shareOf(whole, anchor - start, anchor - afterIntervals(anchor, price.recurring, -1));
}

export function pricingOf(price: Price, free = false): InvoiceLineItem["pricing"] {
  return {
    type: "price_details",
    price_details: { price: price.id, product: price.product },
    unit_amount_decimal: free ? "0" : price.unit_amount_decimal,
  };
}

export const productName = (price: Price): string => products.get(price.product)?.name ?? price.product;

function describe(price: Price, quantity: number): string {
  const each = formatAmount(price.unit_amount ?? amountOf(price, 1), price.currency);
  return `${quantity} × ${productName(price)} (at ${each} / ${cadence(price)})`;
}

export function cadence({ recurring }: Price): string {
  if (!recurring) return "once";
  const { interval, interval_count } = recurring;
  return interval_count === 1 ? interval : `every ${interval_count} ${interval}s`;
}

export const subscriptionParent = (subscription: Subscription): Invoice["parent"] => ({
  type: "subscription_details",
  quote_details: null,
  // A snapshot: later changes of the subscription's metadata do not reach an invoice that exists.
  subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
});
