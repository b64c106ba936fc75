import { getTableName } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { stripeTransactions, users } from "@/db/schema";
import { type Fragment, run, sql } from "@/db/sql";
import { json, nameOf } from "@/db/write";
import { BILLING_OF_USER } from "../customer-links";
import { factsOf, type LedgerEntry } from "../ledger";
import { definitionOf, type ObjectRef } from "../objects";
import type { Effects } from "../objects/definition";

/** A row that news may touch, as Postgres' own JSON. */
export interface RowImage {
  table: string;
  id: string;
  row: StoredRow;
}

/** Named and written as Postgres does it: snake_case keys, times as text. */
export type StoredRow = Record<string, unknown>;

/** Everything that a decision is made on. */
export interface StoredRows {
  /** The `rev` of the turn's row in `customers`; null when there is none. */
  rev: number | null;
  /** Those of the events that are applied already. */
  applied: Set<string>;
  images: RowImage[];
}

/** One plain read, without a lock: whether it still holds when something is written, `rev` tells. */
export async function readRows(
  key: string | null,
  ref: ObjectRef | null,
  effects: Effects,
  eventIds: string[],
): Promise<StoredRows> {
  const parts = [
    sql`select 'customers' as "table", null::uuid as id, jsonb_build_object('rev', rev) as row
      from customers where stripe_id = ${key}`,
    ...(eventIds.length ? [selectApplied(eventIds)] : []),
    ...(ref ? selectImages(ref, effects) : []),
  ];
  const rows = await run<RowImage>(
    sql`${parts.map((part, index) => (index ? sql`union all ${part}` : part))}`,
  );
  const rowsOf = (name: string) => rows.filter(({ table }) => table === name);
  const [turn] = rowsOf("customers");
  return {
    rev: turn ? Number(turn.row.rev) : null,
    applied: new Set(rowsOf("stripe_events").map(({ row }) => String(row.id))),
    images: rows.filter(({ id }) => id !== null),
  };
}

const selectApplied = (eventIds: string[]) =>
  sql`select 'stripe_events', null, jsonb_build_object('id', id) from stripe_events
    where status = 'applied' and id = any(array(select jsonb_array_elements_text(${json(eventIds)})))`;

const select = (table: PgTable, where: Fragment, row = sql`to_jsonb(${nameOf(table)})`) =>
  sql`select ${getTableName(table)}, id, ${row} from ${nameOf(table)} where ${where}`;

function selectImages(ref: ObjectRef, { touches, ledgerEntries, touchesUser, stripeCustomerId }: Effects) {
  const { mirror } = definitionOf(ref.kind);
  return [
    ...(mirror ? [select(mirror.table, sql`stripe_id = ${ref.id}`)] : []),
    ...touches.map(({ table, where }) => select(table, where)),
    ...factsOf(ledgerEntries).map((entry) => select(stripeTransactions, isEntry(entry))),
    ...(touchesUser && stripeCustomerId ? [select(users, isUserOf(stripeCustomerId), BILLING_OF_USER)] : []),
  ];
}

const isEntry = ({ kind, stripeId }: LedgerEntry) => sql`kind = ${kind} and stripe_id = ${stripeId}`;

/** The user whom the turn will find. */
const isUserOf = (stripeCustomerId: string) => sql`id = coalesce(
  (select user_id from customers where stripe_id = ${stripeCustomerId}),
  (select id from users where stripe_customer_id = ${stripeCustomerId}))`;

/** The row that carries the object's version stamp. The ledger may name an entry by the same id. */
export function stampedRowOf({ kind, id }: ObjectRef, images: RowImage[]): StoredRow | undefined {
  const { mirror } = definitionOf(kind);
  if (!mirror) return undefined;
  const name = getTableName(mirror.table);
  return images.find(({ table, row }) => table === name && row.stripe_id === id)?.row;
}

/** The stored rows of the table that holds an object's parts. */
export function partsOf({ parts }: Effects, images: RowImage[]): StoredRow[] {
  if (!parts) return [];
  const name = getTableName(parts.table);
  return images.filter(({ table }) => table === name).map(({ row }) => row);
}
