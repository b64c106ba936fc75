import { bigint, boolean, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { money, time } from "./columns";
import type { Discount } from "./subscriptions";

/**
 * A table of facts, which are added and never changed: what a subscription was when an event told of it, or when it
 * was read without one. It is a set, so neither the order of arrival nor a repetition shows in it. The periods in
 * which each version was true are in `subscription_spans`.
 */
export const subscriptionVersions = pgTable(
  "subscription_versions",
  {
    /** The event's id. A read has none: its row is named after the subscription, the second and the content. */
    id: text().primaryKey(),
    stripeSubscriptionId: text().notNull(),
    stripeCustomerId: text().notNull(),
    status: text().notNull(),
    pauseBehavior: text(),
    pauseResumesAt: time(),
    /** The first item's, as on the subscription's own row. */
    stripePriceId: text(),
    quantity: integer(),
    unitAmount: money(),
    currency: text().notNull(),
    interval: text(),
    intervalCount: integer(),
    items: jsonb().$type<VersionItem[]>().notNull(),
    /** In the order in which Stripe takes them off. */
    discounts: jsonb().$type<VersionDiscount[]>().notNull(),
    cancelAt: time(),
    cancellationReason: text(),
    trialEnd: time(),
    livemode: boolean().notNull(),
    /**
     * Monthly recurring revenue at `validFrom`, in millionths of the minor unit (micro-cents), rounded once. The rule
     * is in lib/billing/objects/mrr.ts.
     */
    mrrMicro: bigint({ mode: "bigint" }).notNull(),
    /** The changes of that sum to come without an event, because a discount runs out. */
    mrrSteps: jsonb().$type<MrrStep[]>().notNull(),
    /** Null for a read. */
    stripeEventId: text(),
    moment: text({ enum: ["read", "created", "changed", "deleted"] }).notNull(),
    /** Stripe's second of the event, or the first second in which a read may have seen this. */
    validFrom: time().notNull(),
    /** The last second in which a read may have seen this; null for an event. */
    readBy: time(),
    /** Of all columns from `status` to `trialEnd`, of discounts their ids alone: an event does not carry more of them. */
    contentHash: text().notNull(),
    /** The `contentHash` before the event, by its `previous_attributes`; it orders the events of one second. */
    previousHash: text(),
    /** By our clock, when the statement that wrote it began. */
    recordedAt: time().notNull().defaultNow(),
  },
  (table) => [index("subscription_versions_second_idx").on(table.stripeSubscriptionId, table.validFrom)],
);

/** One item, in the words of `subscription_items`. */
export interface VersionItem {
  stripeId: string;
  stripePriceId: string;
  stripeProductId: string | null;
  quantity: number | null;
  unitAmountDecimal: string | null;
  interval: string | null;
  intervalCount: number;
  usageType: string | null;
}

export interface VersionDiscount extends Discount {
  /** The item that it lowers; null for the whole subscription. */
  stripeItemId: string | null;
}

export interface MrrStep {
  /** Stripe's second. */
  at: number;
  /** A bigint as text. */
  mrrMicro: string;
}
