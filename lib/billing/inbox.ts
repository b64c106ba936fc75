import { sql } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { stripeEvents } from "@/db/schema";
import type { Effects } from "./effects";

/** The inbox remembers every event once: what it was, what was done, or why it could not be done. */

const toEventRow = (event: Stripe.Event) => ({
  id: event.id,
  type: event.type,
  apiVersion: event.api_version,
  livemode: event.livemode,
  stripeCreatedAt: new Date(event.created * 1000),
  objectId: "id" in event.data.object ? (event.data.object.id ?? null) : null,
  payload: event,
});

/** Travels in the commit of the event's effects: applied means that all of them are in the database. */
export function markApplied(event: Stripe.Event, effects: Effects) {
  const applied = {
    status: "applied" as const,
    stripeCustomerId: effects.stripeCustomerId,
    note: effects.note,
    appliedAt: new Date(),
  };
  return db
    .insert(stripeEvents)
    .values({ ...toEventRow(event), ...applied, attempts: 1 })
    .onConflictDoUpdate({
      target: stripeEvents.id,
      set: { ...applied, attempts: sql`${stripeEvents.attempts} + 1` },
    });
}

/** In a commit of its own: it has to survive the rollback of what failed. */
export async function recordFailure(event: Stripe.Event, error: unknown) {
  const lastError = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  await db
    .insert(stripeEvents)
    .values({ ...toEventRow(event), status: "received", attempts: 1, lastError })
    .onConflictDoUpdate({
      target: stripeEvents.id,
      set: { attempts: sql`${stripeEvents.attempts} + 1`, lastError },
      // Another delivery of the same event may have succeeded meanwhile.
      setWhere: sql`${stripeEvents.status} <> 'applied'`,
    });
}
