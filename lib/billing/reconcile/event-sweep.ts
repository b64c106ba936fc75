import { and, eq, inArray, isNotNull, ne } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { stripeEvents, type Walk } from "@/db/schema";
import { transaction } from "@/db/transaction";
import { livemode } from "@/env";
import { LostLeaseError } from "@/lib/background/lease";
import { patiently } from "@/lib/background/patience";
import { BillingAgent } from "../events/handle";
import { markApplied } from "../events/inbox";
import { type Answer, type ObjectRef, objectOf } from "../objects";
import { HANDLED_EVENTS } from "../objects/handled-events";
import { isMissing, stripe } from "../stripe";
import { stampOfRead } from "../sync/decide";
import { pagesOf } from "./pages";
import { forEach, type Run } from "./run";
import { advance, getSweepState, type SweepKind } from "./state";

/**
 * Finds the events that no webhook brought. A listed event is written in the version that the account had when
 * it happened, so only that it happened counts: its object is read anew, once for all of its events.
 */

/** Events may be listed a little after the second that they carry. */
const OVERLAP_SECONDS = 3600;
/** Stripe lists no event that is older. */
export const EVENTS_LISTED_SECONDS = 30 * 86_400;
/** After so much the cursor moves, so that a sweep of limited time always gets on. */
const BATCH = { events: 1_000, pages: 20 };

/** What Stripe could not deliver, or has not yet. Normally nothing, and one call. */
export async function sweepUndelivered(run: Run): Promise<void> {
  // What is older is the full sweep's, which has been there; so an endpoint of somebody else's in the same
  // account that is out of order for weeks costs little.
  const { cursor } = await getSweepState("full");
  await sweepEvents("undelivered", { delivery_success: false, ...since(cursor) }, run);
}

/** Everything that happened, delivered or not, and what lies unapplied in the inbox. */
export async function sweepFull(run: Run): Promise<void> {
  const { cursor } = await getSweepState("full");
  await settleInbox(run);
  await sweepEvents("full", since(cursor), run);
  run.counts.pruned = await BillingAgent.pruneEvents();
}

const since = (cursor: number | null) =>
  cursor === null ? {} : { created: { gte: cursor - OVERLAP_SECONDS } };

async function sweepEvents(kind: SweepKind, filter: Stripe.EventListParams, run: Run): Promise<void> {
  const { walk } = await getSweepState(kind);
  try {
    await walkEvents(kind, filter, walk, run);
  } catch (error) {
    // The event at which an interrupted walk stood is not listed any more: begin it anew.
    if (!walk || !isMissing(error)) throw error;
    await walkEvents(kind, filter, null, run);
  }
}

async function walkEvents(kind: SweepKind, filter: Stripe.EventListParams, from: Walk | null, run: Run) {
  let walk = from;
  let batch: Stripe.Event[] = [];
  let pages = 0;
  const list = (params: Stripe.EventListParams, options: Stripe.RequestOptions) =>
    stripe.events.list({ ...filter, ...params }, options);
  for await (const { objects, answeredAt } of pagesOf(list, run.pace, from?.after)) {
    run.counts.pages++;
    pages++;
    walk = {
      startedAt: walk?.startedAt ?? Math.floor((answeredAt ?? new Date()).getTime() / 1000),
      after: objects.at(-1)?.id ?? null,
    };
    batch.push(...(await withoutApplied(objects.filter(isHandled))));
    if (batch.length < BATCH.events && pages < BATCH.pages) continue;
    await settle(kind, batch, { walk }, run);
    batch = [];
    pages = 0;
  }
  await settle(kind, batch, { walk: null, ...(walk && { cursor: walk.startedAt }) }, run);
}

/** Not asked of Stripe, which takes no more than twenty types a call: all of them in one list are fewer calls. */
const isHandled = ({ type }: Stripe.Event) => Object.hasOwn(HANDLED_EVENTS, type);

async function withoutApplied(events: Stripe.Event[]): Promise<Stripe.Event[]> {
  if (!events.length) return [];
  const ids = events.map(({ id }) => id);
  const applied = await db
    .select({ id: stripeEvents.id })
    .from(stripeEvents)
    .where(and(inArray(stripeEvents.id, ids), eq(stripeEvents.status, "applied")));
  const known = new Set(applied.map(({ id }) => id));
  return events.filter(({ id }) => !known.has(id));
}

/**
 * Each object's events are marked in the commit of what they did; the rest of the batch, which changes no row,
 * in the one that moves the cursor. A crash anywhere before it repeats the batch, which finds the marks.
 */
async function settle(
  kind: SweepKind,
  batch: Stripe.Event[],
  to: { walk: Walk | null; cursor?: number },
  run: Run,
): Promise<void> {
  const idle = await settleObjects(batch, run);
  await transaction(async (tx) => {
    const marks = idle.map((event) => tx.send(markApplied(event, nothingToDo, null)));
    const [moved] = await Promise.all([tx.send(advance(kind, run.lease, to)), ...marks]);
    if (!moved?.length) throw new LostLeaseError();
    await tx.commit();
  });
}

const nothingToDo = { stripeCustomerId: null, note: "A sweep found it; it changes no row." };

/** @returns the events that change no row */
async function settleObjects(events: Stripe.Event[], run: Run): Promise<Stripe.Event[]> {
  const groups = new Map<string, { ref: ObjectRef; events: Stripe.Event[] }>();
  const idle: Stripe.Event[] = [];
  for (const event of events) {
    const ref = objectOf(event);
    if (!ref) {
      idle.push(event);
      continue;
    }
    const key = `${ref.kind} ${ref.id}`;
    const group = groups.get(key) ?? { ref, events: [] };
    groups.set(key, group);
    group.events.push(event);
  }
  run.counts.found += events.length;
  await forEach([...groups], async ([key, { ref, events }]) => {
    run.lease.check();
    const known = run.answers.get(key);
    const answer = known && tellsOf(events, known) ? known : undefined;
    const outcome = await patiently(() => BillingAgent.handleListed(ref, events, answer), run.pace);
    if (outcome.status === "failed") run.counts.failed++;
    else if (outcome.answer) remember(run, key, outcome.answer);
    // Where something else has changed the row, even a known answer was asked for anew.
    const isAsked = outcome.status !== "applied" || outcome.answer?.object !== answer?.object;
    if (!answer || isAsked) run.counts.reads++;
    if (ref.kind === "plan") run.catalogChanged = true;
  });
  return idle;
}

/** A reading tells of every event from before it began: of the same object in an earlier batch, further back in time. */
function tellsOf(events: Stripe.Event[], { answeredAt, tookMs }: Answer): boolean {
  const { stampLo } = stampOfRead(answeredAt, tookMs);
  return events.every(({ created }) => created < stampLo);
}

const MOST_ANSWERS = 2_000;

/** The latest few; an object that Stripe does not know is asked for again, under its customer's lock. */
function remember({ answers }: Run, key: string, answer: Answer) {
  answers.delete(key);
  if (answer.object) answers.set(key, answer);
  const [oldest] = answers.keys();
  if (answers.size > MOST_ANSWERS && oldest) answers.delete(oldest);
}

/** So many a run; what fails again waits for the next, behind what has been tried less often. */
const INBOX_LIMIT = 1_000;

/** Parked events and those whose deliveries failed until Stripe gave up: their objects are read all the same. */
async function settleInbox(run: Run): Promise<void> {
  const rows = await db
    .select({ payload: stripeEvents.payload })
    .from(stripeEvents)
    .where(
      and(
        ne(stripeEvents.status, "applied"),
        eq(stripeEvents.livemode, livemode),
        isNotNull(stripeEvents.payload),
      ),
    )
    .orderBy(stripeEvents.attempts, stripeEvents.createdAt)
    .limit(INBOX_LIMIT);
  const idle = await settleObjects(
    rows.map(({ payload }) => payload as Stripe.Event),
    run,
  );
  for (const event of idle) await markApplied(event, nothingToDo, null);
}
