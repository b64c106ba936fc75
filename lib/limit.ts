import pLimit from "p-limit";

/** Runs the work when its turn comes, first come, first served. What it throws is thrown here. */
export interface Limit {
  <Result>(work: () => Promise<Result>): Promise<Result>;
  /** Whoever asked for work now would be refused. */
  isFull(): boolean;
}

/** So many wait already that another would wait for too long. */
export class FullError extends Error {}

/**
 * At most so many at once in this process; the rest wait in line. For what is scarce on this side: memory, threads, or
 * an account's rate limit. A counter shared by all instances is in rate-limits.ts.
 * @param mostWaiting beyond them a FullError is thrown at once
 */
export function limitTo(atOnce: number, mostWaiting = Number.POSITIVE_INFINITY): Limit {
  const limit = pLimit(atOnce);
  const isFull = () => limit.activeCount + limit.pendingCount >= atOnce + mostWaiting;
  const run = async <Result>(work: () => Promise<Result>) => {
    if (isFull()) throw new FullError("Too much of this is going on at once. Try again in a few seconds.");
    return limit(work);
  };
  return Object.assign(run, { isFull });
}
