import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, money, time, versionStamp } from "./columns";
import { users } from "./users";

/** Invoices only move towards paid: the furthest status decides, and the stamp among versions of one status. */
export const invoices = pgTable(
  "invoices",
  {
    id: id(),
    stripeId: text().notNull().unique(),
    stripeCustomerId: text(),
    stripeSubscriptionId: text(),
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    /** Null while Stripe still drafts it. */
    number: text(),
    status: text({ enum: ["draft", "open", "uncollectible", "void", "paid"] }).notNull(),
    /** The reason it was made: `subscription_cycle`, `subscription_create`, `subscription_update`, `manual` … */
    billingReason: text(),
    collectionMethod: text().notNull().default("charge_automatically"),
    /** Stripe's words for what it is for. */
    description: text(),
    /** The price of the line that says what it is for. */
    stripePriceId: text(),
    periodStart: time(),
    periodEnd: time(),
    attemptCount: integer().notNull(),
    nextPaymentAttemptAt: time(),
    dueAt: time(),
    paidAt: time(),
    subtotal: money().notNull().default(0),
    discountAmount: money().notNull().default(0),
    taxAmount: money().notNull().default(0),
    total: money().notNull().default(0),
    amountDue: money().notNull(),
    amountPaid: money().notNull(),
    amountRemaining: money().notNull().default(0),
    currency: text().notNull(),
    hostedInvoiceUrl: text(),
    invoicePdf: text(),
    stripeCreatedAt: time().notNull(),
    livemode: boolean().notNull(),
    ...versionStamp(),
    createdAt: createdAt(),
  },
  (table) => [
    index("invoices_user_idx").on(table.userId, table.stripeCreatedAt),
    index("invoices_customer_idx").on(table.stripeCustomerId),
    index("invoices_open_idx").on(table.stripeSubscriptionId).where(sql`${table.status} = 'open'`),
  ],
);

/**
 * The next bill of a subscription as Stripe previews it: discounts, taxes and the customer's balance are in it, so it
 * is never computed here. Kept for a while, so that a page does not ask Stripe each time.
 */
export const nextInvoices = pgTable("next_invoices", {
  stripeSubscriptionId: text().primaryKey(),
  /** The subscription's `rev` when Stripe was asked; a later one makes this old. */
  rev: integer().notNull(),
  /** The sum that will be charged, in minor units; null when no bill follows. */
  amountDue: money(),
  currency: text(),
  askedAt: time().notNull(),
  createdAt: createdAt(),
});

/** Links a payment to the invoice that it paid; neither names the other. */
export const invoicePayments = pgTable(
  "invoice_payments",
  {
    id: id(),
    stripeId: text().notNull().unique(),
    stripeInvoiceId: text().notNull(),
    stripePaymentIntentId: text(),
    stripeChargeId: text(),
    /** `open`, `paid` or `canceled`. */
    status: text().notNull(),
    amountPaid: money(),
    currency: text().notNull(),
    paidAt: time(),
    livemode: boolean().notNull(),
    ...versionStamp(),
    createdAt: createdAt(),
  },
  (table) => [
    index("invoice_payments_invoice_idx").on(table.stripeInvoiceId),
    index("invoice_payments_payment_intent_idx").on(table.stripePaymentIntentId),
  ],
);
