import { and, eq, inArray, isNotNull, ne } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { stripeEvents, type Walk } from "@/db/schema";
import { livemode } from "@/env";
import { patiently } from "@/lib/background/patience";
import { handleListed } from "../events/handle";
import { markApplied, pruneEvents } from "../events/inbox";
import { type Answer, HANDLED_EVENTS, type ObjectRef, objectOf } from "../objects";
import { isMissing, stripe } from "../stripe";
import { stampOfRead } from "../sync/decide";
import { pagesAt } from "./pages";
import { forEach, type Run } from "./run";
import { advance, type SweepKind } from "./state";

/**
 * Finds the events that no webhook brought. A listed event is written in the version that the account had when
 * it happened, so only that it happened counts: its object is read anew, once for all of its events.
 */

/** Events may be listed a little after the second that they carry. */
const OVERLAP_SECONDS = 3600;
/** Stripe lists no event that is older. https://docs.stripe.com/api/events/list */
export const EVENTS_LISTED_SECONDS = 30 * 86_400;
/** After so much the cursor moves, so that a sweep of limited time always gets on. */
const BATCH = { events: 1_000, pages: 20 };

/** Finds what Stripe could not deliver, or has not yet: normally nothing, with one call. */
export async function sweepUndelivered(run: Run): Promise<void> {
  // Older events are the full sweep's, which has been there; so an endpoint of somebody else's in the same
  // account that is out of order for weeks costs little.
  await sweepEvents("undelivered", { delivery_success: false, ...since(run.states.full.cursor) }, run);
}

/** Everything that happened, delivered or not, and what lies unapplied in the inbox. */
export async function sweepFull(run: Run): Promise<void> {
  await applyInbox(run);
  await sweepEvents("full", since(run.states.full.cursor), run);
  run.counts.pruned = await pruneEvents();
}

const since = (cursor: number | null) =>
  cursor === null ? {} : { created: { gte: cursor - OVERLAP_SECONDS } };

async function sweepEvents(kind: SweepKind, filter: Stripe.EventListParams, run: Run): Promise<void> {
  const { walk } = run.states[kind];
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
  for await (const { objects, answeredAt } of pagesAt(run.pace)(list, from?.after ?? null)) {
    run.counts.pages++;
    pages++;
    walk = {
      startedAt: walk?.startedAt ?? Math.floor((answeredAt ?? new Date()).getTime() / 1000),
      after: objects.at(-1)?.id ?? null,
    };
    batch.push(...(await withoutApplied(objects.filter(isHandled))));
    if (batch.length < BATCH.events && pages < BATCH.pages) continue;
    await finishBatch(kind, batch, { walk }, run);
    batch = [];
    pages = 0;
  }
  await finishBatch(kind, batch, { walk: null, ...(walk && { cursor: walk.startedAt }) }, run);
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
 * Each object's events are marked in the commit of what they did; the rest of the batch, which changes no row, before
 * the cursor moves. A crash anywhere before that repeats the batch, which finds the marks.
 */
async function finishBatch(
  kind: SweepKind,
  batch: Stripe.Event[],
  to: { walk: Walk | null; cursor?: number },
  run: Run,
): Promise<void> {
  const idle = await applyByObject(batch, run);
  await markApplied(idle, NOTHING_TO_DO);
  await advance(kind, run.lease, to);
}

const NOTHING_TO_DO = "A sweep found it; it changes no row.";

/** @returns the events that change no row */
async function applyByObject(events: Stripe.Event[], run: Run): Promise<Stripe.Event[]> {
  run.counts.found += events.length;
  const { groups, idle } = groupByObject(events);
  await forEach(groups, (group) => applyGroup(group, run));
  return idle;
}

interface Group {
  ref: ObjectRef;
  events: Stripe.Event[];
}

function groupByObject(events: Stripe.Event[]): { groups: Group[]; idle: Stripe.Event[] } {
  const groups = new Map<string, Group>();
  const idle: Stripe.Event[] = [];
  for (const event of events) {
    const ref = objectOf(event);
    if (!ref) {
      idle.push(event);
      continue;
    }
    const group = groups.get(keyOf(ref)) ?? { ref, events: [] };
    groups.set(keyOf(ref), group);
    group.events.push(event);
  }
  return { groups: [...groups.values()], idle };
}

const keyOf = ({ kind, id }: ObjectRef) => `${kind} ${id}`;

async function applyGroup({ ref, events }: Group, run: Run): Promise<void> {
  run.lease.check();
  const known = answerFor(events, run.answers.get(keyOf(ref)));
  const outcome = await patiently(() => handleListed(ref, events, known), run.pace);
  // Even a known answer was asked for anew where something else has changed the row.
  const usedKnown = known && outcome.status === "applied" && outcome.answer?.object === known.object;
  if (!usedKnown) run.counts.reads++;
  if (outcome.status === "failed") run.counts.failed++;
  else if (outcome.answer) remember(run, ref, outcome.answer);
  if (ref.kind === "product") run.catalogChanged = true;
}

/** A reading tells of every event from before it began: of the same object in an earlier batch, further back in time. */
function answerFor(events: Stripe.Event[], answer: Answer | undefined): Answer | undefined {
  if (!answer) return undefined;
  const { stampLo } = stampOfRead(answer.answeredAt, answer.tookMs);
  return events.every(({ created }) => created < stampLo) ? answer : undefined;
}

const MAX_ANSWERS = 2_000;

/** The latest few; an object that Stripe does not know is asked for again, under its customer's lock. */
function remember({ answers }: Run, ref: ObjectRef, answer: Answer) {
  const key = keyOf(ref);
  answers.delete(key);
  if (answer.object) answers.set(key, answer);
  const [oldest] = answers.keys();
  if (answers.size > MAX_ANSWERS && oldest) answers.delete(oldest);
}

/** So many a run; what fails again waits for the next, behind what has been tried less often. */
const INBOX_LIMIT = 1_000;

/** Parked events and those whose deliveries failed until Stripe gave up: their objects are read all the same. */
async function applyInbox(run: Run): Promise<void> {
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
  const idle = await applyByObject(
    rows.map(({ payload }) => payload as Stripe.Event),
    run,
  );
  await markApplied(idle, NOTHING_TO_DO);
}
