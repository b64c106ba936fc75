import { eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import type { Write } from "@/db/write";
import { BusyError } from "@/lib/transient";
import { upsertLedgerEntries } from "../ledger";
import { type Answer, definitionOf, effectsOfRead, type ObjectRef, retrieveObject } from "../objects";
import { type Effects, NOTHING_ELSE } from "../objects/definition";
import { stampOfRead } from "./decide";
import { type EventSnapshot, mirrorWrites, type RetrievedObject, type Versions } from "./mirror";
import { readRows } from "./stored-rows";
import { MAX_LOSSES, writeInTurn } from "./turn";

/** An object's news, to be brought into the rows. */
export interface SyncInput {
  /** Null for an event that changes no row. */
  ref: ObjectRef | null;
  /** The object as the event carries it; null when its object has to be read from Stripe. */
  snapshot: EventSnapshot | null;
  /** An answer of Stripe's that is there already; without its `rev` good only for an object of which there is no row yet. */
  answer?: Answer;
  /** The events whose marks travel in the commit of the effects; null when nobody told of the object. */
  inbox: InboxEntries | null;
}

/** Some events of the inbox, and how it marks them. */
export interface InboxEntries {
  events: Stripe.Event[];
  /** Applied before or not, they are applied now. */
  again: boolean;
  toRows(applied: Stripe.Event[], effects: Pick<Effects, "stripeCustomerId" | "note">): EventRow[];
}

type EventRow = Record<string, unknown>;

export interface Outcome {
  status: "applied" | "duplicate";
  /** One sentence of what was done. */
  note: string;
  /** The cached public pages show something older than the rows. */
  catalogChanged: boolean;
  /** The object as it was read, with the row's `rev` since then. It tells of earlier events, too, unless something else changes the row. */
  answer?: Answer;
}

/** A busy object may change while it is read; after so many rounds Stripe's retry is the better place to wait. */
const MAX_READS = 4;

/**
 * One read, one writing statement: the inbox mark and every effect are in it, so a crash leaves all or nothing, and it
 * writes nothing if something else was written in between. Stripe is asked only where the event cannot tell (decide.ts).
 * @throws BusyError when the object or its customer's rows kept changing meanwhile; what Stripe or Postgres throws
 */
export async function apply(input: SyncInput): Promise<Outcome> {
  let retrieved = await retrieveFirst(input);
  for (let reads = 0, losses = 0; ; ) {
    const outcome = await applyOnce(input, retrieved);
    if (typeof outcome === "object") return outcome;
    if (outcome === "lost") {
      if (losses++ === MAX_LOSSES)
        throw new BusyError(`${nameOf(input)} kept changing while it was written.`);
      continue;
    }
    if (!input.ref || reads++ === MAX_READS)
      throw new BusyError(`${nameOf(input)} kept changing while it was read.`);
    retrieved = await retrieve(input.ref, eventsOf(input));
  }
}

const nameOf = ({ ref, inbox }: SyncInput) =>
  ref ? `${ref.kind} ${ref.id}` : `event ${inbox?.events[0]?.id}`;

const eventsOf = ({ inbox }: SyncInput) => inbox?.events ?? [];

/** An event may have been applied before: then the first round knows, and Stripe need not be asked. */
async function retrieveFirst(input: SyncInput): Promise<Retrieval | null> {
  const { ref, snapshot, answer, inbox } = input;
  if (!ref || snapshot) return null;
  if (answer) return fromAnswer(ref, answer, eventsOf(input), answer.rev ?? null, null);
  return inbox ? null : retrieve(ref, []);
}

/** An answer of Stripe's, with what it means. */
type Retrieval = RetrievedObject & { answer: Answer };

/** The row's `rev` is remembered from before the read begins: what was taken since then is newer. */
async function retrieve(ref: ObjectRef, events: Stripe.Event[]): Promise<Retrieval> {
  const stored = await getStampedRow(ref);
  const answer = await retrieveObject(ref);
  return fromAnswer(ref, answer, events, stored?.rev ?? null, stored?.customer ?? null);
}

async function getStampedRow({ kind, id }: ObjectRef) {
  const { mirror } = definitionOf(kind);
  if (!mirror) return null;
  const { table } = mirror;
  const customer = "stripeCustomerId" in table ? table.stripeCustomerId : sql<null>`null`;
  const [stored] = await db.select({ rev: table.rev, customer }).from(table).where(eq(table.stripeId, id));
  return stored ?? null;
}

function fromAnswer(
  { kind, id }: ObjectRef,
  answer: Answer,
  events: Stripe.Event[],
  rev: number | null,
  stripeCustomerId: string | null,
): Retrieval {
  const effects = answer.object
    ? effectsOfRead(kind, answer.object, events)
    : { ...definitionOf(kind).effectsWhenGone(id, stripeCustomerId), ledgerEntries: [] };
  return { answer, effects, rev, stamp: stampOfRead(answer.answeredAt, answer.tookMs) };
}

/** @returns "fetch" when Stripe has to be asked, "lost" when something else was written since the rows were read */
async function applyOnce(
  { ref, snapshot, inbox }: SyncInput,
  retrieved: Retrieval | null,
): Promise<Outcome | "fetch" | "lost"> {
  const effects = (snapshot ?? retrieved)?.effects ?? noEffects(inbox);
  const key = effects.stripeCustomerId ?? ref?.id ?? null;
  const ids = inbox ? inbox.events.map(({ id }) => id) : [];
  const { rev, applied, stored, storedParts } = await readRows(key, ref, effects, ids);
  // An event that was unsure led to a read: the row shows that.
  const note = retrieved?.effects.note ?? effects.note;
  const outcome = { note, catalogChanged: ref?.kind === "product" };
  const open = inbox ? unapplied(inbox, applied) : [];
  if (inbox && !open.length) return { ...outcome, status: "duplicate" };

  const writes = writesOf(ref, { stored, storedParts, event: snapshot, retrieved });
  if (writes === "fetch") return "fetch";
  const turn = { key, rev, isDeleted: effects.deletesCustomer };
  const marks = inbox && {
    rows: inbox.toRows(open, { ...effects, note }),
    again: inbox.again,
  };
  if (!(await writeInTurn(turn, writes, marks))) return "lost";
  if (!retrieved) return { ...outcome, status: "applied" };
  return {
    ...outcome,
    status: "applied",
    answer: { ...retrieved.answer, rev: stored ? Number(stored.rev) + 1 : 0 },
  };
}

const noEffects = (inbox: InboxEntries | null): Effects => ({
  ...NOTHING_ELSE,
  stripeCustomerId: null,
  note: `${inbox?.events[0]?.type} needs nothing from us.`,
  ledgerEntries: [],
});

const unapplied = ({ events, again }: InboxEntries, applied: Set<string>): Stripe.Event[] =>
  again ? events : events.filter(({ id }) => !applied.has(id));

/** Ledger entries and one-way statuses need no decision: they are right in any order. */
function writesOf(ref: ObjectRef | null, versions: Versions): Write[] | "fetch" {
  if (!ref) return [];
  const known = versions.event ?? versions.retrieved;
  if (!known) return "fetch";
  const { mirror } = definitionOf(ref.kind);
  const mirrored = mirror ? mirrorWrites(mirror, ref.id, versions) : [];
  if (mirrored === "fetch") return "fetch";
  const { ledgerEntries, inAnyOrder } = known.effects;
  return [...upsertLedgerEntries(ledgerEntries), ...inAnyOrder(stampBoundsOf(known)), ...mirrored];
}

const stampBoundsOf = (known: EventSnapshot | RetrievedObject) =>
  "stamp" in known ? known.stamp : { stampLo: known.createdAt, stampHi: known.createdAt };
