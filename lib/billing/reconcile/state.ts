import { and, eq, sql } from "drizzle-orm";
import { db } from "@/db";
import { reconcileState, type SweepCounts, type Walk } from "@/db/schema";
import type { Statement } from "@/db/transaction";
import { livemode } from "@/env";
import type { Lease } from "@/lib/background/lease";

export const SWEEPS = ["undelivered", "objects", "full"] as const;
export type SweepKind = (typeof SWEEPS)[number];
export type SweepState = Pick<typeof reconcileState.$inferSelect, "cursor" | "walk" | "finishedAt">;

const isRow = (kind: SweepKind) => and(eq(reconcileState.kind, kind), eq(reconcileState.livemode, livemode));

export async function getSweepState(kind: SweepKind): Promise<SweepState> {
  const [row] = await db.select().from(reconcileState).where(isRow(kind));
  return row ?? { cursor: null, walk: null, finishedAt: null };
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

/** Says in the database how far the walk is; writes nothing, and returns nothing, once the lease is lost. */
export const advance = (
  kind: SweepKind,
  { held }: Lease,
  to: { walk: Walk | null; cursor?: number },
): Statement =>
  db
    .update(reconcileState)
    .set(to)
    .where(and(isRow(kind), held))
    .returning({ kind: reconcileState.kind });
