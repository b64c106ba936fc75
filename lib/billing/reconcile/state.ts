import { and, eq, sql } from "drizzle-orm";
import { db } from "@/db";
import { reconcileState, type SweepCounts, type Walk } from "@/db/schema";
import { livemode } from "@/env";
import { type Lease, LostLeaseError } from "@/lib/background/lease";

export const SWEEPS = ["undelivered", "objects", "full"] as const;
export type SweepKind = (typeof SWEEPS)[number];
export type SweepState = Pick<typeof reconcileState.$inferSelect, "cursor" | "walk" | "finishedAt">;
export type SweepStates = Record<SweepKind, SweepState>;

const NEVER_RUN: SweepState = { cursor: null, walk: null, finishedAt: null };

const isRow = (kind: SweepKind) => and(eq(reconcileState.kind, kind), eq(reconcileState.livemode, livemode));

export async function getSweepStates(): Promise<SweepStates> {
  const { kind, cursor, walk, finishedAt } = reconcileState;
  const rows = await db
    .select({ kind, cursor, walk, finishedAt })
    .from(reconcileState)
    .where(eq(reconcileState.livemode, livemode));
  const stateOf = (sweep: SweepKind) => rows.find(({ kind }) => kind === sweep) ?? NEVER_RUN;
  return { undelivered: stateOf("undelivered"), objects: stateOf("objects"), full: stateOf("full") };
}

export const noteStart = (kind: SweepKind) =>
  db
    .insert(reconcileState)
    .values({ kind, livemode, startedAt: sql`now()` })
    .onConflictDoUpdate({
      target: [reconcileState.kind, reconcileState.livemode],
      set: { startedAt: sql`now()` },
    });

export const noteEnd = (kind: SweepKind, result: SweepCounts, error: string | null, isWhole: boolean) =>
  db
    .update(reconcileState)
    .set({ result, error, ...(isWhole && { finishedAt: sql`now()` }) })
    .where(isRow(kind));

interface Progress {
  walk: Walk | null;
  cursor?: number;
}

/**
 * Says in the database how far the walk is.
 * @throws LostLeaseError when another instance sweeps by now; then nothing is written
 */
export async function advance(kind: SweepKind, lease: Lease, to: Progress) {
  const moved = await db
    .update(reconcileState)
    .set(to)
    .where(and(isRow(kind), lease.held))
    .returning({ kind: reconcileState.kind });
  if (!moved.length) throw new LostLeaseError();
}
