import { boolean, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt } from "./columns";
import { users } from "./users";

/** The user of a customer that Stripe knows no more: late events about it still find its user. */
export const deletedCustomers = pgTable("deleted_customers", {
  stripeId: text().primaryKey(),
  userId: uuid()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  livemode: boolean().notNull(),
  createdAt: createdAt(),
});
