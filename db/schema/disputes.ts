import { boolean, index, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, id, money, time, versionStamp } from "./columns";

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
