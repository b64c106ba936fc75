import { boolean, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, id, money, versionStamp } from "./columns";

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
