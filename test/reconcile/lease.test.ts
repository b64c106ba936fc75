import { eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { reconcileState } from "@/db/schema";
import { type Lease, LostLeaseError, withLease } from "@/lib/background/lease";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { toldPurchaseAt } from "../support/purchase";
import { subscriptionRow } from "../support/rows";

/** One sweeper at a time: taken, run out, kept up, lost, given back. */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = toldPurchaseAt(own.stripe);
const sweep = (sweeps: "due" | "all" = "due") => reconcile({ sweeps, delayScale: 0 });
const isLease = eq(reconcileState.kind, "sweeper");
const setLease = (set: object) => db.update(reconcileState).set(set).where(isLease);
const inSeconds = (seconds: number) => sql`now() + make_interval(secs => ${seconds})`;
const getLease = async () => {
  const seconds = sql<number>`extract(epoch from ${reconcileState.leaseUntil} - now())::float`;
  const lasts = sql<number>`extract(epoch from ${reconcileState.leaseUntil} - ${reconcileState.startedAt})::float`;
  const { leaseOwner: owner, finishedAt } = reconcileState;
  const [row] = await db.select({ owner, seconds, lasts, finishedAt }).from(reconcileState).where(isLease);
  return row;
};
const getState = async (kind: "undelivered" | "objects") =>
  (await db.select().from(reconcileState).where(eq(reconcileState.kind, kind)))[0];

beforeAll(async () => {
  await applyCatalog();
  await sweep("all");
});
beforeEach(() => {
  own.stripe.rest();
  return setLease({ leaseOwner: null, leaseUntil: null });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("taken", () => {
  it.each([
    ["for another twenty seconds: nothing is asked", 20, false],
    ["until twenty seconds ago: its owner crashed, and the next goes on", -20, true],
  ])("%s", async (_, until, isSwept) => {
    await setLease({ leaseOwner: "another", leaseUntil: inSeconds(until) });
    expect((await sweep()) !== null).toBe(isSwept);
    expect(own.stripe.calls).toHaveLength(isSwept ? 1 : 0);
    expect((await getLease())?.owner).toBe(isSwept ? null : "another");
  });

  it("for two minutes, by an owner of its own each time", async () => {
    const owners: (string | null | undefined)[] = [];
    for (let run = 0; run < 2; run++)
      await withLease(async () => {
        const lease = await getLease();
        expect(lease?.lasts).toBe(120);
        owners.push(lease?.owner);
      });
    expect(new Set(owners).size).toBe(2);
    expect(owners).not.toContain(null);
  });

  it("and given back with the answer, or with the failure", async () => {
    const before = await getLease();
    expect(await withLease(async () => "an answer")).toBe("an answer");
    const after = await getLease();
    expect(after).toMatchObject({ owner: null, seconds: null });
    expect(after?.finishedAt?.getTime()).toBeGreaterThan(before?.finishedAt?.getTime() ?? 0);
    await expect(withLease(() => Promise.reject(new Error("a failure")))).rejects.toThrow("a failure");
    expect(await getLease()).toMatchObject({ owner: null, seconds: null });
  });
});

describe("kept up", () => {
  const fake = () => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });

  it("every thirty seconds, and no more once the work is done", async () => {
    fake();
    await withLease(async (lease) => {
      await setLease({ leaseUntil: inSeconds(5) });
      vi.advanceTimersByTime(29_999);
      expect((await getLease())?.seconds).toBeLessThanOrEqual(5);
      vi.advanceTimersByTime(1);
      await vi.waitFor(async () => expect((await getLease())?.seconds).toBeGreaterThan(60));
      lease.check();
      expect(vi.getTimerCount()).toBe(1);
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("until another has it: then it is lost, and stays lost", async () => {
    fake();
    await withLease(async (lease) => {
      await setLease({ leaseOwner: "another", leaseUntil: inSeconds(50) });
      expect(() => lease.check(), "nobody has looked yet").not.toThrow();
      vi.advanceTimersByTime(30_000);
      await vi.waitFor(() => expect(() => lease.check()).toThrow(LostLeaseError));
      const { owner } = (await getLease()) ?? {};
      expect(owner).toBe("another");
    });
    expect(await getLease(), "it is not ours to give back").toMatchObject({ owner: "another" });
    expect((await getLease())?.seconds).toBeLessThanOrEqual(50);
  });
});

describe("lost while it sweeps", () => {
  /** From this call on the lease is somebody else's. */
  const loseAt = (lost: string) => {
    own.stripe.before = async (call) => {
      if (!call.startsWith(lost)) return null;
      await setLease({ leaseOwner: "another", leaseUntil: inSeconds(60) });
      return null;
    };
  };
  const isHeld = async ({ held }: Lease) => {
    const [row] = await db.execute<{ held: boolean }>(sql`select ${held} as held`);
    return row?.held;
  };

  it("inside a statement the lease is true only while it is this owner's", async () => {
    await withLease(async (lease) => {
      expect(await isHeld(lease)).toBe(true);
      await setLease({ leaseOwner: "another" });
      expect(await isHeld(lease)).toBe(false);
    });
  });

  it("through the events: the cursor stays where it was, and what is settled stays settled", async () => {
    const { subscription } = await buy("aiaas_starter_monthly");
    const before = await getState("undelivered");
    loseAt("GET /v1/events");
    await expect(sweep()).rejects.toThrow(LostLeaseError);
    const after = await getState("undelivered");
    expect(after).toMatchObject({ cursor: before?.cursor, walk: null, finishedAt: before?.finishedAt });
    expect(after?.error).toContain("Another instance took the sweep over.");
    expect(await subscriptionRow(subscription)).toMatchObject({ status: "active" });
    expect(await getLease()).toMatchObject({ owner: "another" });
  });

  it("through the objects: the walk does not move", async () => {
    const walk = { startedAt: 7, list: "dispute", after: null };
    await db.update(reconcileState).set({ walk }).where(eq(reconcileState.kind, "objects"));
    loseAt("GET /v1/disputes");
    await expect(sweep()).rejects.toThrow(LostLeaseError);
    expect((await getState("objects"))?.walk).toEqual(walk);
    expect(own.stripe.calls).not.toContain("GET /v1/checkout/sessions");
    await setLease({ leaseOwner: null, leaseUntil: null });
    own.stripe.rest();
    await sweep();
  });

  it("as soon as a renewal tells, no other object is begun", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const bought = [];
    for (let one = 0; one < 5; one++) bought.push(await buy("aiaas_pro_monthly"));
    const reads: string[] = [];
    own.stripe.before = async (call) => {
      if (call === "GET /v1/events") {
        await setLease({ leaseOwner: "another", leaseUntil: inSeconds(60) });
        vi.advanceTimersByTime(30_000);
        // Asked after the renewal was: by the last answer that one is there, too.
        for (let question = 0; question < 20; question++) await getLease();
      } else reads.push(call);
      return null;
    };
    await expect(sweep()).rejects.toThrow(LostLeaseError);
    expect(reads).toEqual([]);
  });
});
