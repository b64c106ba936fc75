import { and, count, desc, eq } from "drizzle-orm";
import { db } from "@/db";
import { stripeEvents } from "@/db/schema";
import { livemode } from "@/env";

export type EventRow = typeof stripeEvents.$inferSelect;
export type EventStatus = EventRow["status"];

/** Newest first. */
export const listEvents = (status: EventStatus | null, limit: number) =>
  db
    .select()
    .from(stripeEvents)
    .where(and(eq(stripeEvents.livemode, livemode), status ? eq(stripeEvents.status, status) : undefined))
    .orderBy(desc(stripeEvents.createdAt))
    .limit(limit);

export async function countEvents(): Promise<Record<EventStatus, number>> {
  const rows = await db
    .select({ status: stripeEvents.status, count: count() })
    .from(stripeEvents)
    .where(eq(stripeEvents.livemode, livemode))
    .groupBy(stripeEvents.status);
  return {
    received: 0,
    applied: 0,
    parked: 0,
    ...Object.fromEntries(rows.map((row) => [row.status, row.count])),
  };
}
