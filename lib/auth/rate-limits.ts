import { eq, sql } from "drizzle-orm";
import { db } from "@/db";
import { rateLimits } from "@/db/schema";

export interface RateLimit {
  key: string;
  limit: number;
}

const WINDOW = sql`interval '15 minutes'`;

/** Each of these makes an object at Stripe, or a row of ours that is kept. */
const MOST_OF_ONE_ACCOUNT = { checkout: 60, portal: 30, token: 30 };

/** Counts browsers and programs together, whichever of them ask in the person's name. */
export const accountLimits = (work: keyof typeof MOST_OF_ONE_ACCOUNT, userId: string): RateLimit[] => [
  { key: `${work}:account:${userId}`, limit: MOST_OF_ONE_ACCOUNT[work] },
];

/** A shared address (an office, a mobile network) may have many people behind it. */
export const registrationLimits = (ip: string): RateLimit[] => [{ key: `registration:ip:${ip}`, limit: 50 }];

/**
 * Counts one attempt against each limit, atomically and across instances.
 * @returns the seconds to wait when one of them is used up, else null.
 */
export const countAttempt = async (limits: RateLimit[]) => (await countUses(limits)).retryAfter;

interface Uses {
  /** In no particular order. */
  counts: number[];
  retryAfter: number | null;
}

export async function countUses(limits: RateLimit[]): Promise<Uses> {
  await db.delete(rateLimits).where(sql`${rateLimits.key} in (
    select key from rate_limits where resets_at < now() limit 10 for update skip locked)`);
  const rows = await db
    .insert(rateLimits)
    // In one order everywhere, so that two attempts never wait for each other's row.
    .values(
      limits
        .toSorted((a, b) => a.key.localeCompare(b.key))
        .map(({ key }) => ({ key, count: 1, resetsAt: sql`now() + ${WINDOW}` })),
    )
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: {
        count: sql`case when ${rateLimits.resetsAt} < now() then 1 else ${rateLimits.count} + 1 end`,
        resetsAt: sql`case when ${rateLimits.resetsAt} < now() then now() + ${WINDOW} else ${rateLimits.resetsAt} end`,
      },
    })
    .returning();
  return { counts: rows.map(({ count }) => count), retryAfter: secondsToWait(limits, rows) };
}

type Row = typeof rateLimits.$inferSelect;

function secondsToWait(limits: RateLimit[], rows: Row[]): number | null {
  const usedUp = rows.filter(({ key, count }) =>
    limits.some((limit) => limit.key === key && count > limit.limit),
  );
  if (!usedUp.length) return null;
  const latest = Math.max(...usedUp.map(({ resetsAt }) => resetsAt.getTime()));
  return Math.max(1, Math.ceil((latest - Date.now()) / 1000));
}

/** Takes one attempt back, which was none. */
export async function giveBack(limits: RateLimit[]) {
  // Each by itself: whoever holds one row while waiting for another could wait for somebody who waits for theirs.
  for (const { key } of limits) {
    await db
      .update(rateLimits)
      .set({ count: sql`greatest(${rateLimits.count} - 1, 0)` })
      .where(eq(rateLimits.key, key));
  }
}

export async function clearCount({ key }: RateLimit) {
  await db.delete(rateLimits).where(eq(rateLimits.key, key));
}

/** For a form; a program reads `Retry-After`. */
export function tooManyAttempts(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return `Too many attempts. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`;
}
