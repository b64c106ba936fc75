import { and, eq, getTableName, or, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { stripeTransactions, users } from "@/db/schema";
import type { LedgerEntry } from "../ledger";
import { definitionOf, type ObjectRef } from "../objects";
import type { Effects } from "../objects/definition";

/**
 * Every row that effects may touch, as Postgres' own JSON. Read once before the writes, under the lock, where
 * it also is what the decision is made on; and once after them, inside the statement that marks the event.
 */
export interface RowImage {
  table: string;
  id: string;
  row: StoredRow;
}

/** Named and written as Postgres does it: snake_case keys, times as text. */
export type StoredRow = Record<string, unknown>;

const select = (table: PgTable, where: SQL | undefined, row = sql`to_jsonb(${table})`) =>
  sql`select ${sql.raw(`'${getTableName(table)}'`)} as "table", id, ${row} as row from ${table} where ${where}`;

/** @param userId of the user that was found before the writes: they may take the customer from it */
export function selectRowImages(ref: ObjectRef, effects: Effects, userId?: string): SQL | null {
  const { mirror } = definitionOf(ref.kind);
  const parts: SQL[] = [];
  if (mirror) parts.push(select(mirror.table, eq(mirror.table.stripeId, ref.id)));
  for (const { table, where } of effects.touches) parts.push(select(table, where));
  if (effects.ledgerEntries.length)
    parts.push(select(stripeTransactions, or(...effects.ledgerEntries.map(isEntry))));
  if (effects.touchesUser && effects.stripeCustomerId) {
    const isUser = userId ? eq(users.id, userId) : eq(users.stripeCustomerId, effects.stripeCustomerId);
    parts.push(select(users, isUser, BILLING_OF_USER));
  }
  return parts.length ? sql.join(parts, sql` union all `) : null;
}

const isEntry = ({ kind, stripeId }: LedgerEntry) =>
  and(eq(stripeTransactions.kind, kind), eq(stripeTransactions.stripeId, stripeId));

/** Not the rest of a person's row: the inbox is no place for a password's hash. */
const BILLING_OF_USER = sql`jsonb_build_object('stripe_customer_id', ${users.stripeCustomerId}, 'current_subscription_id', ${users.currentSubscriptionId})`;

/** The row that carries the object's version stamp. The ledger may name an entry by the same id. */
export function stampedRowOf({ kind, id }: ObjectRef, images: RowImage[]): StoredRow | undefined {
  const { mirror } = definitionOf(kind);
  if (!mirror) return undefined;
  const name = getTableName(mirror.table);
  return images.find(({ table, row }) => table === name && row.stripe_id === id)?.row;
}

/** An expression: which of the rows differ from their image before, for the column `stripe_events.changes`. */
export function changesSince(ref: ObjectRef, effects: Effects, before: RowImage[]): SQL | null {
  const after = selectRowImages(ref, effects, before.find(({ table }) => table === "users")?.id);
  return (
    after &&
    sql`(select jsonb_agg(jsonb_build_object('table', after."table", 'id', after.id, 'before', before.row, 'after', after.row))
      from (${after}) as after
      left join jsonb_to_recordset(${JSON.stringify(before)}::text::jsonb) as before(id uuid, row jsonb) on before.id = after.id
      where after.row is distinct from before.row)`
  );
}
