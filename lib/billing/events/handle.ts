import type Stripe from "stripe";
import { describeError, log } from "@/lib/log";
import { isTransient } from "@/lib/transient";
import { type Answer, effectsOfEvent, isCarriedWhole, type ObjectRef, objectOf } from "../objects";
import { STRIPE_API_VERSION } from "../stripe";
import { apply, type Outcome } from "../sync/apply";
import type { EventSnapshot } from "../sync/mirror";
import { syncObject } from "../sync/sync-object";
import { getEvent, inboxEntries, markParked, recordFailure } from "./inbox";

/** Events in, rows out: from a webhook, from a sweep's list, or again from the inbox. */

/** After so many failures an event that cannot be applied is parked for a person to look at. */
const MAX_ATTEMPTS = 5;

type Handled = Omit<Outcome, "status"> & { status: Outcome["status"] | "parked" };

/** @throws whatever stopped it, after noting it in the inbox. The caller answers 5xx, so that Stripe comes again. */
export async function handleEvent(event: Stripe.Event, { again = false } = {}): Promise<Handled> {
  const ref = objectOf(event);
  try {
    return await apply({ ref, snapshot: snapshotOf(event, ref), inbox: inboxEntries([event], again) });
  } catch (error) {
    const attempts = await recordFailure(event, error);
    if (attempts === null) return { status: "duplicate", note: "", catalogChanged: false };
    if (attempts < MAX_ATTEMPTS || isTransient(error)) throw error;
    return park(event, ref, error);
  }
}

/** Null when only Stripe can tell: an event in another API version is in a language this code was not written in. */
function snapshotOf(event: Stripe.Event, ref: ObjectRef | null): EventSnapshot | null {
  if (!ref || event.api_version !== STRIPE_API_VERSION) return null;
  if (!isCarriedWhole(ref.kind, event) || isOnTestClock(event.data.object)) return null;
  return {
    effects: effectsOfEvent(ref.kind, event),
    moment: momentOf(event.type),
    createdAt: event.created,
  };
}

/** Its events are dated by a clock that stands still, jumps, and that no answer of Stripe's tells. */
const isOnTestClock = (object: object) => "test_clock" in object && object.test_clock !== null;

function momentOf(type: string): EventSnapshot["moment"] {
  if (type.endsWith(".created")) return "created";
  return type.endsWith(".deleted") ? "deleted" : "changed";
}

/** Nothing of the truth is lost with a parked event: its object is read from Stripe instead. */
async function park(event: Stripe.Event, ref: ObjectRef | null, error: unknown): Promise<Handled> {
  const note = ref ? await noteOfSync(ref) : "Parked. It changes no row.";
  await markParked(event.id, note);
  // Without the note: it may repeat what the database said of the data. The inbox has it.
  log.error(`PARKED after ${MAX_ATTEMPTS} attempts.`, error, { event: event.id, type: event.type });
  return { status: "parked", note, catalogChanged: ref?.kind === "product" };
}

async function noteOfSync({ kind, id }: ObjectRef): Promise<string> {
  try {
    const { note } = await syncObject(kind, id);
    return `Parked. ${note}`;
  } catch (refusal) {
    if (isTransient(refusal)) throw refusal;
    return `Parked, and its object cannot be applied either: ${describeError(refusal)}`;
  }
}

/**
 * Events that a sweep found instead of a webhook, all about one object: it is read once for all of them. An event
 * that cannot be applied is noted in the inbox, and parked like any other after failing too often.
 * @param answer of an earlier call with later events about it
 * @throws only what may pass by itself
 */
export async function handleListed(
  ref: ObjectRef,
  events: Stripe.Event[],
  answer?: Answer,
): Promise<Outcome | { status: "failed" }> {
  try {
    return await apply({ ref, snapshot: null, inbox: inboxEntries(events), ...(answer && { answer }) });
  } catch (error) {
    if (isTransient(error)) throw error;
    for (const event of events) {
      const attempts = await recordFailure(event, error);
      if (attempts !== null && attempts >= MAX_ATTEMPTS)
        await markParked(event.id, `Parked: ${describeError(error)}`);
    }
    log.error("A sweep could not apply an object.", error, { kind: ref.kind, id: ref.id });
    return { status: "failed" };
  }
}

/**
 * Runs an event of the inbox again, parked or applied.
 * @throws Error with a sentence when there is none, or nothing is left of its payload
 */
export async function replay(eventId: string): Promise<Handled> {
  const row = await getEvent(eventId);
  if (!row) throw new Error(`There is no event ${eventId}.`);
  const { payload } = row;
  if (!payload)
    throw new Error(
      `Nothing is left of what ${eventId} carried, because of its age or because it could not be kept; \`npm run reconcile\` brings ${row.objectId} up to date.`,
    );
  return handleEvent(payload as Stripe.Event, { again: true });
}
