import { boolean, index, integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { createdAt, id, money, time, versionStamp } from "./columns";
import { users } from "./users";

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
    /** The moment at which it will end by itself. Stripe's portal sets only this, never `cancelAtPeriodEnd`. */
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
