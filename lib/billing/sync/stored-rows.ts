import { type Fragment, run, sql } from "@/db/sql";
import { json, nameOf } from "@/db/write";
import { definitionOf, type ObjectRef } from "../objects";
import type { Effects } from "../objects/definition";

/** As Postgres writes it in JSON: snake_case keys, times as text. */
export type StoredRow = Record<string, unknown>;

/** Everything that a decision is made on. */
export interface StoredRows {
  /** The `rev` of the turn's row in `customers`; null when there is none. */
  rev: number | null;
  /** Those of the events that are applied already. */
  applied: Set<string>;
  /** The row that carries the object's version stamp. */
  stored: StoredRow | null;
  /** The stored rows of the table that holds an object's parts. */
  storedParts: StoredRow[];
}

/** One plain read, without a lock: whether it still holds when something is written, `rev` tells. */
export async function readRows(
  key: string | null,
  ref: ObjectRef | null,
  { parts }: Effects,
  eventIds: string[],
): Promise<StoredRows> {
  const mirror = ref && definitionOf(ref.kind).mirror;
  const stored = mirror
    ? sql`select to_json(t) from ${nameOf(mirror.table)} t where stripe_id = ${ref.id}`
    : NOTHING;
  const storedParts = parts
    ? sql`select json_agg(to_json(t)) from ${nameOf(parts.table)} t where ${parts.where}`
    : NOTHING;
  const applied = eventIds.length ? selectApplied(eventIds) : NOTHING;
  const [rows] = await run<Nullable<Omit<StoredRows, "applied"> & { applied: string[] }>>(sql`select
    (select rev from customers where stripe_id = ${key}) as rev,
    (${applied}) as applied, (${stored}) as stored, (${storedParts}) as "storedParts"`);
  return {
    rev: rows?.rev ?? null,
    applied: new Set(rows?.applied),
    stored: rows?.stored ?? null,
    storedParts: rows?.storedParts ?? [],
  };
}

type Nullable<Row> = { [Name in keyof Row]: Row[Name] | null };

const NOTHING = sql`select null::json`;

const selectApplied = (eventIds: string[]): Fragment =>
  sql`select json_agg(id) from stripe_events
    where status = 'applied' and id = any(array(select jsonb_array_elements_text(${json(eventIds)})))`;
