import { and, desc, eq, isNotNull, isNull, ne, notInArray, or } from "drizzle-orm";
import { db } from "@/db";
import {
  accessTokens,
  checkoutSessions,
  invoices,
  products,
  stripeTransactions,
  subscriptions,
  users,
} from "@/db/schema";

/** A person's own rows; every query is bound to the user's id. */

/** The subscription that grants access now, with its plan; null when there is none. */
export async function getCurrentSubscription(userId: string) {
  const [row] = await db
    .select({ subscription: subscriptions, product: products })
    .from(users)
    .innerJoin(subscriptions, eq(subscriptions.id, users.currentSubscriptionId))
    .leftJoin(products, eq(products.stripePriceId, subscriptions.stripePriceId))
    .where(eq(users.id, userId));
  return row ? { ...row.subscription, product: row.product } : null;
}

/**
 * Payments, failed attempts and refunds, newest first. A checkout is not one: its money is a row of its own. Nor
 * is a refund that came to nothing.
 */
export const listPayments = (userId: string) =>
  db
    .select({
      id: stripeTransactions.id,
      kind: stripeTransactions.kind,
      amount: stripeTransactions.amount,
      currency: stripeTransactions.currency,
      occurredAt: stripeTransactions.occurredAt,
      productName: products.name,
      invoiceUrl: invoices.hostedInvoiceUrl,
    })
    .from(stripeTransactions)
    .leftJoin(
      checkoutSessions,
      eq(checkoutSessions.stripePaymentIntentId, stripeTransactions.stripePaymentIntentId),
    )
    .leftJoin(invoices, eq(invoices.stripeId, stripeTransactions.stripeInvoiceId))
    .leftJoin(
      products,
      // A renewal is named by its invoice's price; a one-time sale by what was checked out.
      or(
        eq(products.stripePriceId, stripeTransactions.stripePriceId),
        and(isNull(stripeTransactions.stripePriceId), eq(products.id, checkoutSessions.productId)),
      ),
    )
    .where(
      and(
        eq(stripeTransactions.userId, userId),
        ne(stripeTransactions.kind, "checkout"),
        or(isNull(stripeTransactions.status), notInArray(stripeTransactions.status, ["failed", "canceled"])),
      ),
    )
    .orderBy(desc(stripeTransactions.occurredAt))
    .limit(100);

/** One-time purchases, newest first. */
export const listOrders = (userId: string) =>
  db
    .select({
      id: checkoutSessions.id,
      productName: products.name,
      amountTotal: checkoutSessions.amountTotal,
      currency: checkoutSessions.currency,
      completedAt: checkoutSessions.completedAt,
      status: checkoutSessions.status,
      paymentStatus: checkoutSessions.paymentStatus,
    })
    .from(checkoutSessions)
    .leftJoin(products, eq(products.id, checkoutSessions.productId))
    .where(
      and(
        eq(checkoutSessions.userId, userId),
        eq(checkoutSessions.mode, "payment"),
        isNotNull(checkoutSessions.completedAt),
      ),
    )
    .orderBy(desc(checkoutSessions.completedAt))
    .limit(100);

export const listAccessTokens = (userId: string) =>
  db
    .select()
    .from(accessTokens)
    .where(eq(accessTokens.userId, userId))
    .orderBy(desc(accessTokens.createdAt))
    .limit(100);
