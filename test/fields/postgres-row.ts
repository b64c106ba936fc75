import { sql } from "drizzle-orm";
import { expect } from "vitest";
import { db } from "@/db";

type Columns = Record<string, unknown>;

/** Rows as Postgres itself writes them: its column names, times in UTC. No code of the shop's reads them first. */
const postgresRows = (table: string, where: ReturnType<typeof sql>): Promise<Columns[]> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`set local time zone 'UTC'`);
    const name = sql.identifier(table);
    const rows = await tx.execute<{ row: Columns }>(
      sql`select to_jsonb(${name}) as row from ${name} where ${where}`,
    );
    return rows.map(({ row }) => row);
  });

/** The one row that copies a Stripe object. */
export async function postgresRow(table: string, stripeId: string): Promise<Columns> {
  const rows = await postgresRows(table, sql`stripe_id = ${stripeId}`);
  const [row] = rows;
  if (!row || rows.length > 1) throw new Error(`${table} has ${rows.length} rows of ${stripeId}.`);
  return row;
}

/** The ledger's rows about a customer or an object, by kind, without what each row has of its own. */
export async function ledgerRows(customerOrObject: string): Promise<Columns[]> {
  const rows = await postgresRows(
    "stripe_transactions",
    sql`stripe_customer_id = ${customerOrObject} or stripe_id = ${customerOrObject}`,
  );
  return rows
    .map(({ id, created_at, ...row }) => row)
    .toSorted((one, other) => String(one.kind).localeCompare(String(other.kind)));
}

/** A ledger row of nobody, about nothing; a test names what differs. */
export const LEDGER_ROW = {
  user_id: null,
  stripe_customer_id: null,
  stripe_checkout_session_id: null,
  stripe_subscription_id: null,
  stripe_invoice_id: null,
  stripe_payment_intent_id: null,
  stripe_price_id: null,
  description: null,
  status: null,
  livemode: false,
};

/** One line of a table by hand: Stripe's field, our column, what the column holds, what it means. */
export type Line = [field: string, column: string, value: unknown, meaning: string];

/** Each of our columns is in the table once, so a new one cannot be forgotten here. */
export const columnsOf = (lines: Line[]) => lines.map(([, column]) => column).toSorted();

/** The columns that every mirrored row has beside its object's own, after one event that was not the object's first. */
export const mirrorLines = (toldAt: number): Line[] => [
  ["event.created", "stamp_lo", toldAt, "includes all that was before"],
  ["event.created", "stamp_hi", toldAt, "includes nothing that came after"],
  ["event.type", "from_created", false, "not the first version"],
  ["–", "rev", 0, "the row's first version"],
  ["–", "deleted_at", null, "Stripe knows it"],
  ["–", "id", expect.stringMatching(/^[0-9a-f-]{36}$/), "ours"],
  ["–", "created_at", expect.any(String), "when we first saw it"],
];
