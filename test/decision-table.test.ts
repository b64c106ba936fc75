import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { afterAll, beforeEach, expect, it } from "vitest";
import { startTruth } from "./support/stripe-truth";

/** docs/decisions/003-convergence.md, row by row, through the front door: what is written, and when Stripe is asked. */

const truth = await startTruth();
process.env.STRIPE_API_URL = truth.url;
// From here on the app's modules may read the environment.
const { db } = await import("@/db");
const { stripeProducts, products } = await import("@/db/schema");
const { handleEvent, handleListed } = await import("@/lib/billing/events/handle");
const { syncObject } = await import("@/lib/billing/sync/sync-object");
const { post } = await import("./support/post-event");
const { inboxRow, invoiceRow, itemRows, ledgerOf, sessionRow, someUser, subscriptionRow } = await import(
  "./support/rows"
);
const { event, invoice, PERIOD_START, paymentSession, stripeId, subscription } = await import(
  "./support/stripe-objects"
);

afterAll(() => truth.close());
beforeEach(() => {
  Object.assign(truth, { now: PERIOD_START + 1, reads: 0, isAway: false, whileAnswering: async () => {} });
});

type Subscription = ReturnType<typeof subscription>;
const changed = (known: Subscription, status: string, after = 0) =>
  event("customer.subscription.updated", { ...known, status }, { created: PERIOD_START + after });
const applied = async (...events: Parameters<typeof post>[0][]) => {
  for (const one of events) expect((await post(one)).status).toBe(200);
};
const at = (after: number) => ({ stampLo: PERIOD_START + after, stampHi: PERIOD_START + after });

it("no row: written, known to the second", async () => {
  const known = subscription();
  await applied(changed(known, "active", 5));
  expect(await subscriptionRow(known.id)).toMatchObject({ ...at(5), status: "active", rev: 0 });
  expect(truth.reads).toBe(0);
});

it("created, late: kept as it is, though its second is the later one", async () => {
  const known = subscription();
  await applied(changed(known, "past_due"));
  await applied(event("customer.subscription.created", known, { created: PERIOD_START + 9 }));
  expect(await subscriptionRow(known.id)).toMatchObject({ ...at(0), status: "past_due", rev: 0 });
  expect(truth.reads).toBe(0);
});

it("after created: anything else is newer, even of the same second", async () => {
  const known = subscription();
  await applied(event("customer.subscription.created", known), changed(known, "past_due"));
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "past_due", fromCreated: false, rev: 1 });
  expect(truth.reads).toBe(0);
});

it("deleted: the last word, even of the same second", async () => {
  const known = subscription();
  const deleted = event("customer.subscription.deleted", { ...known, status: "canceled" });
  await applied(changed(known, "active"), deleted, changed(known, "past_due", -1));
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "canceled" });
  expect(truth.reads).toBe(0);
});

it("the same second and the same row, but other items: Stripe is asked, and its items are written", async () => {
  const known = subscription();
  const [first] = known.items.data;
  const [added] = subscription().items.data;
  if (!first || !added) throw new Error("A subscription has an item.");
  const having = (...data: (typeof first)[]) => ({ ...known, items: { ...known.items, data } });
  const told = (one: object) => event("customer.subscription.updated", one);
  await applied(told(known), told(known));
  expect(truth.reads).toBe(0);
  for (const changed of [having(first, added), having(first, { ...added, quantity: 3 }), having(first)]) {
    truth.reads = 0;
    truth.put(changed);
    await applied(told(changed), told({ ...changed }));
    expect(truth.reads).toBeGreaterThan(0);
    const rows = await itemRows(known.id);
    expect(rows.map(({ stripeId, quantity }) => [stripeId, quantity]).toSorted()).toEqual(
      changed.items.data.map(({ id, quantity }) => [id, quantity]).toSorted(),
    );
  }
});

it("stale: kept as it is, while the facts it tells are recorded", async () => {
  const user = await someUser();
  const known = invoice({ customer: user.customer, status: "open", number: "new" });
  await applied(event("invoice.updated", known, { created: PERIOD_START + 20 }));
  await applied(event("invoice.payment_failed", { ...known, number: "old" }, { created: PERIOD_START + 10 }));
  expect(await invoiceRow(known.id)).toMatchObject({ ...at(20), number: "new", rev: 0 });
  expect(await ledgerOf(user.customer)).toMatchObject([{ kind: "attempt", stripeId: `${known.id}:1` }]);
  expect(truth.reads).toBe(0);
});

it("a status that climbs: the furthest wins in any order, without a question", async () => {
  const known = invoice({ status: "open" });
  const paid = { ...known, status: "paid" };
  await applied(event("invoice.finalized", known), event("invoice.paid", paid));
  await applied(event("invoice.updated", { ...known, status: "uncollectible" }));
  expect(await invoiceRow(known.id)).toMatchObject({ status: "paid" });
  expect(truth.reads).toBe(0);
});

it("newer: written, known to the second", async () => {
  const known = subscription();
  await applied(changed(known, "active"), changed(known, "past_due", 1));
  expect(await subscriptionRow(known.id)).toMatchObject({ ...at(1), status: "past_due", rev: 1 });
  expect(truth.reads).toBe(0);
});

it("same second, same content: kept, but counted", async () => {
  const known = subscription();
  await applied(changed(known, "active"), changed(known, "active"));
  expect(await subscriptionRow(known.id)).toMatchObject({ ...at(0), rev: 1 });
  expect(truth.reads).toBe(0);
});

it("same second, other content: read, known to the seconds of the answer", async () => {
  const known = subscription();
  truth.put({ ...known, status: "unpaid" });
  await applied(changed(known, "active"), changed(known, "past_due"));
  const row = await subscriptionRow(known.id);
  expect(row).toMatchObject({ status: "unpaid", stampHi: PERIOD_START + 1 + 2, rev: 1 });
  // The reading took at least a second, however short it was.
  expect(row?.stampLo).toBeLessThanOrEqual(PERIOD_START + 1 - 1 - 2);
  expect(truth.reads).toBe(1);
});

it("an answer without a date is held to be five minutes off", async () => {
  const known = subscription();
  truth.put(known);
  truth.now = null;
  await syncObject("subscription", known.id);
  const row = await subscriptionRow(known.id);
  expect((row?.stampHi ?? 0) - (row?.stampLo ?? 0)).toBeGreaterThanOrEqual(600);
});

it("another API version: read, and not again when the event comes twice", async () => {
  const known = subscription({ status: "past_due" });
  truth.put(known);
  const foreign = { ...changed(known, "active"), api_version: "2019-01-01" };
  foreign.data = { object: { id: known.id, object: "subscription", plan: "as it was then" } };
  await applied(foreign);
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "past_due" });
  truth.isAway = true;
  await applied(foreign);
  expect(truth.reads).toBe(1);
});

it("a reading during which something newer came is not trusted", async () => {
  const known = subscription();
  await applied(changed(known, "active"));
  truth.put({ ...known, status: "past_due" });
  truth.whileAnswering = async () => {
    if (truth.reads > 1) return;
    truth.put({ ...known, status: "unpaid" });
    await applied(changed(known, "unpaid", 1));
  };
  await applied(changed(known, "past_due"));
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "unpaid" });
});

it("nor one during which something came that says the same as the row", async () => {
  const known = subscription();
  await applied(changed(known, "active"));
  truth.put({ ...known, status: "past_due" });
  truth.whileAnswering = async () => {
    if (truth.reads > 1) return;
    truth.put({ ...known, status: "active" });
    await applied(changed(known, "active"));
  };
  await applied(changed(known, "past_due"));
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "active" });
  expect(truth.reads).toBe(2);
});

it("an object that keeps changing while it is read: 503, and a calmer moment settles it", async () => {
  const known = subscription();
  await applied(changed(known, "active"));
  truth.put({ ...known, status: "unpaid" });
  truth.whileAnswering = async () => applied(changed(known, "active"));
  const unsure = changed(known, "past_due");
  expect((await post(unsure)).status).toBe(503);
  expect(truth.reads).toBe(4);
  truth.whileAnswering = async () => {};
  await applied(unsure);
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "unpaid" });
});

it("Stripe knows it no more: ended, and no later event brings it back", async () => {
  const known = subscription();
  await applied(changed(known, "active"), changed(known, "past_due"), changed(known, "active", 60));
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "canceled", deletedAt: expect.any(Date) });
  expect(truth.reads).toBe(1);
});

it("Stripe knows it again: it lives, and its events count", async () => {
  const known = subscription();
  await applied(changed(known, "active"), changed(known, "past_due"));
  truth.put({ ...known, status: "past_due" });
  await syncObject("subscription", known.id);
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "past_due", deletedAt: null });
  await applied(changed(known, "active", 60));
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "active" });
});

it("one reading for two events that never came: what either of them tells is not lost", async () => {
  const session = paymentSession({ payment_status: "unpaid" });
  truth.put(session);
  const events = ["checkout.session.completed", "checkout.session.async_payment_failed"].map((type) =>
    event(type, session),
  );
  await handleListed({ kind: "checkout.session", id: session.id }, events as unknown as Stripe.Event[]);
  expect(await sessionRow(session.id)).toMatchObject({ status: "complete", paymentStatus: "failed" });
  for (const { id } of events) expect(await inboxRow(id)).toMatchObject({ status: "applied" });
});

it("Stripe is away: what is sure is applied, what is unsure comes again", async () => {
  const known = subscription();
  truth.isAway = true;
  const unsure = changed(known, "unpaid", 1);
  await applied(changed(known, "active"), changed(known, "past_due", 1));
  expect((await post(unsure)).status).toBe(503);
  expect(await inboxRow(unsure.id)).toMatchObject({ status: "received", attempts: 1 });
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "past_due" });
  truth.isAway = false;
  truth.put({ ...known, status: "unpaid" });
  await applied(unsure);
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "unpaid" });
  expect(await inboxRow(unsure.id)).toMatchObject({ status: "applied", lastError: expect.any(String) });
});

it("an event that cannot be applied: parked at the fifth failure, and its object read instead", async () => {
  const known = subscription({ status: "past_due" });
  truth.put(known);
  const poison = event("customer.subscription.updated", { ...known, items: { data: [] } });
  for (let delivery = 1; delivery <= 4; delivery++) expect((await post(poison)).status).toBe(503);
  expect(await subscriptionRow(known.id)).toBeUndefined();
  expect((await post(poison)).status).toBe(200);
  expect(await inboxRow(poison.id)).toMatchObject({
    status: "parked",
    attempts: 5,
    note: expect.stringMatching(/^Parked\./),
  });
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "past_due" });
  await applied(changed(known, "active", 60));
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "active" });
});

it("Stripe is away for long: what is unsure is never parked", async () => {
  const known = subscription();
  truth.isAway = true;
  const unsure = changed(known, "unpaid");
  await applied(changed(known, "active"));
  for (let delivery = 1; delivery <= 6; delivery++) expect((await post(unsure)).status).toBe(503);
  expect(await inboxRow(unsure.id)).toMatchObject({ status: "received", attempts: 6 });
});

it("a plan that was never known and is gone: a reading begun before does not put it on sale", async () => {
  const [id, price] = [stripeId("prod"), stripeId("price")];
  const product = { id, object: "product", name: "Pro", active: true, metadata: { plan: "pro" } };
  const told = { ...product, marketing_features: [], description: "", livemode: false };
  // Not by the route: it refreshes pages, which only Next can.
  const handle = (type: string) => handleEvent(event(type, told) as unknown as Stripe.Event);
  truth.put(told);
  truth.put({ id: price, object: "price", product: id, active: true, currency: "usd", livemode: false });
  truth.whileAnswering = async () => {
    if (truth.reads !== 2) return;
    truth.remove(id);
    await handle("product.deleted");
  };
  await handle("product.created");
  expect(await db.select().from(products).where(eq(products.stripeProductId, id))).toEqual([]);
  const [plan] = await db.select().from(stripeProducts).where(eq(stripeProducts.stripeId, id));
  expect(plan?.deletedAt).not.toBeNull();
});
