import { sql } from "drizzle-orm";

/** For `on conflict do update`: the values of the row that could not be inserted. */

export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const excluded = (column: { name: string }) => sql.raw(`excluded."${snakeCase(column.name)}"`);
