import { randomUUID } from "node:crypto";
import { eq, getTableName, sql } from "drizzle-orm";
import { db } from "@/db";
import {
  checkoutSessions,
  customers,
  disputes,
  invoicePayments,
  invoices,
  stripeEvents,
  stripeTransactions,
  subscriptionItems,
  subscriptions,
  subscriptionVersions,
  users,
} from "@/db/schema";
import { stripeId, type TestEvent } from "./stripe-objects";

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

export const itemRows = (subscriptionId: string) =>
  db.select().from(subscriptionItems).where(eq(subscriptionItems.stripeSubscriptionId, subscriptionId));

export const invoicePaymentRow = async (id: string) =>
  (await db.select().from(invoicePayments).where(eq(invoicePayments.stripeId, id)))[0];

export const disputeRow = async (id: string) =>
  (await db.select().from(disputes).where(eq(disputes.stripeId, id)))[0];

const TABLES = [
  users,
  customers,
  subscriptions,
  subscriptionVersions,
  invoices,
  checkoutSessions,
  disputes,
  stripeTransactions,
];

/** Of our clock, or made from ids; `stamp_lo` tells how long a reading took. */
const DIFFERENT_EACH_RUN = sql`array['created_at', 'recorded_at', 'email', 'stamp_lo', 'content_hash', 'previous_hash']`;

/** All rows that name the customer or the event's object, without what differs from one run to the next. */
export async function everyRowOf({ customer, event }: { customer: string; event: TestEvent }) {
  const { id } = event.data.object as { id: string };
  const rows = TABLES.map(async (table) => {
    const row = sql`to_jsonb(${table})`;
    const found = await db.execute<{ row: string }>(
      sql`select (${row} - ${DIFFERENT_EACH_RUN})::text as row from ${table} where ${row}::text like any (array[${`%${customer}%`}, ${`%${id}%`}])`,
    );
    return [getTableName(table), found.map((one) => withoutIds(one.row)).toSorted()] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

const withoutIds = (row: string) =>
  row
    .replace(/"deleted_at": "[^"]+"/, '"deleted_at": "<then>"')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<ours>")
    .replaceAll(/([a-z]+)_[0-9a-f]{18}/g, "$1_<id>");
