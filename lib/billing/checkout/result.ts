import { and, eq } from "drizzle-orm";
import { db } from "@/db";
import type { Product } from "@/db/queries/products";
import type { User } from "@/db/queries/users";
import { checkoutSessions, products, subscriptions } from "@/db/schema";
import { type CheckoutOutcome, type CheckoutState, outcomeOf } from "../status";
import { syncCheckoutSession } from "../sync/sync-object";

export interface CheckoutResult {
  outcome: CheckoutOutcome;
  product: Product | null;
  amountTotal: number;
  currency: string;
  renewsAt: Date | null;
  /** The page on which an open checkout goes on. */
  url: string | null;
}

/**
 * Tells a checkout's buyer, and nobody else, what became of it; null for everybody else, as for an unknown id. Asks Stripe
 * when our rows do not say yet, so it never depends on the webhook having arrived.
 */
export async function getCheckoutResult(user: User, sessionId: string): Promise<CheckoutResult | null> {
  // Anything may stand in the address, also what Postgres cannot compare with.
  if (!/^cs_\w{1,250}$/.test(sessionId)) return null;
  const before = await readRow(user, sessionId);
  if (!before) return null;
  if (!isSettled(before.checkout)) await syncCheckoutSession(sessionId);
  const row = (await readRow(user, sessionId)) ?? before;
  return {
    outcome: outcomeOf(row.checkout),
    product: row.product,
    amountTotal: row.checkout.amountTotal ?? 0,
    currency: row.checkout.currency ?? "usd",
    renewsAt: row.subscription?.currentPeriodEnd ?? null,
    url: row.checkout.url,
  };
}

const isSettled = (checkout: CheckoutState) => ["paid", "failed"].includes(outcomeOf(checkout));

async function readRow(user: User, sessionId: string) {
  const [row] = await db
    .select({ checkout: checkoutSessions, product: products, subscription: subscriptions })
    .from(checkoutSessions)
    .leftJoin(products, eq(products.id, checkoutSessions.productId))
    .leftJoin(subscriptions, eq(subscriptions.stripeId, checkoutSessions.stripeSubscriptionId))
    .where(and(eq(checkoutSessions.stripeId, sessionId), eq(checkoutSessions.userId, user.id)));
  return row ?? null;
}
