import { eq, type SQL, sql } from "drizzle-orm";
import { disputes, invoices, plans, subscriptions } from "@/db/schema";
import type { Statement } from "@/db/transaction";
import { livemode } from "@/env";
import { setCurrentSubscription } from "../customer-links";
import type { Mirrored } from "../objects/effects";
import { decide, isCurrent, type Snapshot, type Stamp, stampOfEvent, type stampOfRead } from "./decide";
import {
  archiveProducts,
  countEqualEvent,
  markDeleted,
  snakeCase,
  upsertMirror,
  upsertProducts,
} from "./writes";

/** How rows that carry a version stamp are held against an object, and written. */

const TABLES = { subscription: subscriptions, invoice: invoices, dispute: disputes, plan: plans };

type MirrorKind = keyof typeof TABLES;
export type MirrorTable = (typeof TABLES)[MirrorKind];
type Held = Record<string, unknown>;

export const isMirrored = (kind: string): kind is MirrorKind => kind in TABLES;
export const mirrorTable = (kind: MirrorKind): MirrorTable => TABLES[kind];

/** An invoice's status only climbs; void and paid are both the end of it. */
const RANKS: Record<string, number> = { draft: 0, open: 1, uncollectible: 2, void: 3, paid: 3 };
const rankOf = (kind: MirrorKind, status: unknown) => (kind === "invoice" ? (RANKS[String(status)] ?? 0) : 0);

/** What an event says by itself. */
interface Told {
  effects: { mirror?: Mirrored };
  moment: Snapshot["moment"];
  at: number;
}

/** What Stripe said when asked; without a mirror, that it does not know the object. */
interface Read {
  effects: { mirror?: Mirrored };
  rev: number | null;
  stamp: ReturnType<typeof stampOfRead>;
}

/** @returns the statements that bring the row up to date, or `"fetch"` when only Stripe can tell. */
export function mirrorWrites(
  { kind, id }: { kind: MirrorKind; id: string },
  held: Held | undefined,
  told: Told | null,
  read: Read | null,
): Statement[] | "fetch" {
  const stored = held ? stampOf(kind, held) : null;
  const mirror = told?.effects.mirror;
  const snapshot = told && mirror ? snapshotOf(told, mirror) : null;
  switch (decide(stored, snapshot, Boolean(held && mirror && isEqual(held, mirror.row)))) {
    case "keep":
      return [];
    case "keep-equal":
      return [countEqualEvent(TABLES[kind], id)];
    case "write":
      return mirror && snapshot ? writesOf(mirror, stampOfEvent(snapshot)) : [];
    case "fetch":
      if (!read || !isCurrent(read, stored)) return "fetch";
      return read.effects.mirror
        ? writesOf(read.effects.mirror, read.stamp)
        : deletions(kind, id, read.stamp);
  }
}

const snapshotOf = ({ moment, at }: Told, { kind, row }: Mirrored): Snapshot => ({
  createdAt: at,
  moment,
  rank: rankOf(kind, "status" in row ? row.status : null),
});

function writesOf(mirror: Mirrored, stamp: Read["stamp"]): Statement[] {
  const write = upsertMirror(TABLES[mirror.kind], { ...mirror.row, ...stamp });
  const { stripeId } = mirror.row;
  if (mirror.kind === "subscription") return [write, setCurrentSubscription(userOfSubscription(stripeId))];
  if (mirror.kind !== "plan") return [write];
  const archive = archiveProducts(
    stripeId,
    mirror.products.map(({ stripePriceId }) => stripePriceId),
  );
  return [write, archive, ...(mirror.products.length ? [upsertProducts(mirror.products)] : [])];
}

/** Stripe knows it no more. A plan leaves a row even if it had none: a reading begun before must not bring it back. */
function deletions(kind: MirrorKind, id: string, stamp: Read["stamp"]): Statement[] {
  if (kind === "plan")
    return [
      upsertMirror(plans, { stripeId: id, livemode, deletedAt: new Date(), ...stamp }),
      archiveProducts(id, []),
    ];
  const mark = markDeleted(TABLES[kind], id);
  return kind === "subscription" ? [mark, setCurrentSubscription(userOfSubscription(id))] : [mark];
}

const userOfSubscription = (stripeId: string): SQL =>
  sql`(select ${subscriptions.userId} from ${subscriptions} where ${eq(subscriptions.stripeId, stripeId)})`;

const stampOf = (kind: MirrorKind, held: Held): Stamp => ({
  stampLo: Number(held.stamp_lo),
  stampHi: Number(held.stamp_hi),
  fromCreated: held.from_created === true,
  rev: Number(held.rev),
  deleted: held.deleted_at !== null,
  rank: rankOf(kind, held.status),
});

/** The row comes as Postgres' own JSON: snake_case keys, times as text. */
const isEqual = (held: Held, row: object) =>
  Object.entries(row).every(([name, value]) => {
    const stored = held[snakeCase(name)];
    return value instanceof Date
      ? typeof stored === "string" && Date.parse(stored) === value.getTime()
      : stored === value;
  });
