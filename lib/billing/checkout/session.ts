import { and, eq, sql } from "drizzle-orm";
import Stripe from "stripe";
import { db } from "@/db";
import { getProduct, type Product } from "@/db/queries/products";
import { listOwnPlans } from "@/db/queries/subscriptions";
import type { User } from "@/db/queries/users";
import { checkoutSessions } from "@/db/schema";
import { livemode } from "@/env";
import { isRecurring, ONGOING_STATUSES } from "../status";
import { stripe } from "../stripe";
import { syncCheckoutSession } from "../sync/sync-object";
import { ensureCustomer } from "./customer";
import { ownCancelUrl, ownSuccessUrl } from "./redirects";

/** A reason why a checkout cannot begin; both are the visitor's to resolve, not failures of ours. */
export class CheckoutError extends Error {
  constructor(
    readonly code: "product_not_found" | "already_subscribed",
    message: string,
  ) {
    super(message);
  }
}

export interface CheckoutRequest {
  productId: string;
  successUrl?: string;
  cancelUrl?: string;
}

type CheckoutRow = typeof checkoutSessions.$inferSelect;
type Wanted = {
  userId: string;
  productId: string;
  family: string | null;
  successUrl: string;
  cancelUrl: string;
};

/** Two tabs may keep taking each other's place; a person does not click that fast. */
const MAX_ROUNDS = 4;

/**
 * A checkout session for a user and a product, at the price of our row. Asking again while it is open gives the
 * same session, and a second plan of the family takes the first one's place, so that neither a double click nor
 * a second tab leads to two subscriptions: a unique index allows one open row per user and family.
 * @throws CheckoutError
 */
export async function createCheckoutSession(user: User, request: CheckoutRequest) {
  const product = await getProduct(request.productId);
  if (!product) throw new CheckoutError("product_not_found", "There is no such product on sale.");
  const customer = await ensureCustomer(user);
  const wanted: Wanted = {
    userId: user.id,
    productId: product.id,
    family: product.family,
    successUrl: request.successUrl ?? ownSuccessUrl,
    cancelUrl: request.cancelUrl ?? ownCancelUrl,
  };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (product.family) await refuseSecondSubscription(user, product.family);
    const row = (await insertOpenRow(wanted, product)) ?? (await settleOpenRow(wanted));
    if (row) return createAtStripe(row, product, customer);
  }
  throw new Error("Several checkouts of one person compete; try again in a moment.");
}

/** Every item counts: a plan of the family may have been added to another one's subscription. */
async function refuseSecondSubscription(user: User, family: string) {
  const plans = await listOwnPlans(user.id, ONGOING_STATUSES);
  const owned = plans.find((plan) => plan.family === family);
  if (owned)
    throw new CheckoutError(
      "already_subscribed",
      `You already have ${owned.name}. Change it in your account.`,
    );
}

const modeOf = (product: Product) => (isRecurring(product) ? "subscription" : "payment");

/** @returns null when an open row of the family is in the way. */
async function insertOpenRow(wanted: Wanted, product: Product): Promise<CheckoutRow | null> {
  const [row] = await db
    .insert(checkoutSessions)
    .values({ ...wanted, mode: modeOf(product), status: "open", paymentStatus: "unpaid", livemode })
    .onConflictDoNothing()
    .returning();
  return row ?? null;
}

/** @returns the open row if it still serves; else null, after clearing it out of the way. */
async function settleOpenRow(wanted: Wanted): Promise<CheckoutRow | null> {
  const found = await getOpenRow(wanted);
  // It may have been paid a second ago: the copy makes the next round's guard see the subscription.
  if (found?.stripeId) await syncCheckoutSession(found.stripeId);
  const open = await getOpenRow(wanted);
  if (!open || isSameCheckout(open, wanted)) return open;
  // Refused for one that is paid in this very moment; then the next round copies it.
  if (open.stripeId) await stripe.checkout.sessions.expire(open.stripeId).catch(refusedByState);
  else await closeRow(open);
  return null;
}

function refusedByState(error: unknown) {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
}

/** A row that never got its session: what remains of a crash, for something else than is wanted now. */
const closeRow = (row: CheckoutRow) =>
  db
    .update(checkoutSessions)
    .set({ status: "expired" })
    .where(and(eq(checkoutSessions.id, row.id), eq(checkoutSessions.status, "open")));

async function getOpenRow({ userId, family }: Wanted): Promise<CheckoutRow | null> {
  const [open] = await db
    .select()
    .from(checkoutSessions)
    .where(
      and(
        eq(checkoutSessions.userId, userId),
        eq(checkoutSessions.family, family ?? ""),
        eq(checkoutSessions.status, "open"),
      ),
    );
  return open ?? null;
}

/** A link about to expire would strand the person on the way. */
const REUSE_MARGIN_MS = 5 * 60_000;

const isSameCheckout = (open: CheckoutRow, wanted: Wanted) =>
  open.productId === wanted.productId &&
  open.successUrl === wanted.successUrl &&
  open.cancelUrl === wanted.cancelUrl &&
  (open.expiresAt === null || open.expiresAt.getTime() > Date.now() + REUSE_MARGIN_MS);

/** Asks Stripe under the row's id as idempotency key: a repeat, even after a crash, gets the same session. */
async function createAtStripe(row: CheckoutRow, product: Product, customer: string) {
  const metadata = { checkout_session_id: row.id, user_id: row.userId ?? "", product_id: product.id };
  const session = await stripe.checkout.sessions.create(
    {
      mode: modeOf(product),
      customer,
      client_reference_id: row.userId ?? undefined,
      line_items: [{ price: product.stripePriceId, quantity: 1 }],
      success_url: row.successUrl ?? ownSuccessUrl,
      cancel_url: row.cancelUrl ?? ownCancelUrl,
      metadata,
      // A session's metadata does not reach what it creates.
      ...(isRecurring(product) ? { subscription_data: { metadata } } : { payment_intent_data: { metadata } }),
    },
    { idempotencyKey: `checkout-${row.id}` },
  );
  if (!session.url)
    throw new Error(`Stripe gave checkout session ${session.id} no URL to send the person to.`);
  await db
    .update(checkoutSessions)
    .set({
      stripeId: session.id,
      stripeCustomerId: customer,
      // A repeat may find it paid or expired: the agent has written that, and it stays.
      url: sql`case when ${checkoutSessions.status} = 'open' then ${session.url}::text end`,
      expiresAt: new Date(session.expires_at * 1000),
    })
    .where(eq(checkoutSessions.id, row.id));
  return { id: session.id, url: session.url, expiresAt: session.expires_at };
}
