import type Stripe from "stripe";
import { isPassing } from "@/lib/transient";
import {
  type Answer,
  type ObjectKind,
  type ObjectRef,
  objectOf,
  readObject,
  type StripeObject,
} from "../objects";
import { effectsOf } from "../objects/effects";
import { STRIPE_API_VERSION } from "../stripe";
import { apply, type Outcome, type Telling } from "../sync/apply";
import { getEvent, markDead, pruneEvents, recordFailure } from "./inbox";

/** Event in, rows out. How is told in apply.ts; here is what can be asked for. */
export const BillingAgent = {
  handleEvent,
  handleListed,
  replay,
  syncObject,
  syncCheckoutSession,
  pruneEvents,
};

/** After so many failures an event that cannot be applied is parked for a person to look at. */
const MAX_ATTEMPTS = 5;

/** @throws whatever stopped it, after noting it in the inbox. The caller answers 5xx, so that Stripe comes again. */
async function handleEvent(event: Stripe.Event, { again = false } = {}): Promise<Handled> {
  try {
    return await apply({ ref: objectOf(event), told: toldBy(event), events: [event], again });
  } catch (error) {
    const attempts = await recordFailure(event, error);
    if (attempts === null) return { status: "duplicate", note: "", catalogChanged: false };
    if (attempts < MAX_ATTEMPTS || isPassing(error)) throw error;
    return park(event, error);
  }
}

type Handled = Omit<Outcome, "status"> & { status: Outcome["status"] | "dead" };

/** An event tells only of itself; a plan is two objects, another API version a language this code was not written in. */
function toldBy(event: Stripe.Event): Telling | null {
  const { object } = event.data;
  const isReadable = event.api_version === STRIPE_API_VERSION && !isOnTestClock(object);
  if (!isReadable || object.object === "product" || object.object === "price") return null;
  if (!objectOf(event)) return null;
  return {
    effects: effectsOf(object as StripeObject, event),
    moment: momentOf(event.type),
    at: event.created,
  };
}

/** Its events are dated by a clock that stands still, jumps, and that no answer of Stripe's tells. */
const isOnTestClock = (object: object) => "test_clock" in object && object.test_clock !== null;

const momentOf = (type: string) =>
  type.endsWith(".created") ? "created" : type.endsWith(".deleted") ? "deleted" : "changed";

/** Nothing of the truth is lost with a parked event: its object is read from Stripe instead. */
async function park(event: Stripe.Event, error: unknown): Promise<Handled> {
  const ref = objectOf(event);
  const note = await (ref ? syncObject(ref.kind, ref.id) : Promise.resolve(null)).then(
    (outcome) => `Parked. ${outcome?.note ?? "It changes no row."}`,
    (refusal: unknown) => {
      if (isPassing(refusal)) throw refusal;
      return `Parked, and its object cannot be applied either: ${refusal}`;
    },
  );
  await markDead(event.id, note);
  console.error(`PARKED ${event.type} ${event.id} after ${MAX_ATTEMPTS} attempts. ${note}`, error);
  return { status: "dead", note, catalogChanged: ref?.kind === "plan" };
}

/**
 * Events that a sweep found instead of a webhook, all about one object: it is read once for all of them. What
 * cannot be applied is noted with each, and parked like any other event after failing too often.
 * @param answer of an earlier call with later events about it
 * @throws only what may pass by itself
 */
async function handleListed(
  ref: ObjectRef,
  events: Stripe.Event[],
  answer?: Answer,
): Promise<Outcome | { status: "failed" }> {
  try {
    return await apply({ ref, told: null, events, ...(answer && { answer }) });
  } catch (error) {
    if (isPassing(error)) throw error;
    for (const event of events) {
      const attempts = await recordFailure(event, error);
      if (attempts !== null && attempts >= MAX_ATTEMPTS) await markDead(event.id, `Parked: ${error}`);
    }
    console.error(`A sweep could not apply ${ref.kind} ${ref.id}:`, error);
    return { status: "failed" };
  }
}

/**
 * Runs an event of the inbox again, parked or applied.
 * @throws Error with a sentence when there is none, or nothing is left of what it carried
 */
async function replay(eventId: string): Promise<Handled> {
  const row = await getEvent(eventId);
  if (!row) throw new Error(`There is no event ${eventId}.`);
  const { payload } = row;
  if (!payload)
    throw new Error(
      `What ${eventId} carried was dropped because of its age; \`npm run reconcile\` brings ${row.objectId} up to date.`,
    );
  return handleEvent(payload as Stripe.Event, { again: true });
}

/**
 * Copies one object from Stripe into our rows, by the rule of every reading: it counts only if nothing newer
 * was taken while it was under way.
 * @param events about the object that were never applied: they are, in the same commit, without another reading
 */
async function syncObject(kind: ObjectKind, id: string, events: Stripe.Event[] = []): Promise<Outcome> {
  return apply({ ref: { kind, id }, told: null, events });
}

/**
 * Copies one checkout session, its subscription and its first invoice from Stripe into our rows: what the
 * success page does instead of waiting for the webhook. The events that follow find their facts written.
 */
async function syncCheckoutSession(stripeId: string): Promise<void> {
  const ref = { kind: "checkout_session", id: stripeId } as const;
  const answer = await readObject(ref);
  await apply({ ref, told: null, answer, events: [] });
  if (answer.object?.object !== "checkout.session") return;
  const { subscription, invoice } = answer.object;
  await Promise.all([syncExpanded(answer, subscription), syncExpanded(answer, invoice)]);
}

/** What came along with its session need not be read again, unless a webhook was faster and there is a row. */
async function syncExpanded(answer: Answer, object: string | Stripe.Subscription | Stripe.Invoice | null) {
  if (!object || typeof object === "string") return;
  const ref = { kind: object.object, id: object.id };
  await apply({ ref, told: null, answer: { ...answer, object }, events: [] });
}
