import pLimit from "p-limit";

/** Runs the work when its turn comes, first come, first served. What it throws is thrown here. */
export type Limit = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * At most so many at once in this process; the rest wait in line. For what is scarce on this side: memory, or an
 * account's rate limit. A counter shared by all instances is in rate-limits.ts.
 */
export const limitTo = (atOnce: number): Limit => pLimit(atOnce);
