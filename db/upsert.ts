import { getTableColumns, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";

/** For `on conflict do update`: the values of the row that could not be inserted. */

export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const excluded = (column: { name: string }) => sql.raw(`excluded."${snakeCase(column.name)}"`);

/** Takes every one of these columns; a name that is no column of the table is passed over. */
export function takeAll(table: PgTable, names: string[]) {
  const columns = getTableColumns(table);
  return Object.fromEntries(
    names.flatMap((name) => {
      const column = columns[name];
      return column ? [[name, excluded(column)]] : [];
    }),
  );
}
