import { boolean, index, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, money, time } from "./columns";
import { users } from "./users";

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
