import { and, eq, getTableColumns, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { db } from "@/db";
import { checkoutSessions, invoices, stripeTransactions, subscriptions, users } from "@/db/schema";
import type { Transaction } from "@/db/transaction";
import type { stampOfEvent } from "./decide";
import type { Effects } from "./effects";
import { ACTIVE_STATUSES, ONGOING_STATUSES } from "./status";

/** Effects → SQL statements. Each may run any number of times and in any order with the same result. */

export type Statement = Parameters<Transaction["send"]>[0];

const excluded = (column: { name: string }) => sql.raw(`excluded."${snakeCase(column.name)}"`);
export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The user whose Stripe customer this is, or null: rows of strangers are kept and linked when they are known. */
const userOf = (stripeCustomerId: string | null) =>
  sql<string>`(select ${users.id} from ${users} where ${users.stripeCustomerId} = ${stripeCustomerId})`;

export function insertFact(fact: NonNullable<NonNullable<Effects["facts"]>[number]>, origin: Origin) {
  return db
    .insert(stripeTransactions)
    .values({ ...fact, ...origin, userId: userOf(fact.stripeCustomerId ?? null) })
    .onConflictDoUpdate({
      target: [stripeTransactions.kind, stripeTransactions.stripeId],
      // Two events tell of a paid invoice. The row names the one that tells of a payment, whichever came first.
      set: {
        eventType: excluded(stripeTransactions.eventType),
        stripeEventId: excluded(stripeTransactions.stripeEventId),
      },
      setWhere: sql`${stripeTransactions.eventType} = 'invoice.paid' and excluded.event_type = 'invoice.payment_succeeded'`,
    });
}

/** Where a row's news came from: an event, or our own reading of Stripe. */
export interface Origin {
  stripeEventId: string | null;
  livemode: boolean;
}

/** A session only goes from open to complete or expired, its payment from unpaid to paid or failed. */
export function upsertCheckoutSession(session: NonNullable<Effects["checkoutSession"]>) {
  const { paymentFailed, id, ...row } = session;
  const held = checkoutSessions;
  const values = {
    ...row,
    ...(id && { id }),
    ...(paymentFailed && { paymentStatus: "failed" as const }),
    userId: userOf(row.stripeCustomerId),
  };
  const known = (column: PgColumn) => sql`coalesce(${excluded(column)}, ${column})`;
  return db
    .insert(held)
    .values(values)
    .onConflictDoUpdate({
      target: id ? held.id : held.stripeId,
      set: {
        stripeId: excluded(held.stripeId),
        status: sql`case when ${held.status} = 'open' then ${excluded(held.status)} else ${held.status} end`,
        paymentStatus: sql`case when ${held.paymentStatus} = 'unpaid' then ${excluded(held.paymentStatus)} else ${held.paymentStatus} end`,
        stripeCustomerId: known(held.stripeCustomerId),
        stripeSubscriptionId: known(held.stripeSubscriptionId),
        stripePaymentIntentId: known(held.stripePaymentIntentId),
        amountTotal: known(held.amountTotal),
        currency: known(held.currency),
        expiresAt: known(held.expiresAt),
        completedAt: sql`coalesce(${held.completedAt}, ${excluded(held.completedAt)})`,
        url: sql`case when ${held.status} = 'open' then ${excluded(held.url)} end`,
      },
    });
}

/** An invoice only moves towards paid; among equals the later attempt to collect wins. */
export function upsertInvoice(invoice: NonNullable<Effects["invoice"]>) {
  const rank = (status: SQL) =>
    sql`array_position(array['draft', 'open', 'uncollectible', 'void', 'paid'], ${status})`;
  return db
    .insert(invoices)
    .values({ ...invoice, userId: userOf(invoice.stripeCustomerId) })
    .onConflictDoUpdate({
      target: invoices.stripeId,
      set: takeAll(invoices, Object.keys(invoice)),
      setWhere: sql`(${rank(sql`excluded.status`)}, excluded.attempt_count) >= (${rank(sql`${invoices.status}`)}, ${invoices.attemptCount})`,
    });
}

export function upsertSubscription(
  row: NonNullable<Effects["subscription"]>["row"],
  stamp: ReturnType<typeof stampOfEvent>,
) {
  const values = { ...row, ...stamp };
  return db
    .insert(subscriptions)
    .values({ ...values, userId: userOf(row.stripeCustomerId) })
    .onConflictDoUpdate({
      target: subscriptions.stripeId,
      set: {
        ...takeAll(subscriptions, Object.keys(values)),
        rev: sql`${subscriptions.rev} + 1`,
      },
    });
}

export const countEqualEvent = (stripeId: string) =>
  db
    .update(subscriptions)
    .set({ rev: sql`${subscriptions.rev} + 1` })
    .where(eq(subscriptions.stripeId, stripeId));

export const markSubscriptionDeleted = (stripeId: string) =>
  db
    .update(subscriptions)
    .set({ deletedAt: sql`now()`, status: "canceled", rev: sql`${subscriptions.rev} + 1` })
    .where(eq(subscriptions.stripeId, stripeId));

/** The subscription that grants access now: an active one before one that is merely ongoing, then the newest. */
export function setCurrentSubscription(stripeCustomerId: string) {
  const candidates = db
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(and(eq(subscriptions.userId, users.id), inArray(subscriptions.status, ONGOING_STATUSES)))
    .orderBy(
      sql`${inArray(subscriptions.status, ACTIVE_STATUSES)} desc`,
      sql`${subscriptions.startedAt} desc`,
    )
    .limit(1);
  return db
    .update(users)
    .set({ currentSubscriptionId: sql`(${candidates})` })
    .where(eq(users.stripeCustomerId, stripeCustomerId));
}

/** Rows that arrived before we knew whose they are. Only fills gaps, so it commutes with everything else. */
export function linkCustomer(userId: string, stripeCustomerId: string) {
  return [subscriptions, checkoutSessions, invoices, stripeTransactions].map((table) =>
    db
      .update(table)
      .set({ userId })
      .where(and(eq(table.stripeCustomerId, stripeCustomerId), isNull(table.userId))),
  );
}

/** "Take every one of these columns from the row that could not be inserted." */
export function takeAll(table: PgTable, names: string[]) {
  const columns = getTableColumns(table);
  return Object.fromEntries(
    names.flatMap((name) => {
      const column = columns[name];
      return column ? [[name, excluded(column)]] : [];
    }),
  );
}
