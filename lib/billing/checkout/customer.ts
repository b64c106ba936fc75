import Stripe from "stripe";
import { getUserById, type User } from "@/db/queries/users";
import { isMissing, stripe } from "../stripe";
import { linkUser } from "../sync/link-user";
import { syncObject } from "../sync/sync-object";
import { hashOf } from "./parameters-hash";

/**
 * The user's one Stripe customer, made at the first checkout. Never looked for by e-mail: two people may share
 * an address, and whoever controls an address does not thereby own its invoices.
 */
export async function ensureCustomer(user: User): Promise<string> {
  if (user.stripeCustomerId) return user.stripeCustomerId;
  await linkUser(user.id, await createCustomer(user));
  // After the key's 24 hours another request may have stored a customer of its own; the row decides.
  const stored = await getUserById(user.id);
  if (!stored?.stripeCustomerId) throw new Error(`User ${user.id} is gone, so there is nobody to bill.`);
  return stored.stripeCustomerId;
}

/** The key makes parallel first checkouts, and a retry after a crash, get the same customer from Stripe. */
async function createCustomer(user: User, idempotencyKey = `customer-${user.id}`): Promise<string> {
  const parameters = { email: user.email, name: user.name, metadata: { user_id: user.id } };
  const created = await stripe.customers.create(parameters, { idempotencyKey }).catch((error: unknown) => {
    if (isForOtherParameters(error)) return null;
    throw error;
  });
  // The person has changed their name or address since.
  if (!created) return createCustomer(user, `${idempotencyKey}-${hashOf(parameters)}`);
  const { id, lastResponse } = created;
  if (lastResponse.headers["idempotent-replayed"] !== "true") return id;
  // A repeated answer tells of that moment; the customer may have been deleted since.
  const { deleted } = await stripe.customers.retrieve(id);
  return deleted ? createCustomer(user, `${idempotencyKey}-after-${id}`) : id;
}

const isForOtherParameters = (error: unknown) =>
  error instanceof Stripe.errors.StripeIdempotencyError && error.statusCode === 400;

/**
 * Copies that a customer was deleted, for when no event told of it; the user is free for another customer then. One
 * that Stripe has never known is left alone: the key is of another account, and everybody would lose their access.
 * @returns false when it exists
 */
export async function copyDeletion(stripeCustomerId: string): Promise<boolean> {
  const customer = await stripe.customers.retrieve(stripeCustomerId).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (!customer?.deleted) return false;
  await syncObject("customer", stripeCustomerId);
  return true;
}
