import type Stripe from "stripe";
import { invoices } from "@/db/schema";
import type { LedgerEntry } from "../ledger";
import { idOf, stripe } from "../stripe";
import { NOTHING_ELSE, type ObjectDefinition, ONE_ROW_EACH, ownId } from "./definition";
import { toTime, toTimeOrNull } from "./time";

/** The bill of a subscription's period, and the money that pays it. */
export const invoice = {
  events: {
    "invoice.created": "a renewal's bill is being drafted; it is charged an hour later",
    "invoice.finalized": "a bill exists, with its number and its page",
    "invoice.updated": "its amounts or its attempts changed",
    "invoice.paid": "the money of a subscription, also when settled outside of Stripe",
    "invoice.payment_succeeded": "the money of a subscription",
    "invoice.payment_failed": "an attempt to collect failed; Stripe will try again",
    "invoice.payment_action_required": "the bank wants its customer to confirm the payment",
    "invoice.marked_uncollectible": "the money is not expected any more",
    "invoice.voided": "the bill was withdrawn",
    "invoice.deleted": "a draft was thrown away",
  },
  notedEvents: {},
  idFrom: { invoice: ownId },
  isCarriedWhole: () => true,
  retrieve: (id, options) => stripe.invoices.retrieve(id, {}, options),
  list: (pages, after) => pages((params, options) => stripe.invoices.list(params, options), after),
  ledgerEntries: (source, event) => [
    ...(source.status === "paid" ? [toInvoicePaidEntry(source, event)] : []),
    ...(event?.type === "invoice.payment_failed" ? [toAttemptEntry(source, event)] : []),
  ],
  ownLedgerKind: "invoice_paid",
  effects: (source, [event]) => ({
    ...NOTHING_ELSE,
    stripeCustomerId: idOf(source.customer),
    note: `Invoice ${source.id} is ${source.status}.`,
    row:
      event?.type === "invoice.deleted"
        ? { ...toInvoiceRow(source), deletedAt: toTime(event.created) }
        : toInvoiceRow(source),
  }),
  effectsWhenGone: (id, stripeCustomerId) => ({
    ...NOTHING_ELSE,
    stripeCustomerId,
    note: `Stripe knows no invoice ${id}.`,
  }),
  mirror: {
    table: invoices,
    rankOf: (status) => RANKS[String(status)] ?? 0,
    whenGone: {},
    keepsTombstone: false,
  },
  comparisons: [
    {
      ...ONE_ROW_EACH,
      table: invoices,
      objectId: invoices.stripeId,
      rowId: invoices.stripeId,
      rowsOf(source) {
        // Stripe makes these addresses anew for every answer.
        const { hostedInvoiceUrl, invoicePdf, ...fields } = toInvoiceRow(source);
        return [{ id: source.id, fields }];
      },
    },
  ],
  listOtherIds: async () => [],
  customerTable: invoices,
} satisfies ObjectDefinition<Stripe.Invoice>;

/**
 * The status only climbs; void and paid are both the end of it.
 * https://docs.stripe.com/invoicing/overview#invoice-statuses
 */
const RANKS: Record<string, number> = { draft: 0, open: 1, uncollectible: 2, void: 3, paid: 3 };

function toInvoiceRow(invoice: Stripe.Invoice) {
  return {
    stripeId: invoice.id,
    stripeCustomerId: idOf(invoice.customer),
    stripeSubscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
    number: invoice.number,
    status: (invoice.status ?? "draft") as (typeof invoices.$inferInsert)["status"],
    billingReason: invoice.billing_reason ?? null,
    collectionMethod: invoice.collection_method,
    description: describe(invoice),
    stripePriceId: priceOf(invoice),
    periodStart: toTimeOrNull(invoice.period_start),
    periodEnd: toTimeOrNull(invoice.period_end),
    attemptCount: invoice.attempt_count,
    nextPaymentAttemptAt: toTimeOrNull(invoice.next_payment_attempt),
    dueAt: toTimeOrNull(invoice.due_date),
    paidAt: toTimeOrNull(invoice.status_transitions.paid_at),
    subtotal: invoice.subtotal,
    discountAmount: sumOf(invoice.total_discount_amounts),
    taxAmount: sumOf(invoice.total_taxes),
    total: invoice.total,
    amountDue: invoice.amount_due,
    amountPaid: invoice.amount_paid,
    amountRemaining: invoice.amount_remaining,
    currency: invoice.currency,
    hostedInvoiceUrl: invoice.hosted_invoice_url ?? null,
    invoicePdf: invoice.invoice_pdf ?? null,
    stripeCreatedAt: toTime(invoice.created),
    livemode: invoice.livemode,
  } satisfies Partial<typeof invoices.$inferInsert>;
}

const sumOf = (parts: { amount: number }[] | null | undefined) =>
  (parts ?? []).reduce((sum, { amount }) => sum + amount, 0);

/** The line that says what the bill is for: a change of plan begins with what is given back. */
const mainLineOf = ({ lines }: Stripe.Invoice) =>
  lines.data.find(({ amount }) => amount > 0) ?? lines.data[0];

const priceOf = (invoice: Stripe.Invoice) => idOf(mainLineOf(invoice)?.pricing?.price_details?.price);

/** Somebody's own words, or Stripe's for the line: "1 × Pro (at $99.00 / month)". */
const describe = (invoice: Stripe.Invoice) => invoice.description ?? mainLineOf(invoice)?.description ?? null;

const toInvoiceEntry = (invoice: Stripe.Invoice) => ({
  stripeCustomerId: idOf(invoice.customer),
  stripeSubscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
  stripeInvoiceId: invoice.id,
  stripePriceId: priceOf(invoice),
  description: describe(invoice),
  currency: invoice.currency,
});

/** An invoice is paid once, whichever of `invoice.paid` and `invoice.payment_succeeded` says so first. */
const toInvoicePaidEntry = (invoice: Stripe.Invoice, event: Stripe.Event | null): LedgerEntry => ({
  ...toInvoiceEntry(invoice),
  kind: "invoice_paid",
  stripeId: invoice.id,
  eventType: event?.type ?? "invoice.payment_succeeded",
  amount: invoice.amount_paid,
  revenue: invoice.amount_paid,
  occurredAt: toTime(invoice.status_transitions.paid_at ?? event?.created ?? invoice.created),
});

/** Each failed attempt to collect is an entry. Read later, the invoice may have seen more than the event tells of. */
function toAttemptEntry(invoice: Stripe.Invoice, event: Stripe.InvoicePaymentFailedEvent): LedgerEntry {
  const attempt = event.data.object.attempt_count;
  return {
    ...toInvoiceEntry(invoice),
    kind: "attempt",
    stripeId: `${invoice.id}:${attempt}`,
    eventType: event.type,
    amount: invoice.amount_due,
    revenue: 0,
    occurredAt: toTime(event.created),
  };
}
