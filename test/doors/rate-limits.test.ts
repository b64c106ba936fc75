import { eq, inArray, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startOwnDatabase } from "../support/own-database";

/** Counts are kept in one table for everybody, so this file has a database of its own. */

const own = await startOwnDatabase();
// From here on the app's modules may read the environment.
const { client, db } = await import("@/db");
const { rateLimits, users } = await import("@/db/schema");
const { authenticate } = await import("@/lib/auth/authenticate");
const { hashPassword } = await import("@/lib/auth/passwords");
const { countAttempt, forgiveAttempt, registrationLimits, signInLimits, tokenRequestLimits } = await import(
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

const ADA = "ada@example.com";
const IP = "203.0.113.7";
const ACCOUNT_KEY = "sign-in:account:ada@example.com";
const IP_KEY = "sign-in:ip:203.0.113.7";

const inMinutes = (minutes: number) => sql`now() + make_interval(mins => ${minutes})`;
const counted = (key: string, count: number, resetsAt = inMinutes(10)) =>
  db.insert(rateLimits).values({ key, count, resetsAt });
const countOf = async (key: string) =>
  (await db.select().from(rateLimits).where(eq(rateLimits.key, key)))[0]?.count ?? null;

describe("the limits", () => {
  it("are ten an account and fifty an address, under keys of their own for each purpose", () => {
    expect(signInLimits(ADA, IP)).toEqual([
      { key: ACCOUNT_KEY, limit: 10 },
      { key: IP_KEY, limit: 50 },
    ]);
    expect(tokenRequestLimits(ADA, IP)).toEqual([
      { key: "token-request:account:ada@example.com", limit: 10 },
      { key: "token-request:ip:203.0.113.7", limit: 50 },
    ]);
    expect(registrationLimits(IP)).toEqual([{ key: "registration:ip:203.0.113.7", limit: 50 }]);
  });

  it("count an address in any case as one account", () => {
    expect(signInLimits("Ada@EXAMPLE.com", IP)).toEqual(signInLimits(ADA, IP));
    expect(tokenRequestLimits("ADA@example.COM", IP)).toEqual(tokenRequestLimits(ADA, IP));
  });
});

describe("countAttempt", () => {
  it("lets the tenth attempt of an account through and not the eleventh", async () => {
    await counted(ACCOUNT_KEY, 9);
    expect(await countAttempt(signInLimits(ADA, IP))).toBeNull();
    expect(await countAttempt(signInLimits(ADA, IP))).toEqual(expect.any(Number));
    expect(await countOf(ACCOUNT_KEY)).toBe(11);
  });

  it("lets the fiftieth attempt of an address through and not the fifty-first, whoever is asked for", async () => {
    await counted(IP_KEY, 49);
    expect(await countAttempt(signInLimits("a@example.com", IP))).toBeNull();
    expect(await countAttempt(signInLimits("b@example.com", IP))).toEqual(expect.any(Number));
    expect(await countAttempt(signInLimits("b@example.com", "203.0.113.8"))).toBeNull();
  });

  it("lets one of two through that come at once for the last place", async () => {
    await counted(ACCOUNT_KEY, 9);
    const waits = await Promise.all([
      countAttempt(signInLimits(ADA, "203.0.113.1")),
      countAttempt(signInLimits(ADA, "203.0.113.2")),
    ]);
    expect(waits.filter((wait) => wait === null)).toHaveLength(1);
    expect(await countOf(ACCOUNT_KEY)).toBe(11);
  });

  it("opens a window of fifteen minutes with the first attempt, which later ones do not move", async () => {
    await countAttempt(signInLimits(ADA, IP));
    const opened = await db
      .select({ key: rateLimits.key, resetsAt: rateLimits.resetsAt })
      .from(rateLimits)
      .where(sql`${rateLimits.resetsAt} = ${rateLimits.createdAt} + interval '15 minutes'`)
      .orderBy(rateLimits.key);
    expect(opened.map(({ key }) => key)).toEqual([ACCOUNT_KEY, IP_KEY]);
    await countAttempt(signInLimits(ADA, IP));
    const rows = await db.select().from(rateLimits).orderBy(rateLimits.key);
    expect(rows).toMatchObject(opened.map((row) => ({ ...row, count: 2 })));
  });

  it("counts on in a window that ends in a minute, and anew after one that ended a minute ago", async () => {
    await counted(ACCOUNT_KEY, 10, inMinutes(1));
    expect(await countAttempt(signInLimits(ADA, IP))).toEqual(expect.any(Number));
    await db.update(rateLimits).set({ resetsAt: inMinutes(-1) });
    expect(await countAttempt(signInLimits(ADA, IP))).toBeNull();
    expect(await countOf(ACCOUNT_KEY)).toBe(1);
  });

  it("counts anew in an ended window that was not cleaned away, too", async () => {
    // Another attempt holds the row, so that it is skipped by what cleans; once free, it is counted on.
    await counted(ACCOUNT_KEY, 10, inMinutes(-1));
    await heldWhile(ACCOUNT_KEY, async () => [countAttempt(signInLimits(ADA, IP))]);
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
      return countAttempt(signInLimits(ADA, IP));
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

describe("forgiveAttempt", () => {
  it("clears the account and gives the address back one attempt", async () => {
    await counted(ACCOUNT_KEY, 7);
    await counted(IP_KEY, 30);
    await counted("sign-in:account:bob@example.com", 4);
    await counted("sign-in:ip:203.0.113.8", 5);
    await forgiveAttempt(signInLimits(ADA, IP));
    expect(await countOf(ACCOUNT_KEY)).toBeNull();
    expect(await countOf(IP_KEY)).toBe(29);
    expect(await countOf("sign-in:account:bob@example.com"), "another's").toBe(4);
    expect(await countOf("sign-in:ip:203.0.113.8"), "another's").toBe(5);
  });

  it("never counts below zero, which would be attempts in advance", async () => {
    await counted(IP_KEY, 0);
    await forgiveAttempt(signInLimits(ADA, IP));
    expect(await countOf(IP_KEY)).toBe(0);
  });

  it("has nothing to do for no limits", async () => {
    await counted(IP_KEY, 3);
    await forgiveAttempt([]);
    expect(await countOf(IP_KEY)).toBe(3);
  });
});

describe("authenticate", () => {
  const PASSWORD = "correct horse battery";
  const signIn = (email: string, password: string) => authenticate(email, password, signInLimits(email, IP));

  beforeAll(async () => {
    const passwordHash = await hashPassword(PASSWORD);
    await db.insert(users).values([
      { email: "Ada@Example.com", name: "Ada", passwordHash },
      { email: "bob@example.com", name: "Bob", passwordHash: await hashPassword("battery horse wrong") },
    ]);
  });

  it("finds the person in whichever case the address is typed, and nobody else", async () => {
    for (const email of ["ada@example.com", "ADA@EXAMPLE.COM"])
      expect(await signIn(email, PASSWORD)).toMatchObject({
        user: { name: "Ada", email: "Ada@Example.com" },
      });
    expect(await signIn("bob@example.com", PASSWORD)).toEqual({ user: null, reason: "wrong" });
  });

  it("answers alike to a wrong password and an unknown address, and counts both", async () => {
    const wrong = { user: null, reason: "wrong" };
    expect(await signIn(ADA, "wrong")).toEqual(wrong);
    expect(await signIn("nobody@example.com", PASSWORD)).toEqual(wrong);
    expect(await countOf(ACCOUNT_KEY)).toBe(1);
    expect(await countOf("sign-in:account:nobody@example.com")).toBe(1);
    expect(await countOf(IP_KEY)).toBe(2);
  });

  it("takes the tenth attempt if it is right, and begins afresh after it", async () => {
    await counted(ACCOUNT_KEY, 9);
    await counted(IP_KEY, 20);
    expect(await signIn(ADA, PASSWORD)).toMatchObject({ user: { name: "Ada" } });
    expect(await countOf(ACCOUNT_KEY)).toBeNull();
    expect(await countOf(IP_KEY)).toBe(20);
  });

  it("refuses the eleventh though it is right, keeps counting, and says for how long", async () => {
    await counted(ACCOUNT_KEY, 10);
    const refused = await signIn("ADA@example.com", PASSWORD);
    expect(refused).toEqual({ user: null, reason: "limited", retryAfter: expect.any(Number) });
    expect(await countOf(ACCOUNT_KEY)).toBe(11);
  });

  it("refuses the fifty-first from an address though it is right", async () => {
    await counted(IP_KEY, 49);
    // Right, so it is given back.
    expect(await signIn(ADA, PASSWORD)).toMatchObject({ user: { name: "Ada" } });
    await signIn("nobody@example.com", "wrong");
    expect(await signIn(ADA, PASSWORD)).toMatchObject({ user: null, reason: "limited" });
  });

  it("counts sign-in and token requests apart", async () => {
    await counted(ACCOUNT_KEY, 10);
    await counted(IP_KEY, 50);
    expect(await authenticate(ADA, PASSWORD, tokenRequestLimits(ADA, IP))).toMatchObject({
      user: { name: "Ada" },
    });
    expect(await countOf(ACCOUNT_KEY), "a token request forgives no failed sign-in").toBe(10);
  });
});
