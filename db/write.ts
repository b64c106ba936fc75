import { getTableName } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { type Fragment, identifier, raw, sql } from "./sql";
import { snakeCase } from "./upsert";

/**
 * Parts of one statement that writes several tables at once and commits by itself. All of them see the rows as they
 * were before it, and a row may be changed by one of them only. Each reads the row `turn` (lib/billing/sync/turn.ts), so
 * that all of them write or none does. Rows travel as JSON: the text of a part depends on its table alone, and Postgres
 * has it prepared.
 */
export interface Write {
  table: PgTable;
  /** An insert, update or delete without `returning`. */
  statement: Fragment;
  /** Other parts read its rows by this name. */
  name?: string;
  /** The part of a row that the inbox shows people, as an expression: the whole row unless it is given, null for nothing. */
  image?: Fragment | null;
}

type Row = Record<string, unknown>;

/** A value of SQL's type jsonb. */
export const json = (value: unknown): Fragment => sql`${JSON.stringify(value)}::text::jsonb`;

export const nameOf = (table: PgTable): Fragment => sql`${identifier(getTableName(table))}`;

/** For `from`: rows as the table has them, by the name `new`; a column that a row does not name is null. */
export const newRows = (table: PgTable, rows: Row[]): Fragment =>
  sql`jsonb_populate_recordset(null::${nameOf(table)}, ${json(rows.map(toColumns))}) as new`;

const toColumns = (row: Row) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [columnOf(name), value]));

const columns = new Map<string, string>();

/** Remembered: an event names some sixty of them. */
function columnOf(name: string): string {
  const known = columns.get(name);
  if (known) return known;
  const column = snakeCase(name);
  columns.set(name, column);
  return column;
}

/** A row's columns as lists: by their names, as `new` has them, and set to what could not be inserted or to `new`. */
export function columnsOf(row: Row) {
  const names = Object.keys(row).map((name) => `"${columnOf(name)}"`);
  const list = (each: (name: string) => string) => raw(names.map(each).join(", "));
  return {
    names: list((name) => name),
    values: list((name) => `new.${name}`),
    takeAll: list((name) => `${name} = excluded.${name}`),
    setAll: list((name) => `${name} = new.${name}`),
  };
}
