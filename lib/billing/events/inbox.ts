import { and, eq, isNotNull, lt, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { stripeEvents } from "@/db/schema";
import { describeError } from "@/lib/log";
import type { InboxEntries } from "../sync/apply";
import { writeInTurn } from "../sync/turn";

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

/** The part of events in the commit of their effects: applied means that all of them are in the database. */
export const inboxEntries = (events: Stripe.Event[], again = false): InboxEntries => ({
  events,
  again,
  toRows: (applied, { stripeCustomerId, note }) =>
    applied.map((event) => ({ ...toEventRow(event), stripeCustomerId, note })),
});

/** For events that change no row. */
export async function markApplied(events: Stripe.Event[], note: string) {
  const { toRows, again } = inboxEntries(events);
  const rows = toRows(events, { stripeCustomerId: null, note });
  await writeInTurn({ key: null, rev: null, isDeleted: false }, [], { rows, again });
}

/**
 * In a commit of its own: it has to survive the rollback of what failed.
 * @returns how often the event has failed; null when another delivery of it was applied meanwhile
 */
export async function recordFailure(event: Stripe.Event, error: unknown): Promise<number | null> {
  const lastError = storable(describeError(error));
  const { payload, ...facts } = toEventRow(event);
  const kept = isNestedDeeperThan(MAX_DEPTH, payload) ? null : storable(payload);
  const [row] = await db
    .insert(stripeEvents)
    .values({ ...storable(facts), payload: kept, status: "received", attempts: 1, lastError })
    .onConflictDoUpdate({
      target: stripeEvents.id,
      set: { attempts: sql`${stripeEvents.attempts} + 1`, lastError },
      setWhere: sql`${stripeEvents.status} <> 'applied'`,
    })
    .returning({ attempts: stripeEvents.attempts });
  return row?.attempts ?? null;
}

/** Stripe's own objects have a dozen levels. JavaScript and Postgres take thousands, and fail at some number. */
const MAX_DEPTH = 500;

/** Level by level, because calling itself for each is what fails. */
function isNestedDeeperThan(depth: number, value: unknown): boolean {
  let level = [value];
  for (let n = 0; n < depth; n++) level = level.filter(isObject).flatMap(Object.values);
  return level.some(isObject);
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** The fault that broke the event may be in its text: Postgres stores neither a NUL nor half a character. */
const storable = <T>(value: T): T => {
  if (typeof value === "string") return Buffer.from(value.replaceAll("\0", "\ufffd")).toString() as T;
  if (Array.isArray(value)) return value.map(storable) as T;
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [storable(key), storable(part)])) as T;
};

/** No delivery will help it any more: a person has to look. */
export const markParked = (eventId: string, note: string) =>
  db
    .update(stripeEvents)
    .set({ status: "parked", note: storable(note) })
    .where(eq(stripeEvents.id, eventId));

export async function getEvent(eventId: string): Promise<typeof stripeEvents.$inferSelect | null> {
  const [row] = await db.select().from(stripeEvents).where(eq(stripeEvents.id, eventId));
  return row ?? null;
}

const KEPT_DAYS = 35;

/**
 * Drops what events carried, once Stripe has forgotten them, too. Their ids stay, so that none is applied twice.
 * @returns how many were pruned
 */
export async function pruneEvents(): Promise<number> {
  const pruned = await db
    .update(stripeEvents)
    .set({ payload: null })
    .where(
      and(
        isNotNull(stripeEvents.payload),
        lt(stripeEvents.createdAt, sql`now() - make_interval(days => ${KEPT_DAYS})`),
      ),
    )
    .returning({ id: stripeEvents.id });
  return pruned.length;
}
