import { isDeepStrictEqual } from "node:util";
import { sql } from "@/db/sql";
import { snakeCase } from "@/db/upsert";
import { columnsOf, nameOf, newRows, type Write } from "@/db/write";
import { livemode } from "@/env";
import { MIRRORED } from "../customer-links";
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
import type { StoredRow } from "./stored-rows";

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
  stored: StoredRow | null;
  /** The stored rows that are the object's beside that one. */
  storedParts: StoredRow[];
  event: EventSnapshot | null;
  retrieved: RetrievedObject | null;
}

/** @returns the parts of the writing statement that bring the row up to date, or `"fetch"` when only Stripe can tell */
export function mirrorWrites(mirror: Mirror, id: string, versions: Versions): Write[] | "fetch" {
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

function decisionOn(mirror: Mirror, stamp: Stamp | null, versions: Versions): Decision {
  const { event } = versions;
  const row = event?.effects.row;
  if (!event || !row) return decide(stamp, null, false);
  return decide(stamp, snapshotOf(mirror, event, row), isSame(versions, event.effects));
}

/** A subscription's second item changes nothing in its row. */
function isSame({ stored, storedParts }: Versions, { row, parts }: Effects): boolean {
  if (!stored || !row || !isEqual(stored, row)) return false;
  const rows = parts?.rows ?? [];
  const isStored = (part: MirrorRow) =>
    storedParts.some((one) => one.stripe_id === part.stripeId && isEqual(one, part));
  return rows.length === storedParts.length && rows.every(isStored);
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

function writeEvent(mirror: Mirror, { effects, createdAt, moment }: EventSnapshot): Write[] {
  if (!effects.row) return [];
  const stamp = stampOfEvent({ createdAt, moment, rank: mirror.rankOf(effects.row.status) });
  return [upsertRow(mirror.table, { ...effects.row, ...stamp }), ...effects.afterRow()];
}

function writeRetrieved(mirror: Mirror, id: string, retrieved: RetrievedObject): Write[] {
  const { effects, stamp } = retrieved;
  const write = effects.row
    ? upsertRow(mirror.table, { ...effects.row, ...stamp })
    : markDeleted(mirror, id, stamp);
  return [write, ...effects.afterRow()];
}

/** Stripe does not know it any more, so nothing that arrives later can be news. */
function markDeleted(mirror: Mirror, stripeId: string, stamp: RetrievedObject["stamp"]): Write {
  const deletedAt = new Date();
  if (mirror.keepsTombstone) return upsertRow(mirror.table, { stripeId, livemode, ...stamp, deletedAt });
  return updateRow(mirror.table, stripeId, { ...mirror.whenGone, deletedAt });
}

/** A tombstone, which only a read gets past, was wrong when that read finds the object: it is lifted. */
function upsertRow(table: MirrorTable, row: MirrorRow): Write {
  const content = { deletedAt: null, ...row };
  const { names, values, takeAll } = columnsOf(content);
  const name = nameOf(table);
  const isOwned = "userId" in table;
  const statement = sql`insert into ${name} (${names}${isOwned ? sql`, user_id` : NOTHING})
    select ${values}${isOwned ? sql`, turn.user_id` : NOTHING} from turn, ${newRows(table, [content])}
    on conflict (stripe_id) do update set ${takeAll}, rev = ${name}.rev + 1`;
  return { table, statement, name: MIRRORED };
}

const NOTHING = sql``;

function updateRow(table: MirrorTable, stripeId: string, row: Record<string, unknown>): Write {
  const { setAll } = columnsOf(row);
  const name = nameOf(table);
  const statement = sql`update ${name} set ${setAll}, rev = ${name}.rev + 1
    from turn, ${newRows(table, [row])} where ${name}.stripe_id = ${stripeId}`;
  return { table, statement, name: MIRRORED };
}

function countEqualEvent(table: MirrorTable, stripeId: string): Write {
  const name = nameOf(table);
  return {
    table,
    statement: sql`update ${name} set rev = ${name}.rev + 1 from turn where ${name}.stripe_id = ${stripeId}`,
  };
}
