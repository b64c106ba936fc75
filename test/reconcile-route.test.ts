import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { GET } from "@/app/api/cron/reconcile/route";
import { client, db } from "@/db";
import { reconcileState } from "@/db/schema";
import { env, parseEnv } from "@/env";
import { JOBS } from "@/lib/background/jobs";
import { withLease } from "@/lib/background/lease";
import { startTimer, tick } from "@/lib/background/timer";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { log } from "@/lib/log";
import { purchaseAt } from "./support/purchase";
import { subscriptionRow } from "./support/rows";

/** The two that call the sweeps: a scheduler from outside, and the server's own timer. */

const SECRET = "a secret of some length";
const own = await vi.hoisted(async () =>
  (await import("./support/own-stack")).startOwnStack({ CRON_SECRET: "a secret of some length" }),
);
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);
const call = async (authorization?: string) => {
  const response = await GET(
    new Request("http://shop.test/api/cron/reconcile", { headers: authorization ? { authorization } : {} }),
  );
  return { status: response.status, body: await response.json() };
};

beforeAll(async () => {
  await applyCatalog();
  await reconcile({ sweeps: "all" });
});
beforeEach(() => {
  env.CRON_SECRET = SECRET;
  own.stripe.rest();
});

describe("GET /api/cron/reconcile", () => {
  it.each([
    ["without a secret", undefined],
    ["with another", "Bearer another secret, longer or not"],
    ["with a part of it", `Bearer ${SECRET.slice(0, -1)}`],
    ["with the bare secret", SECRET],
    ["by another scheme", `Basic ${SECRET}`],
  ])("refuses %s, and asks Stripe nothing", async (_, authorization) => {
    expect((await call(authorization)).status).toBe(401);
    expect(own.stripe.calls).toEqual([]);
  });

  it("is not there while no secret is set, whatever is sent", async () => {
    env.CRON_SECRET = undefined;
    for (const authorization of [undefined, "Bearer ", "Bearer undefined", `Bearer ${SECRET}`])
      expect((await call(authorization)).status).toBe(404);
    expect(own.stripe.calls).toEqual([]);
  });

  it("does what is due and says what was done", async () => {
    const { subscription } = await buy("aiaas_starter_monthly");
    const { status, body } = await call(`Bearer ${SECRET}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "done",
      sweeps: [{ sweep: "undelivered", isWhole: true, failed: 0 }],
    });
    expect(await subscriptionRow(subscription)).toMatchObject({ status: "active" });
  });

  it("leaves it to whoever is sweeping already", async () => {
    const answer = await withLease(() => call(`Bearer ${SECRET}`));
    expect(answer).toEqual({ status: 200, body: { status: "busy", sweeps: [] } });
  });

  it("answers 503 when a sweep is stopped, without saying why to the world", async () => {
    own.stripe.before = () => ({ status: 401, body: { error: { message: "Invalid API Key: sk_…" } } });
    const { status, body } = await call(`Bearer ${SECRET}`);
    expect(status).toBe(503);
    expect(JSON.stringify(body)).not.toContain("sk_");
  });
});

describe("the server's timer", () => {
  it("sweeps, and a failure is one sentence in the log", async () => {
    const { subscription } = await buy("aiaas_pro_monthly");
    const said = vi.spyOn(log, "error");
    own.stripe.before = () => ({ status: 401, body: { error: { message: "Invalid\nAPI Key" } } });
    await tick({ ...JOBS.reconcile, everyMs: 60_000 });
    expect(said.mock.calls).toEqual([
      [
        "The job reconcile stopped and goes on at the next turn.",
        expect.objectContaining({ statusCode: 401 }),
      ],
    ]);
    said.mockRestore();
    own.stripe.rest();
    await tick({ ...JOBS.reconcile, everyMs: 60_000 });
    expect(await subscriptionRow(subscription)).toMatchObject({ status: "active" });
    expect(await db.select().from(reconcileState)).toMatchObject(
      Array(4).fill({ finishedAt: expect.any(Date) }),
    );
  });

  it("is started once and keeps no process alive; 0 turns it off", () => {
    expect(startTimer({ ...JOBS.reconcile, everyMs: 0 })).toBeNull();
    const timer = startTimer({ ...JOBS.reconcile, everyMs: 3_600_000 });
    expect(timer?.hasRef()).toBe(false);
    expect(startTimer({ ...JOBS.reconcile, everyMs: 3_600_000 })).toBeNull();
    clearInterval(timer ?? undefined);
  });

  it("runs every five minutes unless told otherwise", () => {
    expect(env.RECONCILE_EVERY_MINUTES).toBe(5);
    expect(parseEnv({ ...process.env, RECONCILE_EVERY_MINUTES: "0" }).RECONCILE_EVERY_MINUTES).toBe(0);
    expect(() => parseEnv({ ...process.env, RECONCILE_EVERY_MINUTES: "often" })).toThrow(
      "RECONCILE_EVERY_MINUTES",
    );
    expect(() => parseEnv({ ...process.env, CRON_SECRET: "short" })).toThrow("CRON_SECRET");
  });
});
