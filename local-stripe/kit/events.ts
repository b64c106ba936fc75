import type Stripe from "stripe";
import { API_VERSION } from "./account";
import { currentTestClock, now, wallTime, willCome } from "./clock";
import { changedFields } from "./diff";
import { newId } from "./ids";
import type { Immediate } from "./immediate";
import { schedule } from "./jobs";
import { Table } from "./store";

export type EventType = Stripe.Event["type"];

export interface Origin {
  readonly id: string | null;
  readonly idempotency_key: string | null;
}

interface Snapshot {
  /** `invoice.upcoming` tells of an invoice that does not exist yet. */
  readonly id?: string;
  readonly object: string;
}

export interface StoredEvent {
  readonly id: string;
  readonly object: "event";
  readonly api_version: string;
  readonly created: number;
  readonly data: { readonly object: Snapshot; readonly previous_attributes?: Record<string, unknown> };
  readonly livemode: false;
  readonly pending_webhooks: number;
  readonly request: Origin;
  readonly type: EventType;
}

export const events = new Table<StoredEvent, "type">("event", "evt_", { type: (event) => event.type });

interface Emitted {
  readonly id: string;
  readonly type: EventType;
  readonly object: Snapshot;
  readonly previous_attributes?: Record<string, unknown>;
  readonly created: number;
  readonly clock: string | null;
}

/** Events whose moment is still to come, by some seconds. */
const late = new Table<Emitted>("late_event", "");

let emitted: Emitted[] = [];

/**
 * Says that something happened to `object`, which is reported as it is at this moment. For an
 * `…updated` event give the object `before`; if nothing differs, there is nothing to report.
 */
export function emit(type: EventType, object: Snapshot, before?: Snapshot): void {
  add({ type, object, ...(before && { before }) }, { created: now(), clock: currentTestClock() });
}

function add({ type, object, before }: Consequence, moment: Pick<Emitted, "created" | "clock">): void {
  const previous = before && changedFields(before, object);
  if (previous && Object.keys(previous).length === 0) return;
  const id = newId("evt_1", 23);
  emitted.push({ id, type, object, ...moment, ...(previous ? { previous_attributes: previous } : {}) });
}

/** Something else to tell of because of an event. */
export interface Consequence {
  readonly type: EventType;
  readonly object: Snapshot;
  readonly before?: Snapshot;
}

let consequences: (type: EventType, object: Snapshot) => readonly Consequence[] = () => [];

/** Asked about every event of a transaction at its end; the answers are told behind them, at the moment of their cause. */
export function onEmitted(follow: typeof consequences): void {
  consequences = follow;
}

export type Sequence = readonly (EventType | number)[];

/**
 * Runs `work` and puts what it emitted into the order in which Stripe was seen to report this action. A
 * number in the sequence is a gap: what follows is dated that many seconds later. Where the order depends on
 * how the work ended, give a function of its result.
 */
export function inSequence<T>(
  sequence: Sequence | ((result: T) => Sequence),
  work: () => Immediate<T>,
): Immediate<T> {
  const first = emitted.length;
  const result = work();
  const own = emitted.splice(first);
  const steps = typeof sequence === "function" ? sequence(result) : sequence;
  let seconds = 0;
  steps.forEach((step, position) => {
    if (typeof step === "number") {
      seconds += step;
      return;
    }
    // A type that comes again later in the sequence is only met once here.
    const again = steps.includes(step, position + 1);
    for (const event of take(own, step, again ? 1 : own.length)) {
      emitted.push({ ...event, created: event.created + seconds });
    }
  });
  emitted.push(...own);
  return result;
}

function take(from: Emitted[], type: EventType, most: number): Emitted[] {
  const taken = from.filter((event) => event.type === type).slice(0, most);
  for (const event of taken) from.splice(from.indexOf(event), 1);
  return taken;
}

/** Forgets what `work` emits. */
export function unreported<T>(work: () => Immediate<T>): Immediate<T> {
  const outer = emitted;
  emitted = [];
  try {
    return work();
  } finally {
    emitted = outer;
  }
}

export function recordEmitted(origin: Origin): StoredEvent[] {
  for (const { type, object, created, clock } of [...emitted]) {
    for (const consequence of consequences(type, object)) add(consequence, { created, clock });
  }
  const ready = emitted.filter((event) => !postpone(event));
  emitted = [];
  return ready.map(({ id, type, object, created, previous_attributes }) =>
    events.put({
      id,
      object: "event",
      api_version: API_VERSION,
      created,
      data: previous_attributes ? { object, previous_attributes } : { object },
      livemode: false,
      pending_webhooks: 0,
      request: origin,
      type,
    }),
  );
}

/** A test clock that stands still brings no later second about, so there what is late is told at once. */
function postpone(event: Emitted): boolean {
  const comes = event.clock === null || willCome(event.created);
  const reached = event.clock === null ? wallTime() : now();
  if (!comes || event.created <= reached) return false;
  late.put(event);
  schedule("event.publish", event.id, event.created, event.clock);
  return true;
}

export function tellLate(id: string): void {
  emitted.push(late.must(id));
  late.delete(id);
}

/** Tells what was still to be told on a clock that is no more. */
export function tellLateOf(clock: string): void {
  for (const event of late.all()) if (event.clock === clock) tellLate(event.id);
}

export function discardEmitted(): void {
  emitted = [];
}

let listener: (recorded: StoredEvent[]) => void = () => {};

/** Called with the events that a transaction has recorded, to carry them to the webhook endpoints. */
export function onPublish(deliver: (recorded: StoredEvent[]) => void): void {
  listener = deliver;
}

export function publish(recorded: StoredEvent[]): void {
  if (recorded.length > 0) listener(recorded);
}
