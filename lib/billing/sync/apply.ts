import { eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { type Statement, type Transaction, transaction } from "@/db/transaction";
import { livemode } from "@/env";
import { BusyError } from "@/lib/transient";
import { upsertLedgerEntry } from "../ledger";
import { type Answer, definitionOf, effectsOfRead, type ObjectRef, retrieveObject } from "../objects";
import { type Effects, NOTHING_ELSE } from "../objects/definition";
import { stampOfRead } from "./decide";
import { type EventSnapshot, mirrorWrites, type RetrievedObject, type Versions } from "./mirror";
import { changesSince, type RowImage, selectRowImages, stampedRowOf } from "./row-images";

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
  selectApplied(): Statement;
  markApplied(event: Stripe.Event, effects: Effects, changes: ReturnType<typeof changesSince>): Statement;
}

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
const MAX_ROUNDS = 4;

/**
 * One lock per customer, one commit: the inbox mark and every effect are in it, so a crash leaves all or
 * nothing. Stripe is asked only where the event cannot tell (decide.ts), and never inside the transaction.
 * @throws BusyError when the object kept changing while it was read; what Stripe or Postgres throws
 */
export async function apply(input: SyncInput): Promise<Outcome> {
  let retrieved = await retrieveFirst(input);
  for (let round = 0; ; round++) {
    const outcome = await transaction((tx) => applyOnce(tx, input, retrieved));
    if (outcome !== "fetch") return outcome;
    if (!input.ref || round === MAX_ROUNDS)
      throw new BusyError(`${input.ref?.kind} ${input.ref?.id} kept changing while it was read.`);
    retrieved = await retrieve(input.ref, eventsOf(input));
  }
}

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

/** Two round trips: lock and read; write and commit. */
async function applyOnce(
  tx: Transaction,
  input: SyncInput,
  retrieved: Retrieval | null,
): Promise<Outcome | "fetch"> {
  const { ref, snapshot, inbox } = input;
  const effects = (snapshot ?? retrieved)?.effects ?? noEffects(inbox);
  const { applied, before } = await readUnderLock(tx, input, effects);
  // An event that was unsure led to a read: the row shows that.
  const note = retrieved?.effects.note ?? effects.note;
  const outcome = { note, catalogChanged: ref?.kind === "product" };
  const open = inbox ? unapplied(inbox, applied) : [];
  if (inbox && !open.length) return { ...outcome, status: "duplicate" };

  const stored = ref ? stampedRowOf(ref, before) : undefined;
  const writes = writesOf(ref, { stored, event: snapshot, retrieved });
  if (writes === "fetch") return "fetch";
  const changes = ref && changesSince(ref, effects, before);
  const marks = inbox ? open.map((event) => inbox.markApplied(event, { ...effects, note }, changes)) : [];
  await Promise.all([...[...writes, ...marks].map((write) => tx.send(write)), tx.commit()]);
  if (!retrieved) return { ...outcome, status: "applied" };
  const rev = stored ? Number(stored.rev) + 1 : 0;
  return { ...outcome, status: "applied", answer: { ...retrieved.answer, rev } };
}

async function readUnderLock(tx: Transaction, { ref, inbox }: SyncInput, effects: Effects) {
  const key = effects.stripeCustomerId ?? ref?.id ?? inbox?.events[0]?.id ?? "";
  const images = ref && selectRowImages(ref, effects);
  const [, applied, before] = await Promise.all([
    tx.send(lockFor(key)),
    inbox ? tx.send<{ id: string }>(inbox.selectApplied()) : [],
    images ? tx.send<RowImage>(images) : [],
  ]);
  return { applied, before };
}

const noEffects = (inbox: InboxEntries | null): Effects => ({
  ...NOTHING_ELSE,
  stripeCustomerId: null,
  note: `${inbox?.events[0]?.type} needs nothing from us.`,
  ledgerEntries: [],
});

function unapplied({ events, again }: InboxEntries, applied: { id: string }[]): Stripe.Event[] {
  if (again) return events;
  const ids = new Set(applied.map(({ id }) => id));
  return events.filter(({ id }) => !ids.has(id));
}

/** Ledger entries and one-way statuses need no decision: they are right in any order. */
function writesOf(ref: ObjectRef | null, versions: Versions): Statement[] | "fetch" {
  if (!ref) return [];
  const known = versions.event ?? versions.retrieved;
  if (!known) return "fetch";
  const { mirror } = definitionOf(ref.kind);
  const mirrored = mirror ? mirrorWrites(mirror, ref.id, versions) : [];
  if (mirrored === "fetch") return "fetch";
  const { ledgerEntries, inAnyOrder } = known.effects;
  return [...ledgerEntries.map(upsertLedgerEntry), ...inAnyOrder(stampBoundsOf(known)), ...mirrored];
}

const stampBoundsOf = (known: EventSnapshot | RetrievedObject) =>
  "stamp" in known ? known.stamp : { stampLo: known.createdAt, stampHi: known.createdAt };

/** One customer's events are applied one after another; an object without a customer queues by itself. */
export const lockFor = (key: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`${livemode}:${key}`}, 0))`;
