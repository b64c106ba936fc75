import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GET, maxDuration } from "@/app/api/cron/reconcile/route";
import { env } from "@/env";
import * as sweeps from "@/lib/billing/reconcile/reconcile";
import { log } from "@/lib/log";

/**
 * Only the secret's holder may call the sweeps. test/reconcile-route.test.ts runs real ones; here they only report,
 * because a catalog that changed or an unfinished sweep cannot be had on demand.
 */

const refreshPricing = vi.hoisted(() => vi.fn());
vi.mock("@/app/_actions/refresh-pricing", () => ({ refreshPricing }));
const reconcile = vi.spyOn(sweeps, "reconcile");

const SECRET = "a secret of some length";
const before = env.CRON_SECRET;
const sweep = (isWhole: boolean) => ({ sweep: "undelivered", isWhole, failed: 0 });
const result = (...wholes: boolean[]) => ({ catalogChanged: false, sweeps: wholes.map(sweep) }) as never;

beforeEach(() => {
  env.CRON_SECRET = SECRET;
  reconcile.mockResolvedValue(result(true));
});
afterEach(() => {
  vi.clearAllMocks();
});
afterAll(() => {
  env.CRON_SECRET = before;
  vi.restoreAllMocks();
});

const call = async (headers: Record<string, string> = { authorization: `Bearer ${SECRET}` }) => {
  const response = await GET(
    new Request(`http://shop.test/api/cron/reconcile?secret=${SECRET}`, { headers }),
  );
  expect(response.headers.get("cache-control")).toBe("no-store");
  return [response.status, await response.json()];
};

describe("the secret", () => {
  it.each([
    ["is missing", {}],
    ["is empty", { authorization: "" }],
    ["is only in the address", {}],
    ["has another scheme", { authorization: `Basic ${SECRET}` }],
    ["has no scheme", { authorization: SECRET }],
    ["has its scheme in lower case", { authorization: `bearer ${SECRET}` }],
    ["follows two spaces", { authorization: `Bearer  ${SECRET}` }],
    ["is a character short", { authorization: `Bearer ${SECRET.slice(0, -1)}` }],
    ["is a character long", { authorization: `Bearer ${SECRET}x` }],
    ["has another case", { authorization: `Bearer ${SECRET.toUpperCase()}` }],
    ["is in another header", { "x-cron-secret": SECRET, cookie: `authorization=Bearer ${SECRET}` }],
  ])("that %s lets nobody in", async (_, headers) => {
    expect(await call(headers as Record<string, string>)).toEqual([
      401,
      { error: "The secret is wrong or missing." },
    ]);
    expect(reconcile).not.toHaveBeenCalled();
  });

  it("that is not set lets nobody in, whatever is sent", async () => {
    env.CRON_SECRET = undefined;
    for (const authorization of ["", "Bearer ", "Bearer undefined", `Bearer ${SECRET}`])
      expect(await call({ authorization })).toEqual([
        404,
        { error: "Set CRON_SECRET to let a scheduler in." },
      ]);
    expect(reconcile).not.toHaveBeenCalled();
  });

  it("that is right starts what is due, and leaves a third of the time for the last step", async () => {
    expect((await call())[0]).toBe(200);
    expect(reconcile.mock.calls).toEqual([[{ sweeps: "due", within: 40_000 }]]);
    expect(maxDuration).toBe(60);
  });
});

describe("the answer", () => {
  it.each([
    ["done", [true, true]],
    ["done", []],
    ["unfinished", [true, false]],
    ["unfinished", [false, true]],
  ])("is %s after sweeps of which %j came to their end", async (status, wholes) => {
    reconcile.mockResolvedValue(result(...wholes));
    expect(await call()).toEqual([200, { status, sweeps: wholes.map(sweep) }]);
    expect(refreshPricing).not.toHaveBeenCalled();
  });

  it("is busy while another sweeps", async () => {
    reconcile.mockResolvedValue(null);
    expect(await call()).toEqual([200, { status: "busy", sweeps: [] }]);
  });

  it("comes after the prices were renewed, if the catalog changed", async () => {
    reconcile.mockResolvedValue({ catalogChanged: true, sweeps: [] } as never);
    expect(await call()).toEqual([200, { status: "done", sweeps: [] }]);
    expect(refreshPricing).toHaveBeenCalledTimes(1);
  });

  it("is 503 when they stopped, with the reason in the log alone", async () => {
    const said = vi.spyOn(log, "error");
    const reason = new Error("sk_live_secret");
    reconcile.mockRejectedValue(reason);
    expect(await call()).toEqual([
      503,
      { error: "The sweep stopped; the next call goes on from there. The log says why." },
    ]);
    expect(said.mock.calls).toEqual([["The scheduled sweep stopped and goes on at the next call.", reason]]);
  });
});
