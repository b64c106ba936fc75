import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { createdAt, id, time, versionStamp } from "./columns";
import { users } from "./users";

/** Integer minor units (cents); always stands beside a `currency`. */
const money = () => bigint({ mode: "number" });

/**
 * One row is one thing to buy is one Stripe price. A price change archives the row and adds another, so
 * subscribers keep theirs. The UUID is the `product_id` of the API.
 */
export const products = pgTable("products", {
  id: id(),
  /** The plan's key in catalog.json, e.g. "starter". */
  plan: text().notNull(),
  /** Plans of one family exclude each other: a person has at most one of them. Null: buy it any number of times. */
  family: text(),
  name: text().notNull(),
  description: text().notNull(),
  features: jsonb().$type<string[]>().notNull(),
  interval: text({ enum: ["month", "year"] }),
  unitAmount: money().notNull(),
  currency: text().notNull(),
  stripeProductId: text().notNull(),
  stripePriceId: text().notNull().unique(),
  lookupKey: text(),
  active: boolean().notNull(),
  /** The order on the pricing page. */
  position: integer().notNull(),
  livemode: boolean().notNull(),
  createdAt: createdAt(),
});

/** A product of Stripe's with its prices is read as one; the rows of `products` show this reading. */
export const stripeProducts = pgTable("stripe_products", {
  id: id(),
  stripeId: text().notNull().unique(),
  livemode: boolean().notNull(),
  ...versionStamp(),
  createdAt: createdAt(),
});

export const subscriptions = pgTable(
  "subscriptions",
  {
    id: id(),
    stripeId: text().notNull().unique(),
    stripeCustomerId: text().notNull(),
    /** Null until the customer is known to be one of our users. */
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    status: text().notNull(),
    stripePriceId: text().notNull(),
    quantity: integer().notNull(),
    unitAmount: money(),
    currency: text().notNull(),
    interval: text(),
    currentPeriodStart: time().notNull(),
    currentPeriodEnd: time().notNull(),
    trialEnd: time(),
    /** When it will end by itself. Stripe's portal sets only this, never `cancelAtPeriodEnd`. */
    cancelAt: time(),
    cancelAtPeriodEnd: boolean().notNull(),
    canceledAt: time(),
    endedAt: time(),
    startedAt: time().notNull(),
    livemode: boolean().notNull(),
    ...versionStamp(),
    createdAt: createdAt(),
  },
  (table) => [
    index("subscriptions_user_idx").on(table.userId),
    index("subscriptions_customer_idx").on(table.stripeCustomerId),
  ],
);

/**
 * A checkout session of ours, written before Stripe is asked for it: the row's id is the idempotency key, so
 * a crash between the two leaves nothing behind that the next click does not find again.
 */
export const checkoutSessions = pgTable(
  "checkout_sessions",
  {
    id: id(),
    /** Null for the moment between the row and Stripe's answer. */
    stripeId: text().unique(),
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    productId: uuid().references(() => products.id),
    family: text(),
    mode: text({ enum: ["payment", "subscription", "setup"] }).notNull(),
    status: text({ enum: ["open", "expired", "complete"] }).notNull(),
    paymentStatus: text({ enum: ["unpaid", "paid", "no_payment_required", "failed"] }).notNull(),
    stripeCustomerId: text(),
    stripeSubscriptionId: text(),
    stripePaymentIntentId: text(),
    amountTotal: money(),
    currency: text(),
    url: text(),
    successUrl: text(),
    cancelUrl: text(),
    expiresAt: time(),
    completedAt: time(),
    livemode: boolean().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    // Two tabs never hold two open checkouts for plans that exclude each other.
    uniqueIndex("checkout_sessions_one_open")
      .on(table.userId, table.family)
      .where(sql`${table.status} = 'open' and ${table.family} is not null`),
    index("checkout_sessions_user_idx").on(table.userId),
  ],
);

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
    attemptCount: integer().notNull(),
    amountDue: money().notNull(),
    amountPaid: money().notNull(),
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
  ],
);

/** A payment that its payer's bank questions; Stripe decides who keeps the money. Names no customer, only the charge. */
export const disputes = pgTable(
  "disputes",
  {
    id: id(),
    stripeId: text().notNull().unique(),
    stripeChargeId: text(),
    stripePaymentIntentId: text(),
    status: text().notNull(),
    reason: text().notNull(),
    amount: money().notNull(),
    currency: text().notNull(),
    /** Until when Stripe takes evidence. */
    evidenceDueAt: time(),
    stripeCreatedAt: time().notNull(),
    livemode: boolean().notNull(),
    ...versionStamp(),
    createdAt: createdAt(),
  },
  (table) => [index("disputes_payment_intent_idx").on(table.stripePaymentIntentId)],
);

/** The user of a customer that Stripe knows no more: late events about it still find its user. */
export const deletedCustomers = pgTable("deleted_customers", {
  stripeId: text().primaryKey(),
  userId: uuid()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  livemode: boolean().notNull(),
  createdAt: createdAt(),
});

/** The ledger, append only: one row is one fact about money, named by the money and not by the event. */
export const stripeTransactions = pgTable(
  "stripe_transactions",
  {
    id: id(),
    kind: text({ enum: ["checkout", "invoice_paid", "payment", "attempt", "refund", "dispute"] }).notNull(),
    /** The natural key within the kind: the session, invoice, payment intent, invoice and attempt, refund, dispute. */
    stripeId: text().notNull(),
    eventType: text().notNull(),
    stripeEventId: text(),
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    stripeCustomerId: text(),
    stripeCheckoutSessionId: text(),
    stripeSubscriptionId: text(),
    stripeInvoiceId: text(),
    stripePaymentIntentId: text(),
    stripePriceId: text(),
    amount: money().notNull(),
    /** The entry adds so much to revenue; 0 where another fact carries the money, negative for money given back. */
    revenue: money().notNull(),
    /** A refund's own: only a succeeded one gives money back, and even that may fail later. */
    status: text(),
    currency: text().notNull(),
    occurredAt: time().notNull(),
    livemode: boolean().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    unique("stripe_transactions_fact").on(table.kind, table.stripeId),
    index("stripe_transactions_user_idx").on(table.userId, table.occurredAt),
    index("stripe_transactions_customer_idx").on(table.stripeCustomerId),
  ],
);
