import type { SweepCounts } from "@/db/schema";
import type { Lease } from "@/lib/background/lease";
import type { Pace } from "@/lib/background/patience";
import { limitTo } from "@/lib/limit";
import { log } from "@/lib/log";
import type { Answer, ObjectRef } from "../objects";
import type { SweepStates } from "./state";

/** The steps of one sweep share this. */
export interface Run {
  lease: Lease;
  pace: Pace;
  /** The point that each sweep had reached when this run began. */
  states: SweepStates;
  counts: SweepCounts;
  /** The cached public pages show something older than the rows. */
  catalogChanged: boolean;
  /** The latest answers. A walk goes back in time, so they tell of the events that are still to come. */
  answers: Map<string, Answer>;
}

export const newRun = (lease: Lease, pace: Pace, states: SweepStates): Run => ({
  lease,
  pace,
  states,
  counts: { pages: 0, found: 0, reads: 0, failed: 0, pruned: 0 },
  catalogChanged: false,
  answers: new Map(),
});

/** One less than objects/ reads at once, so that a webhook that is unsure finds a place. */
const PARALLEL = 3;

/** Every item is begun unless one before it failed; those under way are waited for. */
export async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const inTurn = limitTo(PARALLEL);
  let isStopped = false;
  const begin = async (item: T) => {
    if (isStopped) return;
    await work(item).catch((error: unknown) => {
      isStopped = true;
      throw error;
    });
  };
  const settled = await Promise.allSettled(items.map((item) => inTurn(() => begin(item))));
  for (const outcome of settled) if (outcome.status === "rejected") throw outcome.reason;
}

/** One object that cannot be applied must not keep the others from it. */
export function noteFailure({ counts }: Run, { kind, id }: ObjectRef, error: unknown) {
  counts.failed++;
  log.error("The sweep could not apply an object.", error, { kind, id });
}
