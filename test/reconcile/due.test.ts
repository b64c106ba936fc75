import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { reconcileState } from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reconcile } from "@/lib/billing/reconcile/reconcile";

/** Each sweep is due at its moment: tried ten seconds before and after. */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

type Kind = "undelivered" | "full" | "objects";
const setState = (kind: Kind, set: Partial<typeof reconcileState.$inferInsert>) =>
  db.update(reconcileState).set(set).where(eq(reconcileState.kind, kind));
const ago = (seconds: number) => sql`now() - make_interval(secs => ${seconds})` as unknown as Date;
const now = () => Math.floor(Date.now() / 1000);
const due = async () => (await reconcile({ sweeps: "due", delayScale: 0 }))?.sweeps.map(({ sweep }) => sweep);

/** Ten minutes less than a day, and than a week: a timer that calls just before must not skip to the next. */
const [DAILY, WEEKLY] = [85_800, 604_200];
/** Stripe lists the events of thirty days. */
const LISTED = 2_592_000;

beforeAll(async () => {
  await applyCatalog();
  await reconcile({ sweeps: "all", delayScale: 0 });
});
beforeEach(async () => {
  for (const kind of ["undelivered", "full", "objects"] as const)
    await setState(kind, { finishedAt: ago(0), walk: null });
  await setState("full", { cursor: now() });
});

const NOTHING_ELSE = ["undelivered"];

describe.each([
  { kind: "full", period: DAILY },
  { kind: "objects", period: WEEKLY },
] as const)("$kind, every $period seconds", ({ kind, period }) => {
  it.each([
    ["ten seconds before", -10, NOTHING_ELSE],
    ["ten seconds after", 10, ["undelivered", kind]],
  ])("%s", async (_, later, expected) => {
    await setState(kind, { finishedAt: ago(period + later) });
    expect(await due()).toEqual(expected);
    expect(await due(), "and done").toEqual(NOTHING_ELSE);
  });

  it("when it never came to its end", async () => {
    await setState(kind, { finishedAt: null });
    expect(await due()).toEqual(["undelivered", kind]);
  });

  it("when a walk is under way, however short ago it ended", async () => {
    await setState(kind, { walk: { startedAt: now(), after: null, list: "customer" } });
    expect(await due()).toEqual(["undelivered", kind]);
  });
});

describe("objects, daily where the events do not reach back to the last full sweep", () => {
  it.each([
    ["the cursor is just listed, a day is over", LISTED - 10, DAILY + 10, NOTHING_ELSE],
    ["the cursor is just not, a day is over", LISTED + 10, DAILY + 10, ["undelivered", "objects"]],
    ["the cursor is just not, a day is not over", LISTED + 10, DAILY - 10, NOTHING_ELSE],
  ])("%s", async (_, cursor, finished, expected) => {
    await setState("full", { cursor: now() - cursor });
    await setState("objects", { finishedAt: ago(finished) });
    expect(await due()).toEqual(expected);
  });

  it.each([
    [DAILY - 10, NOTHING_ELSE],
    [DAILY + 10, ["undelivered", "objects"]],
  ])("there is no cursor, and the last was %d seconds ago", async (finished, expected) => {
    await setState("full", { cursor: null });
    await setState("objects", { finishedAt: ago(finished) });
    expect(await due()).toEqual(expected);
  });

  it("come before the events, which move the cursor over the gap", async () => {
    await setState("full", { cursor: now() - LISTED - 10, finishedAt: ago(LISTED) });
    await setState("objects", { finishedAt: ago(DAILY + 10) });
    expect(await due()).toEqual(["undelivered", "objects", "full"]);
  });
});

it("by hand: every one, whenever it ended", async () => {
  const done = await reconcile({ sweeps: "all", delayScale: 0 });
  expect(done?.sweeps.map(({ sweep }) => sweep)).toEqual(["undelivered", "objects", "full"]);
});

it("one that has no time left ends the run: what comes after it is not begun", async () => {
  await setState("objects", { finishedAt: null });
  await setState("full", { finishedAt: null });
  own.stripe.rest();
  const done = await reconcile({ sweeps: "due", within: 0, delayScale: 0 });
  expect(done?.sweeps).toMatchObject([{ sweep: "undelivered", isWhole: false }]);
  expect(own.stripe.calls).toEqual([]);
  const states = await db.select().from(reconcileState).where(eq(reconcileState.kind, "undelivered"));
  expect(states).toMatchObject([{ error: null }]);
});

it("a walk under way is done once when it is due, and by hand once more from the top", async () => {
  const count = () => own.stripe.calls.filter((call) => call === "GET /v1/events").length;
  const walk = { startedAt: now(), after: null };
  await setState("undelivered", { walk });
  own.stripe.rest();
  await due();
  expect(count()).toBe(1);
  await setState("undelivered", { walk });
  own.stripe.rest();
  await reconcile({ sweeps: "all", delayScale: 0 });
  // Undelivered twice, and the full sweep's own.
  expect(count()).toBe(3);
});
