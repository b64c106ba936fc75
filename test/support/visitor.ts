import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { db } from "@/db";
import { listProducts, type Product } from "@/db/queries/products";
import type { User } from "@/db/queries/users";
import { products, rateLimits, subscriptions, users } from "@/db/schema";
import { signIn } from "@/lib/auth";
import { hashPassword } from "@/lib/auth/passwords";
import { newVisitor } from "./next-request";

/** People with a browser of their own, for tests that mock `next/headers` as next-request.ts says. */

export const PASSWORD = "correct horse battery";
let passwordHash: Promise<string> | undefined;

/** An account that nobody is signed in to. */
export async function account(over: Partial<typeof users.$inferInsert> = {}): Promise<User> {
  passwordHash ??= hashPassword(PASSWORD);
  const [user] = await db
    .insert(users)
    .values({
      email: `${randomUUID()}@example.com`,
      name: "Ada Lovelace",
      passwordHash: await passwordHash,
      ...over,
    })
    .returning();
  if (!user) throw new Error("The user was not inserted.");
  return user;
}

/** From here on the requests come from the browser of somebody new, who is signed in. */
export async function signedIn(over: Partial<typeof users.$inferInsert> = {}): Promise<User> {
  const user = await account(over);
  await signInAs(user);
  return user;
}

export async function signInAs({ email }: User) {
  newVisitor();
  await signIn(email, PASSWORD);
}

export const userById = async (id: string) => (await db.select().from(users).where(eq(users.id, id)))[0];

export async function productOf(lookupKey: string): Promise<Product> {
  const product = (await listProducts()).find((one) => one.lookupKey === lookupKey);
  if (!product) throw new Error(`The catalog has no ${lookupKey}.`);
  return product;
}

/** One that nobody can buy any more. */
export async function productOffSale(): Promise<Product> {
  const { id: _, ...starter } = await productOf("aiaas_starter_monthly");
  const [product] = await db
    .insert(products)
    .values({ ...starter, active: false, stripePriceId: `price_${randomUUID()}`, lookupKey: null })
    .returning();
  if (!product) throw new Error("The product was not inserted.");
  return product;
}

/** A subscription of the person's, as a webhook would have left it. */
export async function subscribe(
  user: User,
  lookupKey: string,
  over: Partial<typeof subscriptions.$inferInsert> = {},
) {
  const { stripePriceId, unitAmount, currency, interval } = await productOf(lookupKey);
  const [subscription] = await db
    .insert(subscriptions)
    .values({
      stripeId: `sub_${randomUUID()}`,
      stripeCustomerId: `cus_${randomUUID()}`,
      userId: user.id,
      status: "active",
      stripePriceId,
      quantity: 1,
      unitAmount,
      currency,
      interval,
      currentPeriodStart: new Date("2026-08-05T00:00:00Z"),
      currentPeriodEnd: new Date("2026-09-05T00:00:00Z"),
      cancelAtPeriodEnd: false,
      startedAt: new Date("2026-07-05T00:00:00Z"),
      livemode: false,
      ...over,
    })
    .returning();
  if (!subscription) throw new Error("The subscription was not inserted.");
  await db.update(users).set({ currentSubscriptionId: subscription.id }).where(eq(users.id, user.id));
  return subscription;
}

/** As if so many attempts had been made already. */
export const attemptsMade = (key: string, count: number, resetsInSeconds: number) =>
  db.insert(rateLimits).values({ key, count, resetsAt: new Date(Date.now() + resetsInSeconds * 1000) });
