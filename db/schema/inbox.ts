import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, time } from "./columns";

/** A row as Postgres' own JSON, snake_case; null before it was inserted. */
export interface RowChange {
  table: string;
  id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** The inbox: every webhook event once, with what became of it. */
export const stripeEvents = pgTable(
  "stripe_events",
  {
    /** Stripe's `evt_…`; the primary key makes the second delivery of an event a no-op. */
    id: text().primaryKey(),
    type: text().notNull(),
    apiVersion: text(),
    livemode: boolean().notNull(),
    stripeCreatedAt: time().notNull(),
    objectId: text(),
    stripeCustomerId: text(),
    payload: jsonb().$type<unknown>(),
    status: text({ enum: ["received", "applied", "parked"] }).notNull(),
    attempts: integer().notNull().default(0),
    lastError: text(),
    /** One sentence of what was done. */
    note: text(),
    /** Every row the event changed, before and after. */
    changes: jsonb().$type<RowChange[]>(),
    appliedAt: time(),
    createdAt: createdAt(),
  },
  (table) => [
    index("stripe_events_created_idx").on(table.createdAt),
    index("stripe_events_payload_idx").on(table.createdAt).where(sql`${table.payload} is not null`),
    index("stripe_events_unapplied_idx").on(table.createdAt).where(sql`${table.status} <> 'applied'`),
  ],
);
