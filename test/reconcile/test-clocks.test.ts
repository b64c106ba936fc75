import type Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client } from "@/db";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { isClean, reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { syncObject } from "@/lib/billing/sync/sync-object";
import { post } from "../support/post-event";
import { factsOf, invoiceRow, someUser, subscriptionRow, userById } from "../support/rows";
import { event } from "../support/stripe-objects";

/**
 * Customers of a test clock: their events are dated by a clock that stands still and jumps, so none is believed by
 * its own snapshot, and no list shows their objects.
 */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const DAY = 86_400;
const frozen = Math.floor(Date.now() / 1000) - 200 * DAY;
const report = () => reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 });

let clock: string;
let customer: string;
let user: Awaited<ReturnType<typeof someUser>>;
let sub: Stripe.Subscription;
let bill: Stripe.Invoice;

beforeAll(async () => {
  await applyCatalog();
  clock = (await stripe.testHelpers.testClocks.create({ frozen_time: frozen })).id;
  customer = (await stripe.customers.create({ test_clock: clock, payment_method: "pm_card_visa" })).id;
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: card?.id ?? "" } });
  const [price] = (await stripe.prices.list({ lookup_keys: ["aiaas_pro_monthly"] })).data;
  sub = await stripe.subscriptions.create({ customer, items: [{ price: price?.id ?? "", quantity: 2 }] });
  bill = await stripe.invoices.retrieve(String(sub.latest_invoice));
  user = await someUser({ stripeCustomerId: customer });
});
beforeEach(() => own.stripe.rest());

const TIMES: [string, number][] = [
  ["the clock's own second", frozen],
  ["a second before it", frozen - 1],
  ["this second", Math.floor(Date.now() / 1000)],
  ["long ago", 1],
  ["long from now", frozen + 4_000 * DAY],
  ["long from now once more", frozen + 4_000 * DAY],
  ["the clock's own second, afterwards", frozen],
];

describe("an event that says something else than Stripe", () => {
  it.each(TIMES)("about a subscription, at %s: Stripe is asked, and right", async (_, created) => {
    const wrong = { ...sub, status: "unpaid", cancel_at: frozen + 5, items: { ...sub.items, data: [] } };
    for (const type of ["customer.subscription.created", "customer.subscription.updated"]) {
      own.stripe.rest();
      expect((await post(event(type, wrong, { created }))).status).toBe(200);
      expect(own.stripe.calls).toEqual([`GET /v1/subscriptions/${sub.id}`]);
      expect(await subscriptionRow(sub.id)).toMatchObject({
        status: "active",
        quantity: 2,
        unitAmount: 9_900,
        cancelAt: null,
        startedAt: new Date(frozen * 1000),
        userId: user.id,
      });
    }
    expect((await userById(user.id))?.currentSubscriptionId).toBe((await subscriptionRow(sub.id))?.id);
  });

  it.each(TIMES)("that it was deleted, at %s: it lives", async (_, created) => {
    const gone = { ...sub, status: "canceled", ended_at: frozen };
    expect((await post(event("customer.subscription.deleted", gone, { created }))).status).toBe(200);
    expect(await subscriptionRow(sub.id)).toMatchObject({ status: "active", endedAt: null, deletedAt: null });
  });

  it.each(TIMES)("about an invoice, at %s: neither row nor ledger take its word", async (_, created) => {
    const wrong = { ...bill, status: "void", amount_paid: 1, number: "WRONG" };
    expect((await post(event("invoice.updated", wrong, { created }))).status).toBe(200);
    const paid = { ...bill, status: "paid", amount_paid: 3, currency: "eur" };
    expect((await post(event("invoice.paid", paid, { created }))).status).toBe(200);
    expect(own.stripe.calls).toEqual(Array(2).fill(`GET /v1/invoices/${bill.id}`));
    expect(await invoiceRow(bill.id ?? "")).toMatchObject({
      status: "paid",
      amountPaid: 19_800,
      number: bill.number,
      stripeCreatedAt: new Date(frozen * 1000),
      userId: user.id,
    });
    expect(await factsOf(bill.id ?? "")).toMatchObject([
      { kind: "invoice_paid", amount: 19_800, revenue: 19_800, currency: "usd", userId: user.id },
    ]);
  });

  it("one without a test clock is believed, and Stripe not asked", async () => {
    const known = { ...sub, id: "sub_without_a_clock", test_clock: null, status: "unpaid" };
    expect((await post(event("customer.subscription.updated", known))).status).toBe(200);
    const { test_clock: _, ...bare } = { ...known, id: "sub_without_the_field" };
    expect((await post(event("customer.subscription.updated", bare))).status).toBe(200);
    expect(own.stripe.calls).toEqual([]);
    for (const id of ["sub_without_a_clock", "sub_without_the_field"]) {
      expect(await subscriptionRow(id)).toMatchObject({ status: "unpaid" });
      // Stripe has no such subscription: gone again, for the tests below.
      await client`delete from subscriptions where stripe_id = ${id}`;
    }
  });
});

describe("a clock that jumps", () => {
  it("over two renewals: its events in any order end in what Stripe says", async () => {
    for (const days of [40, 80]) {
      await stripe.testHelpers.testClocks.advance(clock, { frozen_time: frozen + days * DAY });
      await vi.waitFor(
        async () =>
          expect(await stripe.testHelpers.testClocks.retrieve(clock)).toMatchObject({ status: "ready" }),
        { timeout: 10_000 },
      );
    }
    const events: Stripe.Event[] = [];
    for await (const one of stripe.events.list({ limit: 100 })) events.push(one);
    const ofClock = events.filter(
      ({ data: { object } }) =>
        ("test_clock" in object && object.test_clock === clock) ||
        // It does not say that it is a clock's; there are no others here.
        ("object" in object && object.object === "invoice_payment"),
    );
    expect(ofClock.length).toBeGreaterThan(10);
    for (const one of ofClock) expect((await post(JSON.stringify(one))).status).toBe(200);
    const now = await stripe.subscriptions.retrieve(sub.id);
    const [item] = now.items.data;
    expect(item?.current_period_end).toBeGreaterThan(frozen + 80 * DAY);
    expect(await subscriptionRow(sub.id)).toMatchObject({
      status: "active",
      currentPeriodStart: new Date((item?.current_period_start ?? 0) * 1000),
      currentPeriodEnd: new Date((item?.current_period_end ?? 0) * 1000),
    });
    const paid = await client`select sum(revenue)::int as sum, count(*)::int from stripe_transactions
      where stripe_customer_id = ${customer} and kind = 'invoice_paid'`;
    expect(paid).toMatchObject([{ sum: 3 * 19_800, count: 3 }]);
  });

  it("what no list shows is compared all the same, its money too, and mended", async () => {
    const listed = await stripe.subscriptions.list({ status: "all", limit: 100 });
    expect(listed.data.map(({ id }) => id)).not.toContain(sub.id);
    const clean = await report();
    expect(clean.drift).toEqual([]);
    expect(clean.ledger).toEqual([{ currency: "usd", ours: 59_400, stripe: 59_400 }]);
    expect(isClean(clean)).toBe(true);
    // Once for all; none is asked for by itself, because what it paid for is known by then.
    expect(own.stripe.calls.filter((call) => call === "GET /v1/charges")).toHaveLength(1);

    await client`update subscriptions set quantity = 3 where stripe_id = ${sub.id}`;
    await client`update stripe_transactions set revenue = 19_801 where stripe_id = ${bill.id ?? ""}`;
    expect((await report()).drift).toEqual([
      { kind: "subscription", id: sub.id, field: "quantity", ours: 3, stripe: 2 },
      { kind: "ledger", id: `invoice_paid ${bill.id}`, field: "revenue", ours: 19_801, stripe: 19_800 },
    ]);
    await reconcile({ sweeps: "all", delayScale: 0 });
    expect(await subscriptionRow(sub.id)).toMatchObject({ quantity: 2, userId: user.id });
    expect(await factsOf(bill.id ?? "")).toMatchObject([{ revenue: 19_800 }]);
  });

  it("the clock is deleted, and its customers with it: access ends", async () => {
    await stripe.testHelpers.testClocks.del(clock);
    await reconcile({ sweeps: "all", delayScale: 0 });
    expect(await userById(user.id)).toMatchObject({ stripeCustomerId: null, currentSubscriptionId: null });
    expect(await subscriptionRow(sub.id)).toMatchObject({ status: "canceled" });
  });

  /** Of five objects of a kind none is listed; each can be read. */
  it("a shop whose subscriptions all live on test clocks is not taken for another account's", async () => {
    const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: frozen });
    const { id: other } = await stripe.customers.create({ test_clock: id, payment_method: "pm_card_visa" });
    const [card] = (await stripe.customers.listPaymentMethods(other)).data;
    const [price] = (await stripe.prices.list({ lookup_keys: ["aiaas_pro_monthly"] })).data;
    for (let one = 0; one < 5; one++) {
      const { id: made } = await stripe.subscriptions.create({
        customer: other,
        default_payment_method: card?.id ?? "",
        items: [{ price: price?.id ?? "" }],
      });
      await syncObject("subscription", made);
    }
    await reconcile({ sweeps: "all", delayScale: 0 });
  });
});
