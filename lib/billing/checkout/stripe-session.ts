import Stripe from "stripe";
import type { Product } from "@/db/queries/products";
import { isRecurring } from "../status";
import { stripe } from "../stripe";
import { syncObject } from "../sync/sync-object";
import { type CheckoutRow, closeRow } from "./open-row";
import { hashOf } from "./parameters-hash";
import { ownCancelUrl, ownSuccessUrl } from "./redirects";

/** The session at Stripe that an open row stands for: made, read, taken away. */

/** A session that can be paid, and the page on which that is done. */
export interface OpenSession {
  id: string;
  url: string;
  /** Stripe's second. */
  expiresAt: number;
}

/** The key holds the row and the parameters: a repeat, even after a crash, gets the same session. */
export async function createAtStripe(
  row: CheckoutRow,
  product: Product,
  customer: string,
): Promise<OpenSession> {
  const metadata = { checkout_session_id: row.id, user_id: row.userId ?? "", product_id: product.id };
  const parameters: Stripe.Checkout.SessionCreateParams = {
    mode: row.mode,
    customer,
    client_reference_id: row.userId ?? undefined,
    line_items: [{ price: product.stripePriceId, quantity: 1 }],
    success_url: row.successUrl ?? ownSuccessUrl,
    cancel_url: row.cancelUrl ?? ownCancelUrl,
    metadata,
    // A session's metadata does not reach what it creates.
    ...(isRecurring(product) ? { subscription_data: { metadata } } : { payment_intent_data: { metadata } }),
  };
  const idempotencyKey = `checkout-${row.id}-${hashOf(parameters)}`;
  const { id, url, expires_at } = await stripe.checkout.sessions.create(parameters, { idempotencyKey });
  if (!url) throw new Error(`Stripe gave checkout session ${id} no URL to send the person to.`);
  return { id, url, expiresAt: expires_at };
}

/** Copies what became of it. @returns null when nobody can pay it any more; then its row is closed */
export async function readSession(open: CheckoutRow, stripeId: string): Promise<OpenSession | null> {
  const { answer } = await syncObject("checkout.session", stripeId);
  const session = answer?.object;
  if (session?.object !== "checkout.session") {
    // Stripe does not know it.
    await closeRow(open);
    return null;
  }
  // Stripe names the page of an open session only (`Session.url` in the SDK).
  const { id, url, expires_at } = session;
  return url ? { id, url, expiresAt: expires_at } : null;
}

/** @returns false when Stripe refuses: it is not open any more, or is being paid */
export async function expireAtStripe(stripeId: string): Promise<boolean> {
  try {
    await stripe.checkout.sessions.expire(stripeId);
    return true;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return false;
    throw error;
  }
}
