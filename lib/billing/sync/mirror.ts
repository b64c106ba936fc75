import { isDeepStrictEqual } from "node:util";
import { eq, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { db } from "@/db";
import type { Statement } from "@/db/transaction";
import { snakeCase, takeAll } from "@/db/upsert";
import { livemode } from "@/env";
import { userOf } from "../customer-links";
import type { Effects, Mirror, MirrorRow, MirrorTable } from "../objects/definition";
import {
  type Decision,
  decide,
  isCurrent,
  type Snapshot,
  type Stamp,
  stampOfEvent,
  type stampOfRead,
} from "./decide";
import type { StoredRow } from "./row-images";

/** Holds a row that carries a version stamp against an object, and writes it. */

/** The object as an event carries it. */
export interface EventSnapshot {
  effects: Effects;
  moment: Snapshot["moment"];
  /** `event.created` */
  createdAt: number;
}

/** The object as Stripe answered it. */
export interface RetrievedObject {
  effects: Effects;
  /** The row's `rev` before Stripe was asked; null when there was no row. */
  rev: number | null;
  stamp: ReturnType<typeof stampOfRead>;
}

/** All that is known of an object: the stored row, the event's snapshot, Stripe's answer. */
export interface Versions {
  stored: StoredRow | undefined;
  event: EventSnapshot | null;
  retrieved: RetrievedObject | null;
}

/** @returns the statements that bring the row up to date, or `"fetch"` when only Stripe can tell */
export function mirrorWrites(mirror: Mirror, id: string, versions: Versions): Statement[] | "fetch" {
  const { event, retrieved } = versions;
  const stamp = versions.stored ? stampOf(mirror, versions.stored) : null;
  switch (decisionOn(mirror, stamp, versions)) {
    case "keep":
      return [];
    case "keep-equal":
      return [countEqualEvent(mirror.table, id)];
    case "write":
      return event ? writeEvent(mirror, event) : [];
    case "fetch":
      return retrieved && isCurrent(retrieved, stamp) ? writeRetrieved(mirror, id, retrieved) : "fetch";
  }
}

function decisionOn(mirror: Mirror, stamp: Stamp | null, { stored, event }: Versions): Decision {
  const row = event?.effects.row;
  const snapshot = event && row ? snapshotOf(mirror, event, row) : null;
  const isSame = Boolean(stored && row && isEqual(stored, row));
  return decide(stamp, snapshot, isSame);
}

const snapshotOf = (mirror: Mirror, event: EventSnapshot, row: MirrorRow): Snapshot => ({
  createdAt: event.createdAt,
  moment: event.moment,
  rank: mirror.rankOf(row.status),
});

const stampOf = (mirror: Mirror, stored: StoredRow): Stamp => ({
  stampLo: Number(stored.stamp_lo),
  stampHi: Number(stored.stamp_hi),
  fromCreated: stored.from_created === true,
  rev: Number(stored.rev),
  deleted: stored.deleted_at !== null,
  rank: mirror.rankOf(stored.status),
});

function isEqual(stored: StoredRow, row: MirrorRow): boolean {
  return Object.entries(row).every(([name, value]) => {
    const column = stored[snakeCase(name)];
    if (!(value instanceof Date)) return isDeepStrictEqual(column, value);
    return typeof column === "string" && Date.parse(column) === value.getTime();
  });
}

function writeEvent(mirror: Mirror, { effects, createdAt, moment }: EventSnapshot): Statement[] {
  if (!effects.row) return [];
  const stamp = stampOfEvent({ createdAt, moment, rank: mirror.rankOf(effects.row.status) });
  return [upsertRow(mirror.table, { ...effects.row, ...stamp }), ...effects.afterRow()];
}

function writeRetrieved(mirror: Mirror, id: string, retrieved: RetrievedObject): Statement[] {
  const { effects, stamp } = retrieved;
  const write = effects.row
    ? upsertRow(mirror.table, { ...effects.row, ...stamp })
    : markDeleted(mirror, id, stamp);
  return [write, ...effects.afterRow()];
}

/** Stripe does not know it any more, so nothing that arrives later can be news. */
function markDeleted(mirror: Mirror, stripeId: string, stamp: RetrievedObject["stamp"]): Statement {
  if (mirror.keepsTombstone)
    return upsertRow(mirror.table, { stripeId, livemode, deletedAt: new Date(), ...stamp });
  return db
    .update(mirror.table as PgTable)
    .set({ deletedAt: sql`now()`, rev: sql`${mirror.table.rev} + 1`, ...mirror.whenGone })
    .where(eq(mirror.table.stripeId, stripeId));
}

function upsertRow(table: MirrorTable, row: MirrorRow) {
  // A tombstone, which only a read gets past, was wrong when that read finds the object: it is lifted.
  const content = { deletedAt: null, ...row };
  const user = "userId" in table && { userId: userOf(row.stripeCustomerId ?? null) };
  return db
    .insert(table as PgTable)
    .values({ ...content, ...user })
    .onConflictDoUpdate({
      target: table.stripeId,
      set: { ...takeAll(table, Object.keys(content)), rev: sql`${table.rev} + 1` },
    });
}

const countEqualEvent = (table: MirrorTable, stripeId: string) =>
  db
    .update(table as PgTable)
    .set({ rev: sql`${table.rev} + 1` })
    .where(eq(table.stripeId, stripeId));
