import { type SQL, sql } from "drizzle-orm";
import { type Decision, decide, type Snapshot, stampOfEvent, stampOfRead } from "./decide";
import type { Effects } from "./effects";
import { toSubscriptionRow } from "./rows";
import { isMissing, stripe } from "./stripe";
import {
  countEqualEvent,
  markSubscriptionDeleted,
  type Statement,
  setCurrentSubscription,
  snakeCase,
  upsertSubscription,
} from "./writes";

/** How the agent holds, reads and writes a subscription, which moves freely between its states. */

type Row = ReturnType<typeof toSubscriptionRow>;

/** The row as Postgres' own JSON: snake_case keys, times as text. */
export type HeldSubscription = {
  row: Record<string, unknown> & {
    stamp_lo: number;
    stamp_hi: number;
    from_created: boolean;
    rev: number;
    deleted_at: string | null;
  };
};

export const selectHeld = (stripeId: string): SQL =>
  sql`select to_jsonb(subscriptions) as row from subscriptions where stripe_id = ${stripeId}`;

/** A read of the object from Stripe; worth something only while the row's `rev` is still what it was before. */
export interface SubscriptionRead {
  rev: number | null;
  /** Null: Stripe does not know the object any more. */
  row: Row | null;
  stamp: ReturnType<typeof stampOfRead>;
}

export async function readSubscription(stripeId: string, rev: number | null): Promise<SubscriptionRead> {
  const startedAt = Date.now();
  const stamp = (date: string | undefined) =>
    stampOfRead(date ? new Date(date) : null, Date.now() - startedAt);
  try {
    const subscription = await stripe.subscriptions.retrieve(stripeId);
    return {
      rev,
      row: toSubscriptionRow(subscription),
      stamp: stamp(subscription.lastResponse.headers.date),
    };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { rev, row: null, stamp: stamp(undefined) };
  }
}

export const revOf = (held: HeldSubscription | undefined) => held?.row.rev ?? null;

/** @returns the statements that bring the row up to date, or `"fetch"` when only Stripe can tell. */
export function subscriptionWrites(
  { id, row }: NonNullable<Effects["subscription"]>,
  snapshot: Snapshot,
  held: HeldSubscription | undefined,
  read: SubscriptionRead | null,
): Statement[] | "fetch" {
  switch (decideHeld(held, snapshot, row)) {
    case "keep":
      return [];
    case "keep-equal":
      return [countEqualEvent(id)];
    case "write":
      return [upsertSubscription(row, stampOfEvent(snapshot)), setCurrentSubscription(row.stripeCustomerId)];
    case "fetch":
      if (!read || read.rev !== revOf(held)) return "fetch";
      return [
        read.row ? upsertSubscription(read.row, read.stamp) : markSubscriptionDeleted(id),
        setCurrentSubscription(row.stripeCustomerId),
      ];
  }
}

function decideHeld(held: HeldSubscription | undefined, snapshot: Snapshot, row: Row): Decision {
  if (!held) return decide(null, snapshot, false);
  const stamp = {
    stampLo: held.row.stamp_lo,
    stampHi: held.row.stamp_hi,
    fromCreated: held.row.from_created,
    rev: held.row.rev,
    deleted: held.row.deleted_at !== null,
  };
  return decide(stamp, snapshot, isEqual(held.row, row));
}

const isEqual = (held: Record<string, unknown>, row: Row) =>
  Object.entries(row).every(([name, value]) => {
    const stored = held[snakeCase(name)];
    return value instanceof Date
      ? typeof stored === "string" && Date.parse(stored) === value.getTime()
      : stored === value;
  });
