import { setTimeout as sleep } from "node:timers/promises";
import { getProduct, type Product } from "@/db/queries/products";
import { getUserById, type User } from "@/db/queries/users";
import { BusyError } from "@/lib/transient";
import { isRecurring } from "../status";
import { CheckoutError } from "./checkout-error";
import { copyDeletion, ensureCustomer } from "./customer";
import { copyUnseenPurchases, refuseSecondSubscription } from "./guard";
import {
  type CheckoutRow,
  claimRow,
  closeIfAbandoned,
  closeRow,
  getOpenRow,
  releaseRow,
  storeSession,
  type Wanted,
} from "./open-row";
import { ownCancelUrl, ownSuccessUrl } from "./redirects";
import { isKeptAnswer, isKeyInUse, resolveRefusal } from "./refusal";
import { createAtStripe, expireAtStripe, type OpenSession, readSession } from "./stripe-session";

export { CheckoutError } from "./checkout-error";

export interface CheckoutRequest {
  productId: string;
  successUrl?: string;
  cancelUrl?: string;
}

/** `again`: something was cleared out of the way. `wait`: somebody else is asking Stripe, or paying. */
type Step = OpenSession | "again" | "wait";

interface Purchase {
  wanted: Wanted;
  product: Product;
  /** The one that Stripe was asked with. */
  customer: string | null;
  /** From then on the person is told to come again (`performance.now`). */
  giveUpAt: number;
}

/** Longer than Stripe takes for a session; a person does not wait much longer for a page. */
const MAX_WAIT_MS = 6_000;

/**
 * A checkout session for a user and a product, at the price of our row. Asking again while it is open gives the
 * same session, and a second plan of the family takes the first one's place: however many buttons are pressed at
 * once, at most one session can be paid (docs/decisions/011-two-plans-at-once.md).
 * @throws CheckoutError
 */
export async function createCheckoutSession(user: User, request: CheckoutRequest): Promise<OpenSession> {
  const product = await getProduct(request.productId);
  if (!product) throw new CheckoutError("product_not_found", "There is no such product on sale.");
  const wanted: Wanted = {
    userId: user.id,
    productId: product.id,
    family: product.family,
    mode: isRecurring(product) ? "subscription" : "payment",
    successUrl: request.successUrl ?? ownSuccessUrl,
    cancelUrl: request.cancelUrl ?? ownCancelUrl,
  };
  const purchase: Purchase = { wanted, product, customer: null, giveUpAt: performance.now() + MAX_WAIT_MS };
  for (let tries = 0, refusals = 0; ; tries++) {
    const step = await tryOnce(purchase).catch(async (error: unknown) => {
      if (isKeyInUse(error) || error instanceof BusyError) return "wait";
      await resolveRefusal(error, product, purchase.customer);
      if (refusals++ > 0) throw error;
      return "again";
    });
    if (typeof step === "object") return step;
    // Whoever cleared something away goes on, however late: what they took away must not leave the person with nothing.
    if (step === "wait" && isLate(purchase)) break;
    if (step === "wait" || tries >= UNPAUSED_TRIES) await sleep(pauseMs(tries));
  }
  throw new CheckoutError(
    "checkout_in_progress",
    "Another checkout of yours is being opened or paid at this moment. Try again shortly.",
  );
}

/** So many tries clear every remnant away; more than these mean trouble, and trouble is asked again more slowly. */
const UNPAUSED_TRIES = 5;

/** Up to half a second, each of those who wait another. */
const pauseMs = (tries: number) => Math.min(50 * 1.5 ** tries, 500) * (0.5 + Math.random() / 2);

const isLate = ({ giveUpAt }: Purchase) => performance.now() >= giveUpAt;

async function tryOnce(purchase: Purchase): Promise<Step> {
  const { userId, family } = purchase.wanted;
  if (family) await refuseSecondSubscription(userId, family);
  const row = await claimRow(purchase.wanted);
  if (row) return makeSession(row, purchase);
  const open = family && (await getOpenRow(userId, family));
  if (!open) return "again";
  if (!open.stripeId) return (await closeIfAbandoned(open)) ? "again" : "wait";
  const step = await reuse(open, open.stripeId, purchase);
  if (step) return step;
  return isLate(purchase) ? "wait" : replace(open, open.stripeId);
}

/** The row is ours, and with it the right to ask Stripe. */
async function makeSession(row: CheckoutRow, purchase: Purchase): Promise<Step> {
  try {
    const { userId, family } = purchase.wanted;
    if (family) {
      // Nothing else of the family is open now, so whatever is paid is known here or at Stripe.
      await copyUnseenPurchases(userId, family);
      await refuseSecondSubscription(userId, family);
    }
    const user = await getUserById(userId);
    if (!user) throw new Error(`User ${userId} is gone, so there is nobody to bill.`);
    purchase.customer = await ensureCustomer(user);
    const session = await createAtStripe(row, purchase.product, purchase.customer);
    const isOurs = await storeSession(row, {
      stripeId: session.id,
      stripeCustomerId: purchase.customer,
      url: session.url,
      expiresAt: new Date(session.expiresAt * 1000),
    });
    if (isOurs) return session;
    // Nobody has seen its page yet, so nobody is paying it.
    await expireAtStripe(session.id);
    return "again";
  } catch (error) {
    const isOver = error instanceof CheckoutError || isKeptAnswer(error);
    await (isOver ? closeRow(row) : releaseRow(row));
    throw error;
  }
}

/** @returns null when it is for something else, or about to expire */
async function reuse(open: CheckoutRow, stripeId: string, { wanted }: Purchase): Promise<Step | null> {
  const user = await getUserById(wanted.userId);
  const customer = user?.stripeCustomerId ?? null;
  if (!customer || !isSameCheckout(open, wanted, customer)) return null;
  const [session, isCustomerGone] = await Promise.all([readSession(open, stripeId), copyDeletion(customer)]);
  if (!session || isCustomerGone) return "again";
  return isAboutToExpire(session) ? null : session;
}

const isSameCheckout = (open: CheckoutRow, wanted: Wanted, customer: string) =>
  open.productId === wanted.productId &&
  open.successUrl === wanted.successUrl &&
  open.cancelUrl === wanted.cancelUrl &&
  open.stripeCustomerId === customer;

/** A link about to expire would strand the person on the way. */
const REUSE_MARGIN_MS = 5 * 60_000;

const isAboutToExpire = ({ expiresAt }: OpenSession) => expiresAt * 1000 <= Date.now() + REUSE_MARGIN_MS;

/** Takes the open session away, so that its place is free. One that is being paid in this very moment stays. */
async function replace(open: CheckoutRow, stripeId: string): Promise<"again" | "wait"> {
  if (!(await expireAtStripe(stripeId))) return (await readSession(open, stripeId)) ? "wait" : "again";
  await closeRow(open);
  return "again";
}
