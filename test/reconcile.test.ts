import { spawn } from "node:child_process";
import { once } from "node:events";
import { eq, inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import {
  checkoutSessions,
  invoices,
  products,
  reconcileState,
  stripeEvents,
  stripeTransactions,
  subscriptions,
  users,
} from "@/db/schema";
import { LostLeaseError, withLease } from "@/lib/background/lease";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { handleEvent } from "@/lib/billing/events/handle";
import { isClean, reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { purchaseAt, untilInvoicePaymentsAreTold } from "./support/purchase";
import { inboxRow, ledgerOf, subscriptionRow, userById } from "./support/rows";
import { event, stripeId, subscription } from "./support/stripe-objects";

/** No webhook ever arrives here: all that the rows know, the sweeps have found. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const sweep = (sweeps: "due" | "all" = "all", within?: number) =>
  reconcile({ sweeps, within, delayScale: 0 });
const buy = purchaseAt(own.stripe);
const drift = () => reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 });
const called = (...paths: string[]) =>
  own.stripe.calls.filter((call) => paths.some((path) => call.startsWith(`GET /v1/${path}`)));

beforeAll(async () => {
  await applyCatalog();
  await own.control("drop");
});
beforeEach(async () => {
  own.stripe.rest();
  await own.control("clear_faults");
  await own.control("drop");
  await db.update(reconcileState).set({ leaseUntil: null });
  await sweep();
  // As if all that happened until now had been delivered.
  await own.editState(({ event: events = [] }) => {
    for (const one of events) one.pending_webhooks = 0;
  });
  own.stripe.rest();
});

/** Ten objects' worth of events that nobody has seen. */
async function buyTen() {
  await Promise.all(Array.from({ length: 10 }, () => buy("micro_feature_once")));
  own.stripe.rest();
}

describe("a sweep", () => {
  it("finds what no webhook brought: access, money, and the way back", async () => {
    const [tier, packet] = [await buy("aiaas_starter_monthly"), await buy("micro_feature_once")];
    await stripe.refunds.create({ payment_intent: packet.paymentIntent, amount: 100 });
    await sweep("due");
    expect(await subscriptionRow(tier.subscription)).toMatchObject({
      status: "active",
      userId: tier.user.id,
    });
    expect((await userById(tier.user.id))?.currentSubscriptionId).not.toBeNull();
    expect(await ledgerOf(packet.customer)).toMatchObject([
      { kind: "checkout", revenue: 0 },
      { kind: "payment", stripeId: packet.paymentIntent, revenue: 49_900 },
      { kind: "refund", revenue: -100 },
    ]);
    await stripe.subscriptions.cancel(tier.subscription);
    await sweep("due");
    expect(await subscriptionRow(tier.subscription)).toMatchObject({ status: "canceled" });
  });

  it("costs one call when all was delivered, and else one a page and one an object", async () => {
    await untilInvoicePaymentsAreTold();
    await sweep("due");
    own.stripe.rest();
    await sweep("due");
    const quiet = own.stripe.calls.length;
    expect(quiet).toBe(1);
    own.stripe.rest();
    const { subscription } = await buy("aiaas_pro_monthly");
    for (const quantity of [2, 3, 4])
      await stripe.subscriptions.update(subscription, { metadata: { quantity } });
    await untilInvoicePaymentsAreTold();
    own.stripe.rest();
    await sweep("due");
    // A session, an invoice, its payment and a subscription, however many events told of each.
    expect(called("events")).toHaveLength(1);
    expect(own.stripe.calls.slice(1).toSorted()).toEqual([
      expect.stringContaining("/v1/checkout/sessions/cs_"),
      expect.stringContaining("/v1/invoice_payments/inpay_"),
      expect.stringContaining("/v1/invoices/in_"),
      `GET /v1/subscriptions/${subscription}`,
    ]);
  });

  it("brings the catalog's edits in Stripe's dashboard into our rows", async () => {
    const [row] = await db.select().from(products).where(eq(products.lookupKey, "aiaas_pro_monthly"));
    await stripe.products.update(row?.stripeProductId ?? "", { name: "Pro, renamed" });
    await stripe.prices.update(row?.stripePriceId ?? "", { active: false });
    const done = await sweep("due");
    expect(done?.catalogChanged).toBe(true);
    const [after] = await db.select().from(products).where(eq(products.lookupKey, "aiaas_pro_monthly"));
    expect(after).toMatchObject({ name: "Pro, renamed", active: false });
    await stripe.prices.update(row?.stripePriceId ?? "", { active: true });
    await applyCatalog();
  });

  it("waits when Stripe has had enough, and comes to its end", async () => {
    const { subscription } = await buy("aiaas_starter_monthly");
    await own.control("inject", { status: 429, path: "/v1/events", times: 2 });
    await own.control("inject", { status: 500, path: "/v1/subscriptions/", times: 1 });
    const done = await sweep("due");
    expect(done?.sweeps).toMatchObject([{ sweep: "undelivered", isWhole: true }]);
    expect(called("events")).toHaveLength(3);
    expect(called(`subscriptions/${subscription}`)).toHaveLength(2);
    expect(await subscriptionRow(subscription)).toMatchObject({ status: "active" });
  });

  it("gives up on an outage that does not end, says so, and loses nothing", async () => {
    const { subscription } = await buy("aiaas_starter_monthly");
    await own.control("inject", { status: 500, path: "/v1/events", times: 6 });
    await expect(sweep("due")).rejects.toThrow("error while talking to Stripe");
    const [state] = await db.select().from(reconcileState).where(eq(reconcileState.kind, "undelivered"));
    expect(state?.error).toContain("error while talking to Stripe");
    await sweep("due");
    expect(await subscriptionRow(subscription)).toMatchObject({ status: "active" });
  });

  it("that has no time left stops, and the next goes on", async () => {
    await buyTen();
    const within = 500;
    const end = Date.now() + within;
    own.stripe.before = async () => {
      // The answer to the third reading comes too late for anything else to be begun.
      while (called("checkout/sessions/").length > 2 && Date.now() < end)
        await new Promise((resolve) => setTimeout(resolve, 5));
      return null;
    };
    const first = await sweep("all", within);
    expect(first?.sweeps).toMatchObject([{ sweep: "undelivered", isWhole: false }]);
    own.stripe.rest();
    await sweep("all");
    expect(isClean(await drift())).toBe(true);
  });
});

describe("two sweepers", () => {
  it("at once: one sweeps, the other leaves it to it", async () => {
    await buyTen();
    const outcomes = await Promise.all([sweep("due"), sweep("due"), sweep("due")]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(called("events")).toHaveLength(1);
  });

  it("whoever was taken for dead stops, and does not move the cursor any more", async () => {
    await buyTen();
    const before = await db.select().from(reconcileState).where(eq(reconcileState.kind, "undelivered"));
    own.stripe.before = async () => {
      await db
        .update(reconcileState)
        .set({ leaseOwner: "another" })
        .where(eq(reconcileState.kind, "sweeper"));
      return null;
    };
    await expect(sweep("due")).rejects.toThrow(LostLeaseError);
    const after = await db.select().from(reconcileState).where(eq(reconcileState.kind, "undelivered"));
    expect(after[0]?.cursor).toBe(before[0]?.cursor);
    own.stripe.rest();
    // The other one's lease is not ours to give back.
    expect(await sweep("due")).toBeNull();
    await db.update(reconcileState).set({ leaseUntil: sql`now()` }).where(eq(reconcileState.kind, "sweeper"));
    expect(await sweep("due")).not.toBeNull();
  });

  it("the lease is given back after a failure", async () => {
    await expect(withLease(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLease(async () => "mine")).toBe("mine");
  });

  it("a crash in the middle repeats nothing and loses nothing", async () => {
    await buyTen();
    let read = 0;
    const child = spawn(process.execPath, ["--import", "tsx", "scripts/reconcile.ts"], {
      env: process.env,
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    own.stripe.before = async (call) => {
      if (call.startsWith("GET /v1/checkout/sessions/cs_") && ++read === 6) {
        child.kill("SIGKILL");
        await ended;
      }
      return null;
    };
    expect((await ended)[1]).toBe("SIGKILL");
    const [{ settled } = { settled: 0 }] = await db
      .select({ settled: sql<number>`count(*)::int` })
      .from(stripeEvents)
      .where(eq(stripeEvents.status, "applied"));
    expect(settled).toBeGreaterThan(0);

    own.stripe.rest();
    expect(await sweep("due"), "the lease outlives the crash").toBeNull();
    await db.update(reconcileState).set({ leaseUntil: sql`now()` }).where(eq(reconcileState.kind, "sweeper"));
    await sweep("due");
    const again = called("checkout/sessions/cs_").length;
    expect(again).toBeGreaterThan(0);
    expect(again).toBeLessThan(10);
    expect(isClean(await drift())).toBe(true);
  });
});

describe("events that failed before", () => {
  it("a parked one is repaired: its object is read", async () => {
    const { subscription: id } = await buy("aiaas_starter_monthly");
    const broken = event("customer.subscription.updated", subscription({ id, items: { data: [] } }));
    for (let tries = 0; tries < 5; tries++) {
      own.stripe.before = () => ({ status: 404, body: { error: { message: "out of order" } } });
      await handleEvent(broken as never).catch(() => {});
    }
    expect(await inboxRow(broken.id)).toMatchObject({ status: "parked" });
    own.stripe.rest();
    await sweep("all");
    expect(await inboxRow(broken.id)).toMatchObject({ status: "applied", attempts: 6 });
    expect(await subscriptionRow(id)).toMatchObject({ status: "active" });
  });

  it("an object that cannot be applied keeps no other from it, and is parked in the end", async () => {
    const [bad, good] = [await buy("aiaas_starter_monthly"), await buy("aiaas_pro_monthly")];
    own.stripe.before = (call) =>
      call.endsWith(bad.subscription)
        ? { status: 200, body: subscription({ id: bad.subscription, items: { data: [] } }) }
        : null;
    const done = await sweep("due");
    expect(done?.sweeps).toMatchObject([{ failed: 1, isWhole: true }]);
    expect(await subscriptionRow(good.subscription)).toMatchObject({ status: "active" });
    const rows = () => db.select().from(stripeEvents).where(eq(stripeEvents.objectId, bad.subscription));
    expect(await rows()).toMatchObject([{ status: "received", attempts: 1 }]);
    for (let tries = 0; tries < 4; tries++) await sweep("due");
    expect(await rows()).toMatchObject([{ status: "parked", attempts: 5 }]);
    expect((await rows())[0]?.lastError).toContain("has no items");
    own.stripe.rest();
    await sweep("all");
    expect(await rows()).toMatchObject([{ status: "applied" }]);
  });
});

const ALL_LISTS = ["customers", "products", "prices", "subscriptions", "invoices", "invoice_payments"]
  .concat("refunds", "disputes", "checkout/sessions")
  .map((path) => `GET /v1/${path}`);

describe("the sweep through all objects", () => {
  const lists = () => own.stripe.calls.filter((call) => !/_\w{12,}$/.test(call)).toSorted();

  it("finds years without webhooks again, from the lists alone", async () => {
    await buy("aiaas_starter_monthly");
    const { paymentIntent } = await buy("micro_feature_once");
    await stripe.refunds.create({ payment_intent: paymentIntent });
    await untilInvoicePaymentsAreTold();
    await sweep();
    own.stripe.rest();
    await sweep();
    const healthy = own.stripe.calls.toSorted();
    expect(healthy).toEqual(lists());

    await db.update(users).set({ currentSubscriptionId: null });
    for (const table of [subscriptions, invoices, checkoutSessions, stripeTransactions])
      await db.delete(table);
    own.stripe.rest();
    await sweep();
    expect(own.stripe.calls.toSorted()).toEqual(healthy);
    expect(await drift()).toMatchObject({ drift: [] });
    expect(await db.select().from(stripeTransactions)).not.toHaveLength(0);
  });

  it("reads one by one what changed here while the list was under way, and nothing else", async () => {
    const bought = [await buy("aiaas_starter_monthly"), await buy("aiaas_pro_monthly")];
    const ids = bought.map(({ subscription }) => subscription);
    await sweep();
    await db.update(subscriptions).set({ status: "unpaid" }).where(inArray(subscriptions.stripeId, ids));
    own.stripe.rest();
    own.stripe.before = async (call) => {
      if (call === "GET /v1/subscriptions")
        await db
          .update(subscriptions)
          .set({ rev: sql`${subscriptions.rev} + 1` })
          .where(eq(subscriptions.stripeId, ids[0] ?? ""));
      return null;
    };
    await sweep();
    expect(called("subscriptions/")).toEqual([`GET /v1/subscriptions/${ids[0]}`]);
    for (const id of ids) expect(await subscriptionRow(id)).toMatchObject({ status: "active" });
  });

  it("reads what is on no list, and takes Stripe's word that it is gone", async () => {
    const { subscription, customer } = await buy("aiaas_starter_monthly");
    await sweep();
    const [row] = await db.select().from(subscriptions).where(eq(subscriptions.stripeId, subscription));
    const stray = { ...row, id: undefined, stripeId: stripeId("sub") };
    await db.insert(subscriptions).values(stray as typeof subscriptions.$inferInsert);
    own.stripe.rest();
    await sweep();
    expect(called("subscriptions/")).toEqual([`GET /v1/subscriptions/${stray.stripeId}`]);
    expect(await subscriptionRow(stray.stripeId)).toMatchObject({
      status: "canceled",
      stripeCustomerId: customer,
      deletedAt: expect.any(Date),
    });
  });

  it("brings back what was taken for gone", async () => {
    const { subscription } = await buy("aiaas_starter_monthly");
    await sweep();
    await db
      .update(subscriptions)
      .set({ status: "canceled", deletedAt: new Date() })
      .where(eq(subscriptions.stripeId, subscription));
    await sweep();
    expect(await subscriptionRow(subscription)).toMatchObject({ status: "active", deletedAt: null });
  });

  it("goes on with the list at which it was interrupted; by hand, then through all of it once more", async () => {
    // That a payment paid its invoice is told seconds later, so an earlier test's may come only now.
    const objects = () =>
      own.stripe.calls.filter(
        (call) => call !== "GET /v1/events" && !call.startsWith("GET /v1/invoice_payments/"),
      );
    const rest = ["GET /v1/refunds", "GET /v1/disputes", "GET /v1/checkout/sessions"];
    for (const [sweeps, expected] of [
      ["due", rest],
      ["all", [...rest, ...ALL_LISTS]],
    ] as const) {
      await own.control("inject", { status: 500, path: "/v1/disputes", times: 6 });
      await expect(sweep()).rejects.toThrow("error while talking to Stripe");
      own.stripe.rest();
      await sweep(sweeps);
      expect(objects()).toEqual(expected);
    }
  });

  it("changes nothing for a key of another account", async () => {
    const { subscription } = await buy("aiaas_starter_monthly");
    await sweep();
    const missing = {
      error: { type: "invalid_request_error", code: "resource_missing", message: "No such" },
    };
    own.stripe.before = (call) =>
      lists().includes(call)
        ? { status: 200, body: { object: "list", data: [], has_more: false, url: "/" } }
        : { status: 404, body: missing };
    await expect(sweep()).rejects.toThrow("Is STRIPE_API_KEY of another account");
    expect(await subscriptionRow(subscription)).toMatchObject({ status: "active", deletedAt: null });
  });
});

describe("what is due", () => {
  const setState = (kind: "full" | "objects", set: Partial<typeof reconcileState.$inferInsert>) =>
    db.update(reconcileState).set(set).where(eq(reconcileState.kind, kind));
  const ago = (days: number) => sql`now() - make_interval(days => ${days})` as unknown as Date;
  const due = async () => (await sweep("due"))?.sweeps.map((one) => one.sweep);

  it("after all of it: only what Stripe could not deliver", async () => {
    expect(await due()).toEqual(["undelivered"]);
  });

  it("all events after a day, all objects after a week", async () => {
    await setState("full", { finishedAt: ago(1) });
    expect(await due()).toEqual(["undelivered", "full"]);
    await setState("objects", { finishedAt: ago(7) });
    expect(await due()).toEqual(["undelivered", "objects"]);
  });

  it("all objects once Stripe lists the events no more at which the last sweep ended", async () => {
    await setState("objects", { finishedAt: ago(2) });
    expect(await due()).toEqual(["undelivered"]);
    await setState("full", { finishedAt: ago(31), cursor: Math.floor(Date.now() / 1000) - 31 * 86_400 });
    expect(await due()).toEqual(["undelivered", "objects", "full"]);
    expect(await due()).toEqual(["undelivered"]);
  });

  it("what is not finished, from where it stopped; or anew if Stripe does not list that any more", async () => {
    const { subscription } = await buy("aiaas_starter_monthly");
    await setState("full", { walk: { startedAt: 1, after: "evt_gone" } });
    expect(await due()).toEqual(["undelivered", "full"]);
    expect(await subscriptionRow(subscription)).toMatchObject({ status: "active" });
    const [{ cursor, walk } = {}] = await db
      .select()
      .from(reconcileState)
      .where(eq(reconcileState.kind, "full"));
    expect(walk).toBeNull();
    expect(cursor).toBeGreaterThan(1);
  });
});

it("a thousand events more than a batch holds: the walk goes on behind the last batch that was settled", async () => {
  await buy("micro_feature_once");
  await own.editState(({ event: events = [] }) => {
    const object = { id: stripeId("cus"), object: "customer" };
    const model = { ...events.at(-1), type: "customer.updated", data: { object }, pending_webhooks: 1 };
    for (let copies = 0; copies < 1_200; copies++) events.push({ ...model, id: stripeId("evt") });
  });
  own.stripe.rest();
  // Ten pages of them, and one for what the purchase still reports by itself.
  own.stripe.before = () =>
    called("events").length > 11 ? { status: 500, body: { error: { message: "out of order" } } } : null;
  await expect(sweep("due")).rejects.toThrow("out of order");
  const state = async () =>
    (await db.select().from(reconcileState).where(eq(reconcileState.kind, "undelivered")))[0];
  const [{ settled } = { settled: 0 }] = await db
    .select({ settled: sql<number>`count(*)::int` })
    .from(stripeEvents)
    .where(eq(stripeEvents.type, "customer.updated"));
  expect(settled).toBeGreaterThanOrEqual(1_000);
  const half = await state();
  expect(half?.walk?.after).toMatch(/^evt_/);

  own.stripe.rest();
  const first = vi.fn();
  own.stripe.before = (_, query) => {
    first(query.get("starting_after"));
    return null;
  };
  const done = await sweep("due");
  expect(first.mock.calls[0]).toEqual([half?.walk?.after]);
  expect(done?.sweeps).toMatchObject([{ sweep: "undelivered", isWhole: true }]);
  expect(await state()).toMatchObject({ walk: null, cursor: half?.walk?.startedAt });
  expect(isClean(await drift())).toBe(true);
});

it("an object whose events lie in two batches is read once", async () => {
  await buy("micro_feature_once");
  const sub = (await buy("aiaas_starter_monthly")).subscription;
  await own.editState(({ event: events = [] }) => {
    const about = events.findLast(({ data }) => (data as { object: { id: string } }).object.id === sub);
    const object = { id: stripeId("cus"), object: "customer" };
    const between = { ...about, type: "customer.updated", data: { object }, pending_webhooks: 1 };
    // Longer ago than any reading's doubt about its second.
    for (const event of events) event.created = Number(event.created) - 60;
    for (let copies = 0; copies < 1_200; copies++) events.push({ ...between, id: stripeId("evt") });
    events.push({ ...about, type: "customer.subscription.updated", id: stripeId("evt") });
  });
  own.stripe.rest();
  await sweep("due");
  expect(called(`subscriptions/${sub}`)).toHaveLength(1);
  expect(isClean(await drift())).toBe(true);
});

it("payloads of 35 days ago are dropped by the daily sweep", async () => {
  const { subscription } = await buy("aiaas_starter_monthly");
  await sweep();
  const ofIt = eq(stripeEvents.objectId, subscription);
  await db.update(stripeEvents).set({ createdAt: sql`now() - interval '36 days'` }).where(ofIt);
  expect((await sweep())?.sweeps.find((one) => one.sweep === "full")).toMatchObject({ pruned: 1 });
  expect(await db.select().from(stripeEvents).where(ofIt)).toMatchObject([
    { payload: null, status: "applied" },
  ]);
});

it("a month without us: renewals, and each failed attempt to collect, which no object tells of later", async () => {
  await own.control("fail_next_payment", { code: "insufficient_funds" });
  await own.control("clock/next_renewal");
  const failed = await stripe.events.list({ type: "invoice.payment_failed" });
  expect(failed.data).toHaveLength(1);
  await sweep();
  expect(
    await db.select().from(stripeTransactions).where(eq(stripeTransactions.kind, "attempt")),
  ).toMatchObject([{ stripeEventId: failed.data[0]?.id, revenue: 0 }]);
  expect(await db.select().from(subscriptions).where(eq(subscriptions.status, "past_due"))).toHaveLength(1);
  expect(isClean(await drift())).toBe(true);
});
