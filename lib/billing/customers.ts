import { and, eq, isNull } from "drizzle-orm";
import { db } from "@/db";
import { getUserById, type User } from "@/db/queries/users";
import { users } from "@/db/schema";
import { stripe } from "./stripe";

/**
 * The user's one Stripe customer, made at the first checkout. Never looked for by e-mail: two people may share
 * an address, and whoever controls an address does not thereby own its invoices.
 */
export async function ensureCustomer(user: User): Promise<string> {
  if (user.stripeCustomerId) return user.stripeCustomerId;
  // The key makes parallel first checkouts, and a retry after a crash, get the same customer from Stripe.
  const customer = await stripe.customers.create(
    { email: user.email, name: user.name, metadata: { user_id: user.id } },
    { idempotencyKey: `customer-${user.id}` },
  );
  await db
    .update(users)
    .set({ stripeCustomerId: customer.id })
    .where(and(eq(users.id, user.id), isNull(users.stripeCustomerId)));
  // After the key's 24 hours another request may have stored a customer of its own; the row decides.
  const stored = await getUserById(user.id);
  if (!stored?.stripeCustomerId) throw new Error(`User ${user.id} is gone, so there is nobody to bill.`);
  return stored.stripeCustomerId;
}
