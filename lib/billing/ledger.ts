import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { db } from "@/db";
import { stripeTransactions } from "@/db/schema";
import { excluded, takeAll } from "@/db/upsert";
import { livemode } from "@/env";
import { userOf } from "./customer-links";

/**
 * The ledger: one entry is one fact about money. Its key names the money and not the event, because several events
 * may tell of one payment; `revenue` stands on one entry only. Which entries an object adds is in its own file.
 */

export type LedgerEntry = Omit<(typeof stripeTransactions)["$inferInsert"], "livemode" | "userId">;
export type LedgerKind = LedgerEntry["kind"];

interface Rule {
  /** Of the events that tell of one entry, the type that it is named after, whichever came first. */
  namedAfter: string | null;
  /** Every telling names the same amount, so a row that says otherwise is wrong and gets it back. */
  hasFinalAmount: boolean;
}

const RULES: Record<LedgerKind, Rule> = {
  attempt: { namedAfter: null, hasFinalAmount: false },
  checkout: { namedAfter: null, hasFinalAmount: true },
  dispute: { namedAfter: "charge.dispute.created", hasFinalAmount: false },
  invoice_paid: { namedAfter: "invoice.payment_succeeded", hasFinalAmount: true },
  payment: { namedAfter: null, hasFinalAmount: true },
  refund: { namedAfter: "refund.created", hasFinalAmount: false },
};

const stored = stripeTransactions;
const TARGET = [stored.kind, stored.stripeId];

/**
 * May run any number of times and in any order with the same result. Several events may tell of an entry, and a
 * read without any; which came first does not show in the row.
 */
export function upsertLedgerEntry(entry: LedgerEntry) {
  const userId = userOf(entry.stripeCustomerId ?? null);
  const insert = db.insert(stored).values({ ...entry, livemode, userId });
  const conflict = entry.kind === "refund" ? furthestStatus() : earliestTelling(RULES[entry.kind]);
  return insert.onConflictDoUpdate({ target: TARGET, ...conflict });
}

/** A refund is what its furthest status says. Failed and canceled have no position: nothing comes after them. */
function furthestStatus() {
  const rank = (status: SQL | PgColumn) =>
    sql`coalesce(array_position(array['pending', 'requires_action', 'succeeded'], ${status}), 4)`;
  const { next, now } = namings(RULES.refund);
  const isFurther = sql`(${rank(excluded(stored.status))}, ${next}) > (${rank(stored.status)}, ${now})`;
  const isWrong = sql`${stored.status} = ${excluded(stored.status)} and ${stored.revenue} <> ${excluded(stored.revenue)}`;
  return {
    set: takeAll(stored, ["status", "revenue", "eventType", "stripeEventId"]),
    setWhere: sql`${isFurther} or (${isWrong})`,
  };
}

function earliestTelling(rule: Rule) {
  const { next, now } = namings(rule);
  const isBetter = sql`(${next}) > (${now})`;
  const better = (column: PgColumn) => sql`case when ${isBetter} then ${excluded(column)} else ${column} end`;
  const isNews = sql`${isBetter} or ${excluded(stored.occurredAt)} < ${stored.occurredAt}`;
  return {
    set: {
      eventType: better(stored.eventType),
      stripeEventId: better(stored.stripeEventId),
      occurredAt: sql`least(${stored.occurredAt}, ${excluded(stored.occurredAt)})`,
      ...(rule.hasFinalAmount && takeAll(stored, ["amount", "revenue", "currency"])),
    },
    setWhere: rule.hasFinalAmount ? sql`${isNews} or ${hasOtherAmount}` : isNews,
  };
}

/**
 * By which of two tellings an entry is named: by its naming event before another, by an event before a read, by the
 * lower id of two alike.
 */
function namings({ namedAfter }: Rule) {
  const isNaming = (type: SQL | PgColumn) => (namedAfter ? sql`${type} = ${namedAfter}` : sql`false`);
  const told = excluded(stored.stripeEventId);
  return {
    next: sql`${isNaming(excluded(stored.eventType))}, ${told} is not null, ${stored.stripeEventId}`,
    now: sql`${isNaming(stored.eventType)}, ${stored.stripeEventId} is not null, ${told}`,
  };
}

const hasOtherAmount = sql.join(
  [stored.amount, stored.revenue, stored.currency].map((column) => sql`${column} <> ${excluded(column)}`),
  sql` or `,
);

/** The fields in which an entry has to agree with what Stripe's object says today. */
export function toComparedEntry({ kind, amount, revenue, currency, status = null }: LedgerEntry) {
  const fields = { revenue, currency, status };
  // The amount in dispute may change; the entry keeps what it was when it began.
  return kind === "dispute" ? fields : { amount, ...fields };
}
