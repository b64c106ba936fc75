import { and, eq, getTableName, inArray, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { stripeEvents } from "@/db/schema";
import { type Statement, type Transaction, transaction } from "@/db/transaction";
import { livemode } from "@/env";
import { BusyError } from "@/lib/transient";
import { unlinkCustomer } from "../customer-links";
import { markApplied } from "../events/inbox";
import { type Answer, type ObjectRef, readObject } from "../objects";
import { type Effects, effectsOf } from "../objects/effects";
import { type Snapshot, stampOfRead } from "./decide";
import { isMirrored, mirrorTable, mirrorWrites } from "./mirror";
import { changesSince, type Image, imagesOf } from "./row-images";
import { insertFact, upsertCheckoutSession } from "./writes";

export interface Telling {
  effects: Effects;
  moment: Snapshot["moment"];
  /** `event.created` */
  at: number;
}

/** What is to be brought into the rows. */
export interface Work {
  /** Null for an event that changes no row. */
  ref: ObjectRef | null;
  /** What the event says by itself; null when its object has to be read from Stripe. */
  told: Telling | null;
  /** A reading that is there already; without its `rev` good only for an object of which there is no row yet. */
  answer?: Answer;
  /** Marked as applied in the commit of the effects. */
  events: Stripe.Event[];
  /** Runs though the events were applied before. */
  again?: boolean;
}

export interface Outcome {
  status: "applied" | "duplicate";
  /** One sentence of what was done. */
  note: string;
  /** The cached public pages show something older than the rows. */
  catalogChanged: boolean;
  /** What was read, with the row's `rev` since then: it tells of earlier events, too, unless something else changes the row. */
  answer?: Answer;
}

/** A busy object may change while it is read; after so many rounds Stripe's retry is the better place to wait. */
const MAX_ROUNDS = 4;

/**
 * One lock per customer, one commit: the inbox mark and every effect are in it, so a crash leaves all or
 * nothing. Stripe is asked only where the event cannot tell (decide.ts), and never inside the transaction.
 */
export async function apply(work: Work): Promise<Outcome> {
  // Where there is an event, it may have been applied before: the first attempt knows, and Stripe need not be asked.
  const asksFirst = !work.told && (work.answer || !work.events.length);
  let read = work.ref && asksFirst ? await readForRow(work.ref, work) : null;
  for (let round = 0; ; round++) {
    const outcome = await transaction((tx) => attempt(tx, work, read));
    if (outcome !== "fetch") return outcome;
    if (!work.ref || round === MAX_ROUNDS)
      throw new BusyError(`${work.ref?.kind} ${work.ref?.id} kept changing while it was read.`);
    read = await readForRow(work.ref, { events: work.events });
  }
}

/** What Stripe said when it was asked; `rev` is what the row's was before. */
interface Reading {
  answer: Answer;
  effects: Effects;
  rev: number | null;
  stamp: ReturnType<typeof stampOfRead>;
}

/** The row's `rev` is remembered from before the read begins: what was taken since then is newer. */
async function readForRow(
  ref: ObjectRef,
  { answer, events }: Pick<Work, "answer" | "events">,
): Promise<Reading> {
  const held = answer ? null : await getHeld(ref);
  const given = answer ?? (await readObject(ref));
  return {
    answer: given,
    effects: given.object
      ? effectsOfRead(given.object, events)
      : { stripeCustomerId: held?.customer ?? null, note: `Stripe knows no ${ref.kind} ${ref.id}.` },
    rev: (answer ? answer.rev : held?.rev) ?? null,
    stamp: stampOfRead(given.answeredAt, given.tookMs),
  };
}

async function getHeld({ kind, id }: ObjectRef) {
  if (!isMirrored(kind)) return null;
  const table = mirrorTable(kind);
  const customer = "stripeCustomerId" in table ? table.stripeCustomerId : sql<null>`null`;
  const [held] = await db.select({ rev: table.rev, customer }).from(table).where(eq(table.stripeId, id));
  return held ?? null;
}

/** What the events tell of is in the object that was read after them, except for the facts each adds, and a failure. */
function effectsOfRead(object: NonNullable<Answer["object"]>, events: Stripe.Event[]): Effects {
  const told = events.map((event) => effectsOf(object, event));
  const now = effectsOf(object, null);
  const all = [...told, now];
  const effects = { ...now, ...told[0], facts: all.flatMap(({ facts = [] }) => facts) };
  const { checkoutSession } = effects;
  if (!checkoutSession) return effects;
  const paymentFailed = all.some((one) => one.checkoutSession?.paymentFailed);
  return { ...effects, checkoutSession: { ...checkoutSession, paymentFailed } };
}

/** Two round trips: lock and read; write and commit. */
async function attempt(tx: Transaction, work: Work, read: Reading | null): Promise<Outcome | "fetch"> {
  const { ref, told, events, again } = work;
  const effects = told?.effects ?? read?.effects ?? nothing(events);
  const rows = imagesOf(ref, effects);
  const [, applied, before] = await Promise.all([
    tx.send(lockFor(effects.stripeCustomerId ?? ref?.id ?? events[0]?.id ?? "")),
    events.length ? tx.send<{ id: string }>(selectApplied(events)) : [],
    rows ? tx.send<Image>(rows) : [],
  ]);
  const outcome = { note: effects.note, catalogChanged: ref?.kind === "plan" };
  const open = events.filter(({ id }) => again || !applied.some((row) => row.id === id));
  if (events.length && !open.length) return { ...outcome, status: "duplicate" };

  const held = heldRow(ref, before);
  const writes = ref && !told && !read ? "fetch" : writesOf(work, effects, held, read);
  if (writes === "fetch") return "fetch";
  const changes = changesSince(ref, effects, before);
  for (const event of open) writes.push(markApplied(event, effects, changes));
  await Promise.all([...writes.map((write) => tx.send(write)), tx.commit()]);
  const answer = read && { ...read.answer, rev: held ? Number(held.rev) + 1 : 0 };
  return { ...outcome, status: "applied", ...(answer && { answer }) };
}

/** The ledger may name a fact by the same id. */
function heldRow(ref: ObjectRef | null, before: Image[]) {
  if (!ref || !isMirrored(ref.kind)) return undefined;
  const own = getTableName(mirrorTable(ref.kind));
  return before.find(({ table, row }) => table === own && row.stripe_id === ref.id)?.row;
}

const nothing = ([event]: Stripe.Event[]): Effects => ({
  stripeCustomerId: null,
  note: `${event?.type} needs nothing from us.`,
});

/** One customer's events are applied one after another; an object without a customer queues by itself. */
export const lockFor = (key: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`${livemode}:${key}`}, 0))`;

const selectApplied = (events: Stripe.Event[]) =>
  db
    .select({ id: stripeEvents.id })
    .from(stripeEvents)
    .where(
      and(
        inArray(
          stripeEvents.id,
          events.map(({ id }) => id),
        ),
        eq(stripeEvents.status, "applied"),
      ),
    );

/** Facts and one-way statuses need no decision: they are right in any order. */
function writesOf(
  { ref, told }: Work,
  { facts = [], checkoutSession, customerDeleted, stripeCustomerId }: Effects,
  held: Image["row"] | undefined,
  read: Reading | null,
): Statement[] | "fetch" {
  const writes: Statement[] = facts.map(insertFact);
  if (checkoutSession) writes.push(upsertCheckoutSession(checkoutSession));
  const stamp = told ? { stampLo: told.at, stampHi: told.at } : read?.stamp;
  if (customerDeleted && stripeCustomerId && stamp) writes.push(...unlinkCustomer(stripeCustomerId, stamp));
  if (!ref || !isMirrored(ref.kind)) return writes;
  const mirrored = mirrorWrites({ kind: ref.kind, id: ref.id }, held, told, read);
  return mirrored === "fetch" ? "fetch" : [...writes, ...mirrored];
}
