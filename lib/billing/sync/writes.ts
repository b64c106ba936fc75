import { and, eq, getTableColumns, inArray, notInArray, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { db } from "@/db";
import { checkoutSessions, products, stripeTransactions, subscriptions } from "@/db/schema";
import { livemode } from "@/env";
import { userOf } from "../customer-links";
import type { Fact } from "../ledger";
import type { Effects } from "../objects/effects";
import type { MirrorTable } from "./mirror";

/** Effects → SQL statements. Each may run any number of times and in any order with the same result. */

const excluded = (column: { name: string }) => sql.raw(`excluded."${snakeCase(column.name)}"`);
export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Of the events that tell of one fact, the ones it is named after. */
const NAMING_EVENTS = ["invoice.payment_succeeded", "refund.created", "charge.dispute.created"];

/** Whoever tells of it tells the same amount, so a row that says otherwise is wrong and gets it back. */
const HAS_FINAL_AMOUNT: Partial<Record<Fact["kind"], true>> = {
  checkout: true,
  invoice_paid: true,
  payment: true,
};
const hasOtherAmount = sql.join(
  [stripeTransactions.amount, stripeTransactions.revenue, stripeTransactions.currency].map(
    (column) => sql`${column} <> ${excluded(column)}`,
  ),
  sql` or `,
);

/**
 * Several events may tell of a fact, and a reading without any. Which came first does not show in the row: it is
 * named by a naming event before another, by an event before a reading, by the lower id of two alike.
 */
export function insertFact(fact: Fact) {
  const held = stripeTransactions;
  const insert = db.insert(held).values({ ...fact, livemode, userId: userOf(fact.stripeCustomerId ?? null) });
  const target = [held.kind, held.stripeId];
  const next = { type: excluded(held.eventType), event: excluded(held.stripeEventId) };
  const now = { type: sql`${held.eventType}`, event: sql`${held.stripeEventId}` };
  const naming = ({ type, event }: typeof next) => sql`${inArray(type, NAMING_EVENTS)}, ${event} is not null`;
  if (fact.kind === "refund") {
    // Failed and canceled have no position: nothing comes after them.
    const rank = (status: SQL | PgColumn) =>
      sql`coalesce(array_position(array['pending', 'requires_action', 'succeeded'], ${status}), 4)`;
    return insert.onConflictDoUpdate({
      target,
      set: takeAll(held, ["status", "revenue", "eventType", "stripeEventId"]),
      setWhere: sql`(${rank(excluded(held.status))}, ${naming(next)}, ${now.event}) > (${rank(held.status)}, ${naming(now)}, ${next.event}) or (${held.status} = ${excluded(held.status)} and ${held.revenue} <> ${excluded(held.revenue)})`,
    });
  }
  const isBetter = sql`(${naming(next)}, ${now.event}) > (${naming(now)}, ${next.event})`;
  const better = (column: PgColumn) => sql`case when ${isBetter} then ${excluded(column)} else ${column} end`;
  const isNews = sql`${isBetter} or ${excluded(held.occurredAt)} < ${held.occurredAt}`;
  return insert.onConflictDoUpdate({
    target,
    set: {
      eventType: better(held.eventType),
      stripeEventId: better(held.stripeEventId),
      occurredAt: sql`least(${held.occurredAt}, ${excluded(held.occurredAt)})`,
      ...(HAS_FINAL_AMOUNT[fact.kind] && takeAll(held, ["amount", "revenue", "currency"])),
    },
    setWhere: HAS_FINAL_AMOUNT[fact.kind] ? sql`${isNews} or ${hasOtherAmount}` : isNews,
  });
}

/**
 * A session only goes from open to complete or expired, its payment from unpaid to paid or failed. Its metadata
 * names the row it was made for; a copy of the session carries the same metadata and gets a row of its own.
 */
export function upsertCheckoutSession(session: NonNullable<Effects["checkoutSession"]>) {
  const { paymentFailed, id, ...row } = session;
  const held = checkoutSessions;
  const known = db.select({ id: held.id }).from(held).where(eq(held.stripeId, row.stripeId));
  const ours = sql`(select ${id ?? null}::uuid where not exists (select 1 from ${held} where ${held.id} = ${id ?? null}::uuid and ${held.stripeId} <> ${row.stripeId}))`;
  const values = {
    ...row,
    id: sql`coalesce((${known}), ${ours}, gen_random_uuid())`,
    ...(paymentFailed && { paymentStatus: "failed" as const }),
    userId: userOf(row.stripeCustomerId),
  };
  const told = (column: PgColumn) => sql`coalesce(${excluded(column)}, ${column})`;
  return db
    .insert(held)
    .values(values)
    .onConflictDoUpdate({
      target: held.id,
      set: {
        stripeId: excluded(held.stripeId),
        status: sql`case when ${held.status} = 'open' then ${excluded(held.status)} else ${held.status} end`,
        paymentStatus: sql`case when ${held.paymentStatus} = 'unpaid' then ${excluded(held.paymentStatus)} else ${held.paymentStatus} end`,
        stripeCustomerId: told(held.stripeCustomerId),
        stripeSubscriptionId: told(held.stripeSubscriptionId),
        stripePaymentIntentId: told(held.stripePaymentIntentId),
        amountTotal: told(held.amountTotal),
        currency: told(held.currency),
        expiresAt: told(held.expiresAt),
        completedAt: sql`least(${held.completedAt}, ${excluded(held.completedAt)})`,
        url: sql`case when ${held.status} = 'open' then ${excluded(held.url)} end`,
      },
      // What was read while it was open says nothing about a session that has been closed since.
      setWhere: sql`${held.status} = 'open' or excluded.status <> 'open'`,
    });
}

type StampedRow = { stripeId: string; stripeCustomerId?: string | null } & Record<string, unknown>;

/** A row with its version stamp; whether it may be written is decide.ts' matter. */
export function upsertMirror(table: MirrorTable, row: StampedRow) {
  // A tombstone, which only a read gets past, was wrong when that read finds the object: it is lifted.
  const content = { deletedAt: null, ...row };
  const user = "userId" in table && { userId: userOf(row.stripeCustomerId ?? null) };
  return db
    .insert(table as PgTable)
    .values({ ...content, ...user })
    .onConflictDoUpdate({
      target: table.stripeId,
      set: { ...takeAll(table, Object.keys(content)), rev: sql`${table.rev} + 1` },
    });
}

export const countEqualEvent = (table: MirrorTable, stripeId: string) =>
  db
    .update(table as PgTable)
    .set({ rev: sql`${table.rev} + 1` })
    .where(eq(table.stripeId, stripeId));

/** Stripe does not know it any more, so nothing that arrives later can be news. */
export const markDeleted = (table: MirrorTable, stripeId: string) =>
  db
    .update(table as PgTable)
    .set({
      deletedAt: sql`now()`,
      rev: sql`${table.rev} + 1`,
      ...(table === subscriptions && { status: "canceled" }),
    })
    .where(eq(table.stripeId, stripeId));

export function upsertProducts(rows: (typeof products.$inferInsert)[]) {
  return db
    .insert(products)
    .values(rows)
    .onConflictDoUpdate({
      target: products.stripePriceId,
      set: takeAll(products, Object.keys(rows[0] ?? {})),
    });
}

/** What Stripe lists no more is off sale; its row stays, for those who bought it. */
export const archiveProducts = (stripeProductId: string, exceptPrices: string[]) =>
  db
    .update(products)
    .set({ active: false })
    .where(
      and(
        eq(products.stripeProductId, stripeProductId),
        eq(products.active, true),
        exceptPrices.length ? notInArray(products.stripePriceId, exceptPrices) : undefined,
      ),
    );

/** "Take every one of these columns from the row that could not be inserted." */
function takeAll(table: PgTable, names: string[]) {
  const columns = getTableColumns(table);
  return Object.fromEntries(
    names.flatMap((name) => {
      const column = columns[name];
      return column ? [[name, excluded(column)]] : [];
    }),
  );
}
