import { and, eq, inArray, isNotNull, isNull, notInArray, or } from "drizzle-orm";
import { db } from "@/db";
import { checkoutSessions, customers, products, subscriptionItems, subscriptions } from "@/db/schema";
import { ONGOING_STATUSES } from "../status";
import { syncCheckoutSession } from "../sync/sync-object";
import { CheckoutError } from "./checkout-error";

/**
 * A person has at most one plan of a family, whether it was bought here, added to a subscription by hand or made
 * in Stripe's dashboard.
 * @throws CheckoutError
 */
export async function refuseSecondSubscription(userId: string, family: string): Promise<void> {
  const owned = await getOwnedPlan(userId, family);
  if (!owned) return;
  throw new CheckoutError("already_subscribed", `You already have ${owned.name}. Change it in your account.`);
}

/** Paid sessions may be known before their subscriptions are: events come in any order, or not at all. */
export async function copyUnseenPurchases(userId: string, family: string): Promise<void> {
  const unseen = await db
    .select({ stripeId: checkoutSessions.stripeId })
    .from(checkoutSessions)
    .leftJoin(subscriptions, eq(subscriptions.stripeId, checkoutSessions.stripeSubscriptionId))
    .where(
      and(
        eq(checkoutSessions.userId, userId),
        eq(checkoutSessions.family, family),
        eq(checkoutSessions.mode, "subscription"),
        eq(checkoutSessions.status, "complete"),
        isNull(subscriptions.id),
      ),
    );
  for (const { stripeId } of unseen) if (stripeId) await syncCheckoutSession(stripeId);
}

async function getOwnedPlan(userId: string, family: string): Promise<{ name: string } | null> {
  const { stripePriceId, stripeProductId } = subscriptionItems;
  const gone = db
    .select({ id: customers.stripeId })
    .from(customers)
    .where(and(eq(customers.userId, userId), isNotNull(customers.deletedAt)));
  const [owned] = await db
    .select({ name: products.name })
    .from(subscriptions)
    .leftJoin(subscriptionItems, eq(subscriptionItems.stripeSubscriptionId, subscriptions.stripeId))
    .innerJoin(
      products,
      or(
        eq(products.stripePriceId, subscriptions.stripePriceId),
        eq(products.stripePriceId, stripePriceId),
        // A price that was made by hand for the plan may not have been told of yet.
        eq(products.stripeProductId, stripeProductId),
      ),
    )
    .where(
      and(
        eq(subscriptions.userId, userId),
        eq(products.family, family),
        inArray(subscriptions.status, ONGOING_STATUSES),
        // Its own end may be told later than its customer's.
        notInArray(subscriptions.stripeCustomerId, gone),
      ),
    )
    .limit(1);
  return owned ?? null;
}
