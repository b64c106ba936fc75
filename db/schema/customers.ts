import { boolean, index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, time } from "./columns";
import { users } from "./users";

/**
 * One row for each customer of Stripe's that any news was about; the news of one customer is written one after another,
 * and this row says whose turn it is (docs/decisions/012-one-writing-statement.md). An object that belongs to no
 * customer has a row of its own under its id.
 */
export const customers = pgTable(
  "customers",
  {
    stripeId: text().primaryKey(),
    /** Its user, who stays when Stripe knows the customer no more: late news still finds them. */
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    /** Counts everything that was written about it. Whoever read another number decided on old rows, and writes nothing. */
    rev: integer().notNull().default(0),
    /** The moment at which we learnt that Stripe does not know it any more. */
    deletedAt: time(),
    livemode: boolean().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("customers_user_idx").on(table.userId)],
);
