import type Stripe from "stripe";
import { invoicePayments } from "@/db/schema";
import { idOf, stripe } from "../stripe";
import { NOTHING_ELSE, type ObjectDefinition, ONE_ROW_EACH, ownId } from "./definition";
import { toTimeOrNull } from "./time";

/** Links a payment to its invoice: a refund and a dispute name the payment, and only this leads to the invoice. */
export const invoicePayment = {
  events: {
    "invoice_payment.paid": "which payment paid the bill, for refunds and disputes to be named by",
  },
  notedEvents: {},
  idFrom: { invoice_payment: ownId },
  isCarriedWhole: () => true,
  retrieve: (id, options) => stripe.invoicePayments.retrieve(id, {}, options),
  list: (pages, after) => pages((params, options) => stripe.invoicePayments.list(params, options), after),
  ledgerEntries: () => [],
  ownLedgerKind: null,
  effects: (source) => ({
    ...NOTHING_ELSE,
    stripeCustomerId: null,
    note: `Invoice payment ${source.id} is ${source.status}.`,
    row: toInvoicePaymentRow(source),
  }),
  effectsWhenGone: (id) => ({
    ...NOTHING_ELSE,
    stripeCustomerId: null,
    note: `Stripe knows no invoice payment ${id}.`,
  }),
  mirror: {
    table: invoicePayments,
    rankOf: (status) => RANKS[String(status)] ?? 0,
    whenGone: {},
    keepsTombstone: false,
  },
  comparisons: [
    {
      ...ONE_ROW_EACH,
      table: invoicePayments,
      objectId: invoicePayments.stripeId,
      rowId: invoicePayments.stripeId,
      rowsOf: (source) => [{ id: source.id, fields: toInvoicePaymentRow(source) }],
      // An open one is an attempt; no event tells of it, and it is of no use before it is paid.
      mayBeForeign: ({ status, status_transitions: { paid_at } }) => status !== "paid" || isJustPaid(paid_at),
    },
  ],
  listOtherIds: async () => [],
  customerTable: null,
} satisfies ObjectDefinition<Stripe.InvoicePayment>;

/** Stripe tells of it half a minute after the payment, when the invoice has long been told to be paid. */
const TOLD_WITHIN_SECONDS = 120;
const isJustPaid = (paidAt: number | null) => (paidAt ?? 0) > Date.now() / 1000 - TOLD_WITHIN_SECONDS;

/** The status only climbs; paid and canceled are both the end of it. */
const RANKS: Record<string, number> = { open: 0, canceled: 1, paid: 1 };

const toInvoicePaymentRow = (payment: Stripe.InvoicePayment) =>
  ({
    stripeId: payment.id,
    stripeInvoiceId: idOf(payment.invoice),
    stripePaymentIntentId: idOf(payment.payment.payment_intent),
    stripeChargeId: idOf(payment.payment.charge),
    status: payment.status,
    amountPaid: payment.amount_paid,
    currency: payment.currency,
    paidAt: toTimeOrNull(payment.status_transitions.paid_at),
    livemode: payment.livemode,
  }) satisfies Partial<typeof invoicePayments.$inferInsert>;
