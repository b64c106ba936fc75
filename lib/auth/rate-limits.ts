import { eq, inArray, sql } from "drizzle-orm";
import { db } from "@/db";
import { rateLimits } from "@/db/schema";

export interface RateLimit {
  key: string;
  limit: number;
}

const WINDOW = sql`interval '15 minutes'`;

/** A shared address (an office, a mobile network) may have many people behind it; an account has one. */
const limitsFor = (what: string, account: string, ip: string): RateLimit[] => [
  { key: `${what}:account:${account.toLowerCase()}`, limit: 10 },
  { key: `${what}:ip:${ip}`, limit: 50 },
];

export const signInLimits = (email: string, ip: string) => limitsFor("sign-in", email, ip);
export const tokenRequestLimits = (email: string, ip: string) => limitsFor("token-request", email, ip);
/** Each of these makes an object at Stripe, or a row of ours that is kept. */
const MOST_OF_ONE_ACCOUNT = { checkout: 60, portal: 30, token: 30 };

/** Counts browsers and programs together, whichever of them ask in the person's name. */
export const accountLimits = (work: keyof typeof MOST_OF_ONE_ACCOUNT, userId: string): RateLimit[] => [
  { key: `${work}:account:${userId}`, limit: MOST_OF_ONE_ACCOUNT[work] },
];

export const registrationLimits = (ip: string): RateLimit[] => [{ key: `registration:ip:${ip}`, limit: 50 }];

/**
 * Counts one attempt against each limit, atomically and across instances.
 * @returns the seconds to wait when one of them is used up, else null.
 */
export async function countAttempt(limits: RateLimit[]): Promise<number | null> {
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
  const usedUp = rows.filter(({ key, count }) =>
    limits.some((limit) => limit.key === key && count > limit.limit),
  );
  if (!usedUp.length) return null;
  const latest = Math.max(...usedUp.map(({ resetsAt }) => resetsAt.getTime()));
  return Math.max(1, Math.ceil((latest - Date.now()) / 1000));
}

/** An attempt that succeeded was no attack: the account starts afresh, the address gets its one attempt back. */
export async function forgiveAttempt([account, ...others]: RateLimit[]) {
  if (account) await db.delete(rateLimits).where(eq(rateLimits.key, account.key));
  if (others.length) {
    await db
      .update(rateLimits)
      .set({ count: sql`greatest(${rateLimits.count} - 1, 0)` })
      .where(
        inArray(
          rateLimits.key,
          others.map(({ key }) => key),
        ),
      );
  }
}

/** For a form; a program reads `Retry-After`. */
export function tooManyAttempts(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return `Too many attempts. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`;
}
