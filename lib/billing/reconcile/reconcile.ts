import type { SweepCounts } from "@/db/schema";
import { withLease } from "@/lib/background/lease";
import { OutOfTimeError } from "@/lib/background/patience";
import { describeError } from "@/lib/log";
import { EVENTS_LISTED_SECONDS, sweepFull, sweepUndelivered } from "./event-sweep";
import { sweepObjects } from "./object-sweep";
import { newRun, type Run } from "./run";
import {
  getSweepStates,
  noteEnd,
  noteStart,
  SWEEPS,
  type SweepKind,
  type SweepState,
  type SweepStates,
} from "./state";

/**
 * Webhooks are the fast way; this is the sure one. Three sweeps find what no webhook brought: what Stripe could
 * not deliver (each time), all events (daily), all objects (weekly, and when events reach back too little).
 */

export interface ReconcileOptions {
  /** `due`: each as often as it should. `all`: every one, now. */
  sweeps: "due" | "all";
  /** Milliseconds in which to come to an end; what is left over is for the next call. */
  within?: number;
  /** How long to wait when Stripe has had enough; 1, or less in a test. */
  delayScale?: number;
}

export interface SweepResult extends SweepCounts {
  sweep: SweepKind;
  /** False: there was no time for all of it. */
  isWhole: boolean;
}

export interface Reconciliation {
  sweeps: SweepResult[];
  catalogChanged: boolean;
}

const RUNS: Record<SweepKind, (run: Run) => Promise<void>> = {
  undelivered: sweepUndelivered,
  objects: sweepObjects,
  full: sweepFull,
};

/**
 * @returns null when another instance is sweeping
 * @throws what stopped a sweep; whatever was settled before stays so
 */
export function reconcile({
  sweeps,
  within = Number.POSITIVE_INFINITY,
  delayScale = 1,
}: ReconcileOptions): Promise<Reconciliation | null> {
  const pace = { until: Date.now() + within, delayScale };
  return withLease(async (lease) => {
    const results: SweepResult[] = [];
    let catalogChanged = false;
    for (const sweep of SWEEPS) {
      const states = await getSweepStates();
      if (sweeps === "due" && !isDue(sweep, states)) continue;
      const run = newRun(lease, pace, states);
      const isWhole = sweeps === "all" ? await runFromTheTop(sweep, run) : await runSweep(sweep, run);
      catalogChanged ||= run.catalogChanged;
      results.push({ sweep, isWhole, ...run.counts });
      if (!isWhole) break;
    }
    return { sweeps: results, catalogChanged };
  });
}

/** An interrupted walk is brought to its end first; but what it had behind it was seen then, not now. */
async function runFromTheTop(sweep: SweepKind, run: Run): Promise<boolean> {
  const wasInterrupted = run.states[sweep].walk !== null;
  const isWhole = await runSweep(sweep, run);
  if (!isWhole || !wasInterrupted) return isWhole;
  run.states = await getSweepStates();
  return runSweep(sweep, run);
}

/** @returns false when there was no time for all of it */
async function runSweep(sweep: SweepKind, run: Run): Promise<boolean> {
  await noteStart(sweep);
  try {
    await RUNS[sweep](run);
    await noteEnd(sweep, run.counts, null, true);
    return true;
  } catch (error) {
    const isLate = error instanceof OutOfTimeError;
    await noteEnd(sweep, run.counts, isLate ? null : describeError(error), false);
    if (isLate) return false;
    throw error;
  }
}

const DAY_SECONDS = 86_400;
/** A little less than the period, so that a timer's call just before it does not skip to the next. */
const FULL_EVERY_SECONDS = DAY_SECONDS - 600;
const OBJECTS_EVERY_SECONDS = 7 * DAY_SECONDS - 600;

function isDue(sweep: SweepKind, { full, objects }: SweepStates): boolean {
  if (sweep === "undelivered") return true;
  if (sweep === "full") return isOlderThan(FULL_EVERY_SECONDS, full);
  // Events reach back to the last full sweep no more, or there was none: only the objects can tell. They come
  // before the full sweep, which moves its cursor over the gap.
  const isGap = full.cursor === null || full.cursor < Date.now() / 1000 - EVENTS_LISTED_SECONDS;
  return isOlderThan(isGap ? FULL_EVERY_SECONDS : OBJECTS_EVERY_SECONDS, objects);
}

const isOlderThan = (seconds: number, { finishedAt, walk }: SweepState) =>
  walk !== null || finishedAt === null || finishedAt.getTime() < Date.now() - seconds * 1000;
