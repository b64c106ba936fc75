import { and, asc, desc, eq, inArray, isNull, or, sql } from "drizzle-orm";
import { db } from "@/db";
import { invoices, products, subscriptionItems, subscriptions, users } from "@/db/schema";

export type AccountSubscription = Awaited<ReturnType<typeof listSubscriptions>>[number];
export type SubscriptionItem = Awaited<ReturnType<typeof listSubscriptionItems>>[number];
export type OpenInvoice = Awaited<ReturnType<typeof listOpenInvoices>>[number];

/** A user's subscriptions in one of these statuses: the one that gives access first, then the newest. */
export async function listSubscriptions(userId: string, statuses: string[]) {
  const rows = await db
    .select({ subscription: subscriptions, product: products })
    .from(subscriptions)
    .innerJoin(users, eq(users.id, subscriptions.userId))
    .leftJoin(products, eq(products.stripePriceId, subscriptions.stripePriceId))
    .where(
      and(
        eq(subscriptions.userId, userId),
        inArray(subscriptions.status, statuses),
        isNull(subscriptions.deletedAt),
      ),
    )
    .orderBy(
      sql`${subscriptions.id} is not distinct from ${users.currentSubscriptionId} desc`,
      desc(subscriptions.startedAt),
    )
    .limit(50);
  return rows.map(({ subscription, product }) => ({ ...subscription, product }));
}

/** The plans of ours that a user's subscriptions in one of these statuses bill, whichever of their items it is. */
export const listOwnPlans = (userId: string, statuses: string[]) =>
  db
    .selectDistinct({
      name: products.name,
      plan: products.plan,
      family: products.family,
      interval: products.interval,
      intervalCount: products.intervalCount,
    })
    .from(subscriptions)
    .leftJoin(subscriptionItems, eq(subscriptionItems.stripeSubscriptionId, subscriptions.stripeId))
    .innerJoin(
      products,
      or(
        eq(products.stripePriceId, subscriptions.stripePriceId),
        eq(products.stripePriceId, subscriptionItems.stripePriceId),
      ),
    )
    .where(
      and(
        eq(subscriptions.userId, userId),
        inArray(subscriptions.status, statuses),
        isNull(subscriptions.deletedAt),
      ),
    )
    .orderBy(asc(products.plan), asc(products.interval), asc(products.intervalCount));

/** Everything that these subscriptions bill, each with the name of its plan if it is one of ours; those come first. */
export const listSubscriptionItems = (stripeSubscriptionIds: string[]) =>
  db
    .select({
      id: subscriptionItems.id,
      stripeSubscriptionId: subscriptionItems.stripeSubscriptionId,
      quantity: subscriptionItems.quantity,
      unitAmount: subscriptionItems.unitAmount,
      unitAmountDecimal: subscriptionItems.unitAmountDecimal,
      currency: subscriptionItems.currency,
      interval: subscriptionItems.interval,
      intervalCount: subscriptionItems.intervalCount,
      currentPeriodEnd: subscriptionItems.currentPeriodEnd,
      productName: products.name,
    })
    .from(subscriptionItems)
    .leftJoin(products, eq(products.stripePriceId, subscriptionItems.stripePriceId))
    .where(inArray(subscriptionItems.stripeSubscriptionId, stripeSubscriptionIds))
    .orderBy(isNull(products.name), asc(subscriptionItems.createdAt), asc(subscriptionItems.stripeId));

/** Bills of these subscriptions that wait for their money, oldest first. */
export const listOpenInvoices = (stripeSubscriptionIds: string[]) =>
  db
    .select({
      stripeSubscriptionId: invoices.stripeSubscriptionId,
      amountRemaining: invoices.amountRemaining,
      currency: invoices.currency,
      dueAt: invoices.dueAt,
      nextPaymentAttemptAt: invoices.nextPaymentAttemptAt,
      hostedInvoiceUrl: invoices.hostedInvoiceUrl,
    })
    .from(invoices)
    .where(
      and(
        inArray(invoices.stripeSubscriptionId, stripeSubscriptionIds),
        eq(invoices.status, "open"),
        isNull(invoices.deletedAt),
      ),
    )
    .orderBy(asc(invoices.stripeCreatedAt));
