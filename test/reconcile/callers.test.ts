import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { GET } from "@/app/api/cron/reconcile/route";
import { client, db } from "@/db";
import { products, reconcileState } from "@/db/schema";
import { JOBS } from "@/lib/background/jobs";
import { startTimer, tick } from "@/lib/background/timer";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { toldPurchaseAt } from "../support/purchase";
import { subscriptionRow } from "../support/rows";

/** Each of the two callers of the sweeps limits their time and reports their result. */

// Next's cache is there only inside of Next.
const revalidatePath = vi.hoisted(() => vi.fn());
vi.mock("next/cache", () => ({ revalidatePath }));

const own = await vi.hoisted(async () =>
  (await import("../support/own-stack")).startOwnStack({ CRON_SECRET: "a secret of some length" }),
);
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = toldPurchaseAt(own.stripe);
const call = async () => {
  const headers = { authorization: "Bearer a secret of some length" };
  const response = await GET(new Request("http://shop.test/api/cron/reconcile", { headers }));
  return {
    status: response.status,
    cache: response.headers.get("cache-control"),
    body: await response.json(),
  };
};
const rest = async () => {
  own.stripe.rest();
  await reconcile({ sweeps: "all", delayScale: 0 });
  own.stripe.rest();
};

beforeAll(async () => {
  await applyCatalog();
  await rest();
});
beforeEach(() => {
  own.stripe.rest();
  revalidatePath.mockClear();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The list of events takes so many milliseconds of our clock. */
const takes = (milliseconds: number) => {
  const start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: start });
  own.stripe.before = (asked) => {
    if (asked === "GET /v1/events") vi.setSystemTime(start + milliseconds);
    return null;
  };
};

describe("the cron route gives forty seconds", () => {
  it.each([
    ["39.999 were taken: the rest is begun", 39_999, "done", true],
    ["40 were taken: the rest is the next call's", 40_000, "unfinished", false],
  ])("%s", async (_, milliseconds, status, isWhole) => {
    const { subscription } = await buy("aiaas_starter_monthly");
    takes(milliseconds);
    const answer = await call();
    expect(answer).toMatchObject({
      status: 200,
      cache: "no-store",
      body: { status, sweeps: [{ sweep: "undelivered", isWhole }] },
    });
    expect((await subscriptionRow(subscription)) !== undefined).toBe(isWhole);
    vi.useRealTimers();
    await rest();
    expect(await subscriptionRow(subscription)).toMatchObject({ status: "active" });
  });

  it("the price pages are made anew only when the catalog changed", async () => {
    expect((await call()).body).toMatchObject({ status: "done" });
    expect(revalidatePath).not.toHaveBeenCalled();
    const [row] = await db.select().from(products).where(eq(products.lookupKey, "aiaas_pro_monthly"));
    await stripe.products.update(row?.stripeProductId ?? "", { name: "Another name" });
    expect((await call()).body).toMatchObject({ status: "done" });
    expect(revalidatePath.mock.calls).toEqual([["/(public)/pricing/[[...interval]]", "page"]]);
  });
});

describe("the timer", () => {
  const everyMinute = { ...JOBS.reconcile, everyMs: 60_000 };

  it.each([
    ["53.999 of sixty seconds were taken: the rest is begun", 53_999, true],
    ["54 were taken: nothing more, so that it ends before the next begins", 54_000, false],
  ])("%s", async (_, milliseconds, isWhole) => {
    const { subscription } = await buy("aiaas_starter_monthly");
    takes(milliseconds);
    await tick(everyMinute);
    expect((await subscriptionRow(subscription)) !== undefined).toBe(isWhole);
    vi.useRealTimers();
    await rest();
  });

  it("comes when its time has come, not before, and does only what is due", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const timer = startTimer(everyMinute);
    const isFinished = async () => {
      const [row] = await db.select().from(reconcileState).where(eq(reconcileState.kind, "sweeper"));
      expect(row?.leaseOwner).toBeNull();
      expect(own.stripe.calls.length).toBeGreaterThan(0);
    };
    vi.advanceTimersByTime(59_999);
    expect(own.stripe.calls).toEqual([]);
    for (let turn = 0; turn < 2; turn++) {
      own.stripe.rest();
      vi.advanceTimersByTime(turn ? 60_000 : 1);
      await vi.waitFor(isFinished);
      expect(own.stripe.calls).toEqual(["GET /v1/events"]);
    }
    clearInterval(timer ?? undefined);
  });

  it("while another instance sweeps it does nothing, and says nothing", async () => {
    const said = vi.spyOn(console, "error");
    const set = (leaseOwner: string | null, leaseUntil: Date | null) =>
      db.update(reconcileState).set({ leaseOwner, leaseUntil }).where(eq(reconcileState.kind, "sweeper"));
    await set("another", new Date(Date.now() + 60_000));
    await tick(everyMinute);
    expect(own.stripe.calls).toEqual([]);
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
    await set(null, null);
  });
});
