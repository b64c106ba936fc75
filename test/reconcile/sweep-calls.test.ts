import { and, eq, inArray, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { products, reconcileState, stripeEvents, stripeProducts, subscriptions } from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { log } from "@/lib/log";
import { purchaseAt, toldPurchaseAt } from "../support/purchase";
import { inboxRow, someUser, subscriptionRow, userById } from "../support/rows";
import { event, stripeId, subscription } from "../support/stripe-objects";

/** A sweep's calls: their filters, how far back they reach, in which portions, and where they go on. */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = toldPurchaseAt(own.stripe);
const sweep = (sweeps: "due" | "all" = "due") => reconcile({ sweeps, delayScale: 0 });
type Kind = "undelivered" | "full" | "objects";
const setState = (kind: Kind, set: Partial<typeof reconcileState.$inferInsert>) =>
  db.update(reconcileState).set(set).where(eq(reconcileState.kind, kind));
const getState = async (kind: Kind) =>
  (await db.select().from(reconcileState).where(eq(reconcileState.kind, kind)))[0];
const asDue = () => sql`now() - interval '8 days'` as unknown as Date;

let asked: [call: string, query: Record<string, string>][] = [];
const pagesOfEvents = () => asked.filter(([call]) => call === "GET /v1/events").map(([, query]) => query);

type Event = Record<string, unknown> & { id: string };
/** Oldest first. A page of Stripe's begins with the last. */
const addEvents = (...added: Partial<Event>[]) =>
  own.editState(({ event: events = [] }) => {
    const created = Math.floor(Date.now() / 1000);
    for (const one of added)
      events.push({
        ...events[0],
        created,
        id: stripeId("evt"),
        type: "customer.updated",
        pending_webhooks: 1,
        ...one,
      });
  });
const forgetEvents = () =>
  own.editState(({ event: events = [] }) => {
    // One is left, for the others to be made after; it is delivered, and longer ago than anything here asks.
    events.splice(1);
    Object.assign(events[0] ?? {}, { pending_webhooks: 0, created: 1, type: "charge.succeeded" });
  });
const many = (count: number, over: Partial<Event> = {}) =>
  Array.from({ length: count }, () => ({ id: stripeId("evt"), ...over }));
const outOfOrder = { status: 400, body: { error: { type: "invalid_request_error", message: "No." } } };

beforeAll(async () => {
  await applyCatalog();
  await own.control("drop");
  await buy("aiaas_starter_monthly");
});
beforeEach(async () => {
  own.stripe.rest();
  await sweep("all");
  await forgetEvents();
  asked = [];
  own.stripe.rest();
  own.stripe.before = (call, query) => {
    asked.push([call, Object.fromEntries(query)]);
    return null;
  };
});

describe("what is asked for", () => {
  it("undelivered: that alone, since an hour before the cursor of the full sweep, not its own", async () => {
    await setState("full", { cursor: 1_790_003_600 });
    await setState("undelivered", { cursor: 1_795_000_000 });
    await sweep();
    expect(asked).toEqual([
      ["GET /v1/events", { limit: "100", delivery_success: "false", "created[gte]": "1790000000" }],
    ]);
  });

  it("full: all events since an hour before its cursor, delivered or not", async () => {
    const cursor = Math.floor(Date.now() / 1000) - 86_400;
    await setState("full", { cursor, finishedAt: asDue() });
    await setState("undelivered", { cursor: 1_700_000_000 });
    await sweep();
    expect(pagesOfEvents()[1]).toEqual({ limit: "100", "created[gte]": String(cursor - 3_600) });
    expect(asked).toHaveLength(2);
  });

  it("without a cursor: as far back as Stripe lists", async () => {
    await setState("full", { cursor: null });
    await sweep("all");
    expect(pagesOfEvents()).toEqual([{ limit: "100", delivery_success: "false" }, { limit: "100" }]);
  });

  it("objects: every list, whole, subscriptions that have ended too", async () => {
    await setState("objects", { finishedAt: asDue() });
    await sweep();
    const whole = { limit: "100" };
    expect(asked.slice(1)).toEqual([
      ["GET /v1/customers", whole],
      ["GET /v1/products", whole],
      ["GET /v1/prices", whole],
      ["GET /v1/subscriptions", { ...whole, status: "all", "expand[0]": "data.discounts.source.coupon" }],
      ["GET /v1/invoices", whole],
      ["GET /v1/invoice_payments", whole],
      ["GET /v1/refunds", whole],
      ["GET /v1/disputes", { ...whole, "expand[0]": "data.charge" }],
      [
        "GET /v1/checkout/sessions",
        { ...whole, "expand[0]": "data.subscription", "expand[1]": "data.payment_intent" },
      ],
    ]);
  });

  it("says how many calls and pages it took", async () => {
    await setState("objects", { finishedAt: asDue() });
    const done = await sweep();
    expect(done).toMatchObject({
      sweeps: [
        { sweep: "undelivered", pages: 1, found: 0, reads: 0, failed: 0, pruned: 0 },
        { sweep: "objects", pages: 9, found: 0, reads: 0, failed: 0, pruned: 0 },
      ],
      catalogChanged: false,
    });
    expect((await getState("objects"))?.result).toEqual({
      pages: 9,
      found: 0,
      reads: 0,
      failed: 0,
      pruned: 0,
    });
  });
});

describe("how far back", () => {
  it.each(["full", "undelivered"] as const)(
    "%s: an event 3,600 seconds before the cursor is found, one of 3,601 is not",
    async (kind) => {
      const cursor = Math.floor(Date.now() / 1000) - 10_000;
      const [inside, edge, outside] = many(3);
      await addEvents(
        { ...outside, created: cursor - 3_601 },
        { ...edge, created: cursor - 3_600 },
        { ...inside, created: cursor - 3_599 },
      );
      if (kind === "full")
        await own.editState(({ event: events = [] }) => {
          for (const one of events) one.pending_webhooks = 0;
        });
      await setState("full", { cursor, ...(kind === "full" && { finishedAt: asDue() }) });
      await sweep();
      expect(await inboxRow(inside?.id ?? "")).toMatchObject({ status: "applied", attempts: 1 });
      expect(await inboxRow(edge?.id ?? "")).toMatchObject({ status: "applied" });
      expect(await inboxRow(outside?.id ?? "")).toBeUndefined();
    },
  );

  it("the cursor is Stripe's second in which the walk began, and the undelivered sweep moves only its own", async () => {
    const date = new Date(1_795_000_123_000).toUTCString();
    await setState("full", { cursor: 1_794_000_000, finishedAt: asDue() });
    own.stripe.before = (call) =>
      call === "GET /v1/events"
        ? {
            status: 200,
            headers: { Date: date },
            body: { object: "list", data: [], has_more: false, url: "/" },
          }
        : null;
    await sweep();
    expect(await getState("full")).toMatchObject({ cursor: 1_795_000_123, walk: null });
    await setState("full", { cursor: 1_794_000_000 });
    await setState("undelivered", { cursor: 5 });
    await sweep();
    expect(await getState("full")).toMatchObject({ cursor: 1_794_000_000 });
    expect(await getState("undelivered")).toMatchObject({ cursor: 1_795_000_123, walk: null });
  });
});

describe("in portions", () => {
  const failAt = (page: number) => {
    const before = own.stripe.before;
    own.stripe.before = async (call, query) => {
      await before(call, query);
      return call === "GET /v1/events" && pagesOfEvents().length === page ? outOfOrder : null;
    };
  };
  /** Of the events as Stripe lists them, newest first. */
  const nth = (events: { id: string }[], place: number) => events.toReversed()[place - 1]?.id;

  it("after a thousand events that matter the cursor moves", async () => {
    const events = many(1_100);
    await addEvents(...events);
    failAt(11);
    await expect(sweep()).rejects.toThrow("No.");
    expect((await getState("undelivered"))?.walk?.after).toBe(nth(events, 1_000));
    const settled = await db.select().from(stripeEvents).where(eq(stripeEvents.type, "customer.updated"));
    const thousand = events.slice(100).map(({ id }) => id);
    expect(settled.map(({ id }) => id)).toEqual(expect.arrayContaining(thousand));
    expect(await inboxRow(nth(events, 1_001) ?? "")).toBeUndefined();
  });

  it("after 999 it does not", async () => {
    const events = many(1_100);
    Object.assign(events.at(-1) ?? {}, { type: "charge.succeeded" });
    await addEvents(...events);
    failAt(11);
    await expect(sweep()).rejects.toThrow("No.");
    expect((await getState("undelivered"))?.walk).toBeNull();
    expect(await inboxRow(nth(events, 2) ?? "")).toBeUndefined();
  });

  it("nor after nineteen pages of what does not matter; but after twenty, and then again after twenty", async () => {
    const events = many(4_200, { type: "charge.succeeded" });
    await addEvents(...events);
    failAt(20);
    await expect(sweep()).rejects.toThrow("No.");
    expect((await getState("undelivered"))?.walk).toBeNull();
    asked = [];
    failAt(23);
    await expect(sweep()).rejects.toThrow("No.");
    expect((await getState("undelivered"))?.walk?.after).toBe(nth(events, 2_000));
    asked = [];
    failAt(22);
    await expect(sweep()).rejects.toThrow("No.");
    expect(pagesOfEvents()[0]).toMatchObject({ starting_after: nth(events, 2_000) });
    expect((await getState("undelivered"))?.walk?.after).toBe(nth(events, 4_000));
  });

  it("three objects are read at a time, so that a webhook finds a place", async () => {
    const subs = Array.from({ length: 8 }, () => subscription());
    await addEvents(
      ...subs.map(
        (object) => ({ type: "customer.subscription.updated", data: { object } }) as Partial<Event>,
      ),
    );
    let [now, most] = [0, 0];
    own.stripe.before = async (call) => {
      if (!call.startsWith("GET /v1/subscriptions/")) return null;
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 30));
      now--;
      return null;
    };
    const done = await sweep();
    expect(most).toBe(3);
    expect(done?.sweeps).toMatchObject([{ found: 8, reads: 8, failed: 0 }]);
  });

  it("after one that is refused no other is begun, and what ended it is written down", async () => {
    const subs = Array.from({ length: 9 }, () => subscription());
    await addEvents(
      ...subs.map(
        (object) => ({ type: "customer.subscription.updated", data: { object } }) as Partial<Event>,
      ),
    );
    const before = await getState("undelivered");
    const reads: string[] = [];
    own.stripe.before = async (call) => {
      if (!call.startsWith("GET /v1/subscriptions/")) return null;
      if (reads.push(call) === 1)
        return {
          status: 401,
          body: { error: { type: "invalid_request_error", message: "Invalid API Key" } },
        };
      // The other two are answered well, but after that.
      await new Promise((resolve) => setTimeout(resolve, 300));
      return null;
    };
    await expect(sweep()).rejects.toThrow("Invalid API Key");
    expect(reads).toHaveLength(3);
    const after = await getState("undelivered");
    expect(after).toMatchObject({ cursor: before?.cursor, finishedAt: before?.finishedAt });
    expect(after?.error).toContain("Invalid API Key");
    expect(after?.startedAt?.getTime()).toBeGreaterThan(before?.startedAt?.getTime() ?? 0);
    own.stripe.rest();
    await sweep();
    expect((await getState("undelivered"))?.error).toBeNull();
  });

  it.each([
    ["a second before the doubt about a reading: it tells of it", -1, 1],
    ["the first second of the doubt: it is read anew", 0, 2],
  ])("an object whose earlier event lies in the next portion, from %s", async (_, after, reads) => {
    const known = subscription();
    const about = { type: "customer.subscription.updated", data: { object: known } } as Partial<Event>;
    // An answer of this second, which took at most one, and whose clock may be two off.
    const answered = Math.floor(Date.now() / 1000);
    const doubt = answered - 1 - 2;
    const filler = many(1_100, { created: doubt + after });
    await addEvents({ ...about, created: doubt + after }, ...filler, { ...about, created: answered });
    const count: string[] = [];
    own.stripe.before = (call) => {
      if (call !== `GET /v1/subscriptions/${known.id}`) return null;
      count.push(call);
      return { status: 200, headers: { Date: new Date(answered * 1000).toUTCString() }, body: known };
    };
    await sweep();
    expect(count).toHaveLength(reads);
    expect(await subscriptionRow(known.id)).toMatchObject({ status: "active" });
  });
});

describe("a walk that was interrupted", () => {
  it("goes on behind the event at which it stood, and its cursor is from when it began", async () => {
    const [oldest, middle, newest] = many(3);
    await addEvents({ ...oldest }, { ...middle }, { ...newest });
    await setState("undelivered", { cursor: 3, walk: { startedAt: 1_791_234_567, after: middle?.id ?? "" } });
    await sweep();
    expect(pagesOfEvents()).toMatchObject([{ starting_after: middle?.id }]);
    expect(await inboxRow(oldest?.id ?? "")).toMatchObject({ status: "applied" });
    expect(await inboxRow(newest?.id ?? "")).toBeUndefined();
    expect(await getState("undelivered")).toMatchObject({ walk: null, cursor: 1_791_234_567 });
    await sweep();
    expect(await inboxRow(newest?.id ?? "")).toMatchObject({ status: "applied" });
  });

  it("begins anew where the event is not listed any more", async () => {
    const [one] = many(1);
    await addEvents({ ...one });
    await setState("undelivered", { cursor: 3, walk: { startedAt: 4, after: "evt_gone" } });
    await sweep();
    expect(pagesOfEvents().map((query) => query.starting_after)).toEqual(["evt_gone", undefined]);
    expect(await inboxRow(one?.id ?? "")).toMatchObject({ status: "applied" });
    expect((await getState("undelivered"))?.cursor).toBeGreaterThan(1_790_000_000);
  });

  it("does not, when something else is wrong", async () => {
    await setState("undelivered", { walk: { startedAt: 4, after: "evt_gone" } });
    own.stripe.before = (call, query) => {
      asked.push([call, Object.fromEntries(query)]);
      return outOfOrder;
    };
    await expect(sweep()).rejects.toThrow("No.");
    expect(asked).toHaveLength(1);
    await setState("undelivered", { walk: null });
  });

  describe("through the objects", () => {
    const listed = () =>
      asked
        .filter(([call]) => call !== "GET /v1/events")
        .map(([call, { starting_after }]) => [call, ...(starting_after ? [starting_after] : [])]);
    const REST = [["GET /v1/refunds"], ["GET /v1/disputes"], ["GET /v1/checkout/sessions"]];

    it("goes on in its list, and through the others from their tops", async () => {
      const [first] = (await stripe.invoices.list()).data;
      asked = [];
      await setState("objects", { walk: { startedAt: 7, list: "invoice", after: first?.id ?? "" } });
      await sweep();
      const payments = ["GET /v1/invoice_payments"];
      expect(listed()).toEqual([["GET /v1/invoices", first?.id], payments, ...REST]);
      expect((await getState("objects"))?.walk).toBeNull();
    });

    it("takes nothing for gone that came before the interruption; the next sweep sees all", async () => {
      const { data } = await stripe.subscriptions.list({ status: "all" });
      const [row] = await db
        .select()
        .from(subscriptions)
        .where(eq(subscriptions.stripeId, data[0]?.id ?? ""));
      const stray = { ...row, id: undefined, stripeId: stripeId("sub") };
      await db.insert(subscriptions).values(stray as never);
      await setState("objects", { walk: { startedAt: 7, list: "subscription", after: data[0]?.id ?? "" } });
      await sweep();
      expect((await subscriptionRow(stray.stripeId))?.deletedAt).toBeNull();
      await setState("objects", { finishedAt: asDue() });
      await sweep();
      expect((await subscriptionRow(stray.stripeId))?.deletedAt).toBeInstanceOf(Date);
    });

    it.each([
      ["whose object is gone: its list from the top", "refund", [["GET /v1/refunds", "x_gone"], ...REST]],
      [
        "in a list that is not walked any more: all of them from the top",
        "coupon",
        [
          ["GET /v1/customers", "x_gone"],
          ["GET /v1/customers"],
          ["GET /v1/products"],
          ["GET /v1/prices"],
          ["GET /v1/subscriptions"],
          ["GET /v1/invoices"],
          ["GET /v1/invoice_payments"],
          ...REST,
        ],
      ],
    ])("%s", async (_, list, expected) => {
      await setState("objects", { walk: { startedAt: 7, list, after: "x_gone" } });
      await sweep();
      expect(listed()).toEqual(expected);
    });

    it("says after each page how far it is, and from when", async () => {
      await setState("objects", { walk: { startedAt: 7, list: "invoice", after: null } });
      own.stripe.before = (call) => (call === "GET /v1/disputes" ? outOfOrder : null);
      const last = (await stripe.refunds.list()).data.at(-1)?.id ?? null;
      await expect(sweep()).rejects.toThrow("No.");
      expect((await getState("objects"))?.walk).toEqual({ startedAt: 7, list: "refund", after: last });
      own.stripe.rest();
      await sweep();
    });
  });
});

describe("the objects", () => {
  let known: string;
  beforeEach(async () => {
    known = (await stripe.subscriptions.list({ status: "all" })).data[0]?.id ?? "";
    await setState("objects", { finishedAt: asDue() });
    asked = [];
  });
  const isKnown = () => eq(subscriptions.stripeId, known);
  const alter = () => db.update(subscriptions).set({ quantity: 77 }).where(isKnown());
  const width = ({ stampLo, stampHi }: { stampLo: number; stampHi: number }) => stampHi - stampLo;
  const read = () => asked.filter(([call]) => call.startsWith("GET /v1/subscriptions/"));
  const insertStray = async () => {
    const [row] = await db.select().from(subscriptions).where(isKnown());
    const stray = { ...row, id: undefined, stripeId: stripeId("sub") };
    await db.insert(subscriptions).values(stray as never);
    return stray.stripeId;
  };
  afterEach(() => {
    vi.useRealTimers();
  });

  it("a list's answer is as good as a reading: what differs is not read by itself", async () => {
    await alter();
    expect((await sweep())?.sweeps[1]).toMatchObject({ sweep: "objects", found: 1, reads: 0, failed: 0 });
    expect(read()).toEqual([]);
    const row = await subscriptionRow(known);
    expect(row).toMatchObject({ quantity: 1 });
    // Two seconds for either clock, and up to one for the answer.
    expect(row && width(row)).toBeLessThanOrEqual(5);
  });

  it("how long a list took counts from the try that was answered", async () => {
    await alter();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    let tries = 0;
    own.stripe.before = (call) => {
      if (call !== "GET /v1/subscriptions") return null;
      tries++;
      vi.setSystemTime(start + tries * 7_000);
      return tries === 1 ? { status: 429, body: { error: { message: "Too many." } } } : null;
    };
    await sweep();
    const row = await subscriptionRow(known);
    // The answered try took seven seconds, both together fourteen.
    expect(row && width(row)).toBe(2 + 7 + 2);
  });

  it("a plan is two lists: what it took to get both counts", async () => {
    const [row] = await db.select().from(products).limit(1);
    await db
      .update(products)
      .set({ name: "Wrong" })
      .where(eq(products.id, row?.id ?? ""));
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    own.stripe.before = (call) => {
      if (call === "GET /v1/prices") vi.setSystemTime(start + 7_000);
      return null;
    };
    await sweep();
    const [plan] = await db
      .select()
      .from(stripeProducts)
      .where(eq(stripeProducts.stripeId, row?.stripeProductId ?? ""));
    expect(plan && width(plan)).toBe(2 + 7 + 2);
    const [after] = await db
      .select()
      .from(products)
      .where(eq(products.id, row?.id ?? ""));
    expect(after?.name).toBe(row?.name);
  });

  it("no time left is no failure of the object that comes next", async () => {
    await alter();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    own.stripe.before = (call) => {
      if (call === "GET /v1/subscriptions") vi.setSystemTime(start + 1_000);
      return null;
    };
    const done = await reconcile({ sweeps: "due", within: 1_000, delayScale: 0 });
    expect(done?.sweeps[1]).toMatchObject({ sweep: "objects", isWhole: false, failed: 0 });
    expect(await subscriptionRow(known)).toMatchObject({ quantity: 77 });
    vi.useRealTimers();
    own.stripe.rest();
    await sweep();
    expect(await subscriptionRow(known)).toMatchObject({ quantity: 1 });
  });

  it("what may pass by itself ends the sweep, which goes on from there", async () => {
    const stray = await insertStray();
    own.stripe.before = (call) =>
      call.endsWith(stray) ? { status: 401, body: { error: { message: "Invalid API Key" } } } : null;
    await expect(sweep()).rejects.toThrow("Invalid API Key");
    expect(await subscriptionRow(stray)).toMatchObject({ deletedAt: null });
    expect((await getState("objects"))?.walk).toMatchObject({ list: "subscription" });
    await db.delete(subscriptions).where(eq(subscriptions.stripeId, stray));
    await setState("objects", { walk: null });
  });

  it("one that cannot be applied is counted and said, and keeps no other from it", async () => {
    const said = vi.spyOn(log, "error");
    const [stray, gone] = [await insertStray(), await insertStray()];
    own.stripe.before = (call) =>
      call.endsWith(stray)
        ? { status: 200, body: subscription({ id: stray, items: { object: "list", data: [] } }) }
        : null;
    expect((await sweep())?.sweeps[1]).toMatchObject({ isWhole: true, reads: 2, failed: 1 });
    expect(said.mock.calls).toEqual([
      [
        "The sweep could not apply an object.",
        expect.objectContaining({ name: "Error" }),
        { kind: "subscription", id: stray },
      ],
    ]);
    said.mockRestore();
    expect((await subscriptionRow(gone))?.deletedAt).toBeInstanceOf(Date);
    for (const id of [stray, gone]) await db.delete(subscriptions).where(eq(subscriptions.stripeId, id));
  });

  /** `differencesOf` makes the row of every listed object, outside of what counts a failure. */
  it("nor one that a list shows: the others of its page are settled", async () => {
    const { data } = await stripe.subscriptions.list({ status: "all" });
    const strange = subscription({ items: { object: "list", data: [] } });
    await alter();
    own.stripe.before = (call) =>
      call === "GET /v1/subscriptions"
        ? { status: 200, body: { object: "list", data: [strange, ...data], has_more: false, url: "/" } }
        : null;
    const done = await sweep().finally(() => own.stripe.rest());
    expect(done?.sweeps[1]).toMatchObject({ sweep: "objects", failed: 1 });
    expect(await subscriptionRow(known)).toMatchObject({ quantity: 1 });
  });
});

describe("the inbox", () => {
  const insert = (rows: Partial<typeof stripeEvents.$inferInsert>[]) =>
    db.insert(stripeEvents).values(
      rows.map((row) => {
        const payload = event("customer.updated", { id: stripeId("cus"), object: "customer" });
        return {
          id: payload.id,
          type: payload.type,
          livemode: false,
          stripeCreatedAt: new Date(payload.created * 1000),
          status: "received" as const,
          payload,
          ...row,
        };
      }),
    );

  it("a thousand a run: what has been tried less often, then what came earlier", async () => {
    const at = (seconds: number) => new Date(Date.now() - 86_400_000 + seconds * 1000);
    await insert(Array.from({ length: 999 }, () => ({ attempts: 1, createdAt: at(50) })));
    const triedOften = event("customer.updated", { id: stripeId("cus"), object: "customer" });
    const cameLater = event("customer.updated", { id: stripeId("cus"), object: "customer" });
    const triedLess = event("customer.updated", { id: stripeId("cus"), object: "customer" });
    await insert([
      { id: triedOften.id, payload: triedOften, attempts: 2, createdAt: at(1) },
      { id: cameLater.id, payload: cameLater, attempts: 1, createdAt: at(60) },
      { id: triedLess.id, payload: triedLess, attempts: 0, createdAt: at(70) },
    ]);
    const statuses = async () =>
      Promise.all([triedOften, cameLater, triedLess].map(async ({ id }) => (await inboxRow(id))?.status));
    await setState("full", { finishedAt: asDue() });
    expect((await sweep())?.sweeps[1]).toMatchObject({ sweep: "full", found: 1_000 });
    expect(await statuses()).toEqual(["received", "received", "applied"]);
    await setState("full", { finishedAt: asDue() });
    expect((await sweep())?.sweeps[1]).toMatchObject({ sweep: "full", found: 2 });
    expect(await statuses()).toEqual(["applied", "applied", "applied"]);
  });

  it("what carries nothing any more, or is of the other mode, waits", async () => {
    const [empty, live] = [stripeId("evt"), stripeId("evt")];
    await insert([
      { id: empty, payload: null },
      { id: live, livemode: true },
    ]);
    await setState("full", { finishedAt: asDue() });
    expect((await sweep())?.sweeps[1]).toMatchObject({ sweep: "full", found: 0 });
    for (const id of [empty, live]) expect(await inboxRow(id)).toMatchObject({ status: "received" });
    await db.delete(stripeEvents).where(inArray(stripeEvents.id, [empty, live]));
  });

  it("forgets after 35 days what an event carried, in the daily sweep only, and nothing else of it", async () => {
    const [young, old, dead] = [stripeId("evt"), stripeId("evt"), stripeId("evt")];
    const ago = (text: string) => sql`now() - ${text}::interval` as unknown as Date;
    const applied = { status: "applied" as const, note: "Done.", appliedAt: new Date(5_000) };
    await insert([
      { ...applied, id: young, createdAt: ago("34 days 23:59:00") },
      { ...applied, id: old, createdAt: ago("35 days 00:01:00") },
      { id: dead, status: "parked", createdAt: ago("36 days"), payload: null },
    ]);
    const before = await inboxRow(old);
    await sweep();
    expect(await inboxRow(old)).toEqual(before);
    await setState("full", { finishedAt: asDue() });
    expect((await sweep())?.sweeps[1]).toMatchObject({ sweep: "full", pruned: 1 });
    expect(await inboxRow(old)).toEqual({ ...before, payload: null });
    expect((await inboxRow(young))?.payload).not.toBeNull();
  });
});

describe("several sweeps in one run", () => {
  it("the catalog changed if one of them found that it did", async () => {
    const [row] = await db.select().from(products).where(eq(products.lookupKey, "aiaas_pro_monthly"));
    await stripe.products.update(row?.stripeProductId ?? "", { description: "Told by an event." });
    const done = await sweep("all");
    expect(done?.sweeps.map(({ found }) => found)).toEqual([1, 0, 0]);
    expect(done?.catalogChanged).toBe(true);
    const both = await db
      .select({ description: products.description })
      .from(products)
      .where(and(eq(products.stripeProductId, row?.stripeProductId ?? ""), eq(products.active, true)));
    expect(both).toEqual(Array(2).fill({ description: "Told by an event." }));
  });

  it("a customer that was deleted long ago: the lists say nothing of it, its user is found by the gap", async () => {
    const { id } = await stripe.customers.create({});
    const [user, other] = [
      await someUser({ stripeCustomerId: id }),
      await purchaseAt(own.stripe)("aiaas_pro_monthly"),
    ];
    await sweep();
    await stripe.customers.del(id);
    await forgetEvents();
    await setState("objects", { finishedAt: asDue() });
    await sweep();
    expect((await userById(user.id))?.stripeCustomerId).toBeNull();
    expect((await userById(other.user.id))?.stripeCustomerId).toBe(other.customer);
  });
});
