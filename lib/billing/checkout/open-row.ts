import { and, eq, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { db } from "@/db";
import { checkoutSessions } from "@/db/schema";
import { excluded } from "@/db/upsert";
import { livemode } from "@/env";

/**
 * The open row of a user and a family is the lock under which a session is made: a unique index allows one. Whoever
 * inserts it asks Stripe, and everybody else waits until it has its session. Nothing of this holds a connection.
 */

export type CheckoutRow = typeof checkoutSessions.$inferSelect;

/** A wish to buy, and the pages that Stripe leads to afterwards. */
export interface Wanted {
  userId: string;
  productId: string;
  /** Null: nothing excludes it, so nobody waits. */
  family: string | null;
  mode: "subscription" | "payment";
  successUrl: string;
  cancelUrl: string;
}

/**
 * A row that has no session for so long is what remains of a crash. Whoever is merely slower than that finds the row
 * closed, and gives up the session: this time decides how long people wait, never how many plans they pay for.
 */
const LEASE_SECONDS = 10;

const held = checkoutSessions;
const leaseEnd = sql`now() + make_interval(secs => ${LEASE_SECONDS})`;
const isOpen = eq(held.status, "open");
const isAbandoned = and(isNull(held.stripeId), or(isNull(held.expiresAt), lt(held.expiresAt, sql`now()`)));

/** @returns the row for which the caller is now to ask Stripe: a new one, or the same purchase after a crash; else null */
export async function claimRow(wanted: Wanted): Promise<CheckoutRow | null> {
  const isSame = [held.productId, held.successUrl, held.cancelUrl].map(
    (column) => sql`${column} = ${excluded(column)}`,
  );
  const [row] = await db
    .insert(held)
    .values({ ...wanted, status: "open", paymentStatus: "unpaid", livemode, expiresAt: leaseEnd })
    .onConflictDoUpdate({
      target: [held.userId, held.family],
      targetWhere: sql`status = 'open' and family is not null`,
      set: { expiresAt: leaseEnd },
      setWhere: and(isAbandoned, ...isSame),
    })
    .returning();
  return row ?? null;
}

export async function getOpenRow(userId: string, family: string): Promise<CheckoutRow | null> {
  const [open] = await db
    .select()
    .from(held)
    .where(and(eq(held.userId, userId), eq(held.family, family), isOpen));
  return open ?? null;
}

/** @returns false when the row was taken for abandoned and closed, or has another session by now: this one must not be used */
export async function storeSession(
  row: CheckoutRow,
  session: Pick<CheckoutRow, "stripeId" | "stripeCustomerId" | "url" | "expiresAt">,
) {
  const isStillOurs = and(isOpen, or(isNull(held.stripeId), eq(held.stripeId, session.stripeId ?? "")));
  const stored = await db
    .update(held)
    .set({
      ...session,
      // It may be paid by now: that was written already, and stays.
      url: sql`case when ${isOpen} then ${session.url}::text end`,
    })
    .where(and(eq(held.id, row.id), row.family === null ? undefined : isStillOurs))
    .returning({ id: held.id });
  return stored.length > 0;
}

/** Stripe gave no answer: the next click may ask again at once, under the same key. */
export const releaseRow = (row: CheckoutRow) =>
  update(row, { expiresAt: null }, and(isOpen, isNull(held.stripeId)));

/** The next click starts anew. A row only goes from open to what became of it. */
export const closeRow = (row: CheckoutRow) => update(row, { status: "expired" }, isOpen);

/** @returns false while somebody is asking Stripe for its session */
export const closeIfAbandoned = async (row: CheckoutRow) =>
  (await update(row, { status: "expired" }, and(isOpen, isAbandoned))).length > 0;

const update = (row: CheckoutRow, set: Partial<CheckoutRow>, condition: SQL | undefined) =>
  db
    .update(held)
    .set(set)
    .where(and(eq(held.id, row.id), condition))
    .returning({ id: held.id });
