import { and, eq, getTableName, or, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { checkoutSessions, products, stripeTransactions, subscriptions, users } from "@/db/schema";
import type { ObjectRef } from "../objects";
import type { Effects } from "../objects/effects";
import { isMirrored, mirrorTable } from "./mirror";

/**
 * Every row that effects may touch, as Postgres' own JSON. Read once before the writes, under the lock, where
 * it also is what the decision is made on; and once after them, inside the statement that marks the event.
 */
export interface Image {
  table: string;
  id: string;
  row: Record<string, unknown>;
}

const images = (table: PgTable, where: SQL | undefined, row = sql`to_jsonb(${table})`) =>
  sql`select ${sql.raw(`'${getTableName(table)}'`)} as "table", id, ${row} as row from ${table} where ${where}`;

/** @param userId of the user that was found before the writes: they may take the customer from it */
export function imagesOf(ref: ObjectRef | null, effects: Effects, userId?: string): SQL | null {
  const { stripeCustomerId, facts = [], checkoutSession, customerDeleted } = effects;
  const parts: SQL[] = [];
  if (ref && isMirrored(ref.kind)) {
    const table = mirrorTable(ref.kind);
    parts.push(images(table, eq(table.stripeId, ref.id)));
  }
  if (ref?.kind === "plan") parts.push(images(products, eq(products.stripeProductId, ref.id)));
  if (facts.length) parts.push(images(stripeTransactions, or(...facts.map(isFact))));
  if (checkoutSession) parts.push(images(checkoutSessions, isSession(checkoutSession)));
  if (stripeCustomerId && customerDeleted)
    parts.push(images(subscriptions, eq(subscriptions.stripeCustomerId, stripeCustomerId)));
  if (stripeCustomerId && (ref?.kind === "subscription" || customerDeleted)) {
    const isUser = userId ? eq(users.id, userId) : eq(users.stripeCustomerId, stripeCustomerId);
    parts.push(images(users, isUser, BILLING_OF_USER));
  }
  return parts.length ? sql.join(parts, sql` union all `) : null;
}

const isFact = ({ kind, stripeId }: NonNullable<Effects["facts"]>[number]) =>
  and(eq(stripeTransactions.kind, kind), eq(stripeTransactions.stripeId, stripeId));

const isSession = ({ id, stripeId }: NonNullable<Effects["checkoutSession"]>) =>
  id
    ? or(eq(checkoutSessions.id, id), eq(checkoutSessions.stripeId, stripeId))
    : eq(checkoutSessions.stripeId, stripeId);

/** Not the rest of a person's row: the inbox is no place for a password's hash. */
const BILLING_OF_USER = sql`jsonb_build_object('stripe_customer_id', ${users.stripeCustomerId}, 'current_subscription_id', ${users.currentSubscriptionId})`;

/** An expression: which of the rows differ from their image before, for the column `stripe_events.changes`. */
export function changesSince(ref: ObjectRef | null, effects: Effects, before: Image[]): SQL | null {
  const after = imagesOf(ref, effects, before.find(({ table }) => table === "users")?.id);
  return (
    after &&
    sql`(select jsonb_agg(jsonb_build_object('table', after."table", 'id', after.id, 'before', before.row, 'after', after.row))
      from (${after}) as after
      left join jsonb_to_recordset(${JSON.stringify(before)}::text::jsonb) as before(id uuid, row jsonb) on before.id = after.id
      where after.row is distinct from before.row)`
  );
}
