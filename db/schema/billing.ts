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
  interval: text({ enum: ["day", "week", "month", "year"] }),
  /** Billed every so many intervals. */
  intervalCount: integer().notNull().default(1),
  /** Rounded down where `unitAmountDecimal` has a fraction; 0 where one number cannot say the price. */
  unitAmount: money().notNull(),
  /** Minor units with their fraction, as text: "1250.5"; null where one number cannot say the price. */
  unitAmountDecimal: text(),
  currency: text().notNull(),
  stripeProductId: text().notNull(),
  stripePriceId: text().notNull().unique(),
  lookupKey: text(),
  /** On sale. A price that the catalog did not make, or that a row cannot say in full, never is. */
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
    intervalCount: integer().notNull().default(1),
    currentPeriodStart: time().notNull(),
    currentPeriodEnd: time().notNull(),
    trialStart: time(),
    trialEnd: time(),
    /** When it will end by itself. Stripe's portal sets only this, never `cancelAtPeriodEnd`. */
    cancelAt: time(),
    cancelAtPeriodEnd: boolean().notNull(),
    canceledAt: time(),
    /** The cause of its end, as Stripe says: `cancellation_requested`, `payment_failed`, `payment_disputed`. */
    cancellationReason: text(),
    endedAt: time(),
    /** `send_invoice` means that the customer pays by hand, `charge_automatically` that the card is charged. */
    collectionMethod: text().notNull().default("charge_automatically"),
    /** Set while nothing is collected: `void`, `keep_as_draft` or `mark_uncollectible`. The status stays `active`. */
    pauseBehavior: text(),
    pauseResumesAt: time(),
    /** These lower every bill: see `Discount`. */
    discounts: jsonb().$type<Discount[]>().notNull().default([]),
    /** A schedule of Stripe's may change the subscription at a date to come. */
    stripeScheduleId: text(),
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

/** One coupon as it applies to a subscription or to one of its items. Amounts are minor units. */
export interface Discount {
  id: string;
  couponId: string | null;
  percentOff: number | null;
  amountOff: number | null;
  currency: string | null;
  /** `once`, `repeating` or `forever`. */
  duration: string | null;
  /** Stripe's second after which it does not apply any more. */
  end: number | null;
}

/** Everything that a subscription bills: its first item's price stands on its own row, too. */
export const subscriptionItems = pgTable(
  "subscription_items",
  {
    id: id(),
    stripeId: text().notNull().unique(),
    stripeSubscriptionId: text().notNull(),
    stripePriceId: text().notNull(),
    stripeProductId: text(),
    /** Null for a metered price. */
    quantity: integer(),
    /** Null when the price has a fraction of a minor unit, or tiers. */
    unitAmount: money(),
    /** Minor units with their fraction, as text: "1250.5". Null for a price with tiers. */
    unitAmountDecimal: text(),
    currency: text().notNull(),
    interval: text(),
    intervalCount: integer().notNull(),
    /** `licensed` or `metered`. */
    usageType: text(),
    currentPeriodStart: time().notNull(),
    currentPeriodEnd: time().notNull(),
    discounts: jsonb().$type<Discount[]>().notNull(),
    livemode: boolean().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("subscription_items_subscription_idx").on(table.stripeSubscriptionId)],
);

/**
 * A checkout session of ours, written before Stripe is asked for it: the row's id is in the idempotency key, so
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
    /** Stripe's; before there is a session, until when others wait for it. */
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
    index("checkout_sessions_payment_intent_idx").on(table.stripePaymentIntentId),
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
    /** Stripe's words for what the money is for; null where our product's name says it. */
    description: text(),
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
