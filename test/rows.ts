import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { db } from "@/db";
import {
  checkoutSessions,
  invoices,
  stripeEvents,
  stripeTransactions,
  subscriptions,
  users,
} from "@/db/schema";
import { stripeId } from "./stripe-objects";

/** Reads what the tests assert on; one customer's rows at a time. */

export async function someUser(over: Partial<typeof users.$inferInsert> = {}) {
  const [user] = await db
    .insert(users)
    .values({
      email: `${randomUUID()}@example.com`,
      name: "Ada",
      passwordHash: "-",
      stripeCustomerId: stripeId("cus"),
      ...over,
    })
    .returning();
  if (!user) throw new Error("The user was not inserted.");
  return { ...user, customer: user.stripeCustomerId ?? "" };
}

export const userById = async (id: string) => (await db.select().from(users).where(eq(users.id, id)))[0];

export const inboxRow = async (id: string) =>
  (await db.select().from(stripeEvents).where(eq(stripeEvents.id, id)))[0];

export const ledgerOf = (customer: string) =>
  db
    .select()
    .from(stripeTransactions)
    .where(eq(stripeTransactions.stripeCustomerId, customer))
    .orderBy(stripeTransactions.kind);

export const factsOf = (id: string) =>
  db.select().from(stripeTransactions).where(eq(stripeTransactions.stripeId, id));

export const revenueOf = async (customer: string) =>
  (await ledgerOf(customer)).reduce((sum, { revenue }) => sum + revenue, 0);

export const subscriptionRow = async (id: string) =>
  (await db.select().from(subscriptions).where(eq(subscriptions.stripeId, id)))[0];

export const sessionRow = async (id: string) =>
  (await db.select().from(checkoutSessions).where(eq(checkoutSessions.stripeId, id)))[0];

export const invoiceRow = async (id: string) =>
  (await db.select().from(invoices).where(eq(invoices.stripeId, id)))[0];
