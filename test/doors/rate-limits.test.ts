import { eq, inArray, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startOwnDatabase } from "../support/own-database";

/** Counts are kept in one table for everybody, so this file has a database of its own. */

const own = await startOwnDatabase();
// From here on the app's modules may read the environment.
const { client, db } = await import("@/db");
const { rateLimits } = await import("@/db/schema");
const { accountLimits, clearCount, countAttempt, giveBack, registrationLimits } = await import(
  "@/lib/auth/rate-limits"
);

beforeAll(own.migrate);
beforeEach(async () => {
  await db.delete(rateLimits);
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await client.end();
  await own.stop();
});

const IP = "203.0.113.7";
const ACCOUNT_KEY = "test:account:ada";
const IP_KEY = "test:ip:203.0.113.7";
/** Two at once, as a sign-in has them. */
const limitsOf = (account: string, ip: string) => [
  { key: `test:account:${account}`, limit: 10 },
  { key: `test:ip:${ip}`, limit: 50 },
];

const inMinutes = (minutes: number) => sql`now() + make_interval(mins => ${minutes})`;
const counted = (key: string, count: number, resetsAt = inMinutes(10)) =>
  db.insert(rateLimits).values({ key, count, resetsAt });
const countOf = async (key: string) =>
  (await db.select().from(rateLimits).where(eq(rateLimits.key, key)))[0]?.count ?? null;

describe("the limits", () => {
  it("are so many for what one account may ask for, and for who registers from one address", () => {
    expect(accountLimits("checkout", "u1")).toEqual([{ key: "checkout:account:u1", limit: 60 }]);
    expect(accountLimits("portal", "u1")).toEqual([{ key: "portal:account:u1", limit: 30 }]);
    expect(accountLimits("token", "u1")).toEqual([{ key: "token:account:u1", limit: 30 }]);
    expect(registrationLimits(IP)).toEqual([{ key: "registration:ip:203.0.113.7", limit: 50 }]);
  });
});

describe("countAttempt", () => {
  it("lets the tenth attempt of an account through and not the eleventh", async () => {
    await counted(ACCOUNT_KEY, 9);
    expect(await countAttempt(limitsOf("ada", IP))).toBeNull();
    expect(await countAttempt(limitsOf("ada", IP))).toEqual(expect.any(Number));
    expect(await countOf(ACCOUNT_KEY)).toBe(11);
  });

  it("lets the fiftieth attempt of an address through and not the fifty-first, whoever is asked for", async () => {
    await counted(IP_KEY, 49);
    expect(await countAttempt(limitsOf("a", IP))).toBeNull();
    expect(await countAttempt(limitsOf("b", IP))).toEqual(expect.any(Number));
    expect(await countAttempt(limitsOf("b", "203.0.113.8"))).toBeNull();
  });

  it("lets one of two through that come at once for the last place", async () => {
    await counted(ACCOUNT_KEY, 9);
    const waits = await Promise.all([
      countAttempt(limitsOf("ada", "203.0.113.1")),
      countAttempt(limitsOf("ada", "203.0.113.2")),
    ]);
    expect(waits.filter((wait) => wait === null)).toHaveLength(1);
    expect(await countOf(ACCOUNT_KEY)).toBe(11);
  });

  it("opens a window of fifteen minutes with the first attempt, which later ones do not move", async () => {
    await countAttempt(limitsOf("ada", IP));
    const opened = await db
      .select({ key: rateLimits.key, resetsAt: rateLimits.resetsAt })
      .from(rateLimits)
      .where(sql`${rateLimits.resetsAt} = ${rateLimits.createdAt} + interval '15 minutes'`)
      .orderBy(rateLimits.key);
    expect(opened.map(({ key }) => key)).toEqual([ACCOUNT_KEY, IP_KEY]);
    await countAttempt(limitsOf("ada", IP));
    const rows = await db.select().from(rateLimits).orderBy(rateLimits.key);
    expect(rows).toMatchObject(opened.map((row) => ({ ...row, count: 2 })));
  });

  it("counts on in a window that ends in a minute, and anew after one that ended a minute ago", async () => {
    await counted(ACCOUNT_KEY, 10, inMinutes(1));
    expect(await countAttempt(limitsOf("ada", IP))).toEqual(expect.any(Number));
    await db.update(rateLimits).set({ resetsAt: inMinutes(-1) });
    expect(await countAttempt(limitsOf("ada", IP))).toBeNull();
    expect(await countOf(ACCOUNT_KEY)).toBe(1);
  });

  it("counts anew in an ended window that was not cleaned away, too", async () => {
    // Another attempt holds the row, so that it is skipped by what cleans; once free, it is counted on.
    await counted(ACCOUNT_KEY, 10, inMinutes(-1));
    await heldWhile(ACCOUNT_KEY, async () => [countAttempt(limitsOf("ada", IP))]);
    const [row] = await db
      .select({
        count: rateLimits.count,
        isOld: sql`${rateLimits.createdAt} < ${rateLimits.resetsAt} - interval '15 minutes'`,
        isOpen: sql`${rateLimits.resetsAt} > now() + interval '14 minutes'`,
      })
      .from(rateLimits)
      .where(eq(rateLimits.key, ACCOUNT_KEY));
    expect(row).toEqual({ count: 1, isOld: true, isOpen: true });
  });

  it("says how long until the later of the windows that are used up ends, in whole seconds", async () => {
    const account = new Date(Date.now() + 3_600_000);
    const ip = new Date(Date.now() + 7_200_000);
    await counted(ACCOUNT_KEY, 10, sql`${account.toISOString()}`);
    await counted(IP_KEY, 50, sql`${ip.toISOString()}`);
    const waitAt = (time: number) => {
      vi.useFakeTimers({ toFake: ["Date"], now: time });
      return countAttempt(limitsOf("ada", IP));
    };
    expect(await waitAt(ip.getTime() - 2_001)).toBe(3);
    expect(await waitAt(ip.getTime() - 2_000)).toBe(2);
    expect(await waitAt(ip.getTime() - 1)).toBe(1);
    // Our clock is ahead of the database's: one who may not come yet is never told to come at once.
    expect(await waitAt(ip.getTime() + 5_000)).toBe(1);
    await db.update(rateLimits).set({ count: 3 }).where(eq(rateLimits.key, IP_KEY));
    expect(await waitAt(account.getTime() - 4_000), "only the account's is used up").toBe(4);
  });

  it("cleans away ten windows that have ended, and none that has not", async () => {
    const keys = (prefix: string) => Array.from({ length: 12 }, (_, n) => `${prefix}:${n}`);
    for (const key of keys("ended")) await counted(key, 1, inMinutes(-1));
    for (const key of keys("open")) await counted(key, 1, inMinutes(1));
    await countAttempt(registrationLimits(IP));
    const left = await db
      .select({ key: rateLimits.key })
      .from(rateLimits)
      .where(inArray(rateLimits.key, [...keys("ended"), ...keys("open")]));
    expect(left.filter(({ key }) => key.startsWith("open:"))).toHaveLength(12);
    expect(left.filter(({ key }) => key.startsWith("ended:"))).toHaveLength(2);
  });

  it("takes rows in one order, whichever order the limits are named in", async () => {
    await counted("order:a", 1);
    await counted("order:b", 1);
    const limits = [
      { key: "order:b", limit: 10 },
      { key: "order:a", limit: 10 },
    ];
    await heldWhile("order:a", async (waitsForIt) => {
      const attempt = countAttempt(limits);
      await waitsForIt();
      // It waits for the first in order, so it cannot have the second yet.
      await client`select key from rate_limits where key = 'order:b' for update nowait`;
      return [attempt];
    });
    expect([await countOf("order:a"), await countOf("order:b")]).toEqual([2, 2]);
  });

  /** Holds a row locked while `run` starts what must wait for it, then lets go and awaits what was started. */
  async function heldWhile(
    key: string,
    run: (waitsForIt: () => Promise<void>) => Promise<Promise<unknown>[]>,
  ) {
    const waitsForIt = () =>
      vi.waitFor(
        async () => {
          const [{ waiting } = { waiting: 0 }] = await client<{ waiting: number }[]>`
            select count(*)::int as waiting from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`;
          expect(waiting).toBeGreaterThan(0);
        },
        { timeout: 10_000 },
      );
    const started = await client.begin(async (holder) => {
      await holder`select key from rate_limits where key = ${key} for update`;
      const work = await run(waitsForIt);
      await waitsForIt();
      // Wrapped: a promise that is returned bare would be awaited before the lock is let go.
      return { work };
    });
    await Promise.all(started.work);
  }
});

describe("giveBack and clearCount", () => {
  it("take one attempt back, or all, and nobody else's", async () => {
    await counted(ACCOUNT_KEY, 7);
    await counted(IP_KEY, 30);
    await counted("test:account:bob", 4);
    await counted("test:ip:203.0.113.8", 5);
    await giveBack(limitsOf("ada", IP));
    expect([await countOf(ACCOUNT_KEY), await countOf(IP_KEY)]).toEqual([6, 29]);
    await clearCount({ key: ACCOUNT_KEY, limit: 10 });
    expect([await countOf(ACCOUNT_KEY), await countOf(IP_KEY)]).toEqual([null, 29]);
    expect(await countOf("test:account:bob"), "another's").toBe(4);
    expect(await countOf("test:ip:203.0.113.8"), "another's").toBe(5);
  });

  it("never count below zero, which would be attempts in advance", async () => {
    await counted(IP_KEY, 0);
    await giveBack([{ key: IP_KEY, limit: 50 }]);
    expect(await countOf(IP_KEY)).toBe(0);
  });

  it("have nothing to do for no limits", async () => {
    await counted(IP_KEY, 3);
    await giveBack([]);
    expect(await countOf(IP_KEY)).toBe(3);
  });
});
