import { and, desc, eq, isNotNull } from "drizzle-orm";
import { db } from "@/db";
import { checkoutSessions, products, subscriptions, users } from "@/db/schema";

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
