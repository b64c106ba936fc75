import { asc, eq, sql } from "drizzle-orm";
import { db } from "@/db";
import { spansOf, subscriptionSpans } from "@/db/schema";

export type SubscriptionSpan = typeof subscriptionSpans.$inferSelect;

/** A subscription's history, oldest first. Spans to come, after a discount runs out, are among them. */
export const listSpans = (stripeSubscriptionId: string): Promise<SubscriptionSpan[]> =>
  db
    .select()
    .from(subscriptionSpans)
    .where(eq(subscriptionSpans.stripeSubscriptionId, stripeSubscriptionId))
    .orderBy(asc(subscriptionSpans.validFrom));

/**
 * Selects from `subscription_spans` as they were known then, so that a month looks as it did when it was closed,
 * whatever came late. Conditions name the columns of `subscriptionSpans`: the view's own name stands for them.
 * @param closedAt by our clock. A statement of that very moment may commit some seconds later, so it lies a little back
 */
export const selectSpansKnownAt = (closedAt: Date) => {
  const known = sql`select * from subscription_versions where recorded_at <= ${closedAt.toISOString()}::timestamptz`;
  const asKnown = db.$with("subscription_spans", {}).as(spansOf(known));
  return db.with(asKnown).select().from(subscriptionSpans);
};
