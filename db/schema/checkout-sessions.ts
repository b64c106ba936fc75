import { sql } from "drizzle-orm";
import { boolean, index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { products } from "./catalog";
import { createdAt, id, money, time } from "./columns";
import { users } from "./users";

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
