import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startTruth } from "./support/stripe-truth";

/** An event is not believed where only a reading can tell. Stripe says here what a test declares. */

const truth = await startTruth();
process.env.STRIPE_API_URL = truth.url;
// From here on the app's modules may read the environment.
const { db } = await import("@/db");
const { products, stripeTransactions } = await import("@/db/schema");
const { handleListed } = await import("@/lib/billing/events/handle");
const { syncObject } = await import("@/lib/billing/sync/sync-object");
const { stripe } = await import("@/lib/billing/stripe");
const { ledgerRows, postgresRow } = await import("./fields/postgres-row");
const { post } = await import("./support/post-event");
const { inboxRow, someUser, subscriptionRow, userById } = await import("./support/rows");
const {
  checkoutSession,
  dispute,
  event,
  invoice,
  PERIOD_START,
  paymentSession,
  refund,
  stripeId,
  subscription,
} = await import("./support/stripe-objects");

// Every refusal is wanted here.
vi.spyOn(console, "error").mockImplementation(() => {});

const NOW = PERIOD_START + 600;
afterAll(() => truth.close());
beforeEach(() => {
  Object.assign(truth, { now: NOW, reads: 0, isAway: false, whileAnswering: async () => {} });
});

const sent = async (...all: Parameters<typeof post>[0][]) => {
  for (const one of all) expect((await post(one)).status).toBe(200);
};

/** https://docs.stripe.com/billing/testing/test-clocks: its time jumps, so `created` says nothing about the order. */
describe("an object on a test clock", () => {
  it.each([
    ["customer.subscription.updated", "subscriptions", subscription, "past_due", "active"],
    ["customer.subscription.created", "subscriptions", subscription, "past_due", "active"],
    ["customer.subscription.deleted", "subscriptions", subscription, "unpaid", "canceled"],
    ["invoice.paid", "invoices", invoice, "open", "paid"],
  ] as const)("%s is read from Stripe", async (type, table, make, isTrue, isTold) => {
    const known = make({ test_clock: stripeId("clock") });
    truth.put({ ...known, status: isTrue });
    await sent(event(type, { ...known, status: isTold }, { created: NOW + 9_999_999 }));
    expect(await postgresRow(table, known.id)).toMatchObject({
      status: isTrue,
      // As of the answer, and not of the clock's future.
      stamp_hi: NOW + 2,
    });
    expect(truth.reads).toBe(1);
  });

  it("a customer that is told to be gone is still ours while Stripe has it", async () => {
    const user = await someUser();
    const known = { id: user.customer, object: "customer", test_clock: stripeId("clock") };
    truth.put(known);
    await sent(event("customer.updated", known));
    expect(truth.reads).toBe(0);
    truth.put({ id: user.customer, object: "customer", deleted: true });
    await sent(event("customer.deleted", known, { created: NOW + 9_999_999 }));
    expect(truth.reads).toBe(1);
    expect(await userById(user.id)).toMatchObject({ stripeCustomerId: null });
  });

  it.each([{ test_clock: null }, {}])("on none (%j) it is believed", async (over) => {
    const known = subscription(over);
    truth.put({ ...known, status: "past_due" });
    await sent(event("customer.subscription.updated", known));
    expect(await postgresRow("subscriptions", known.id)).toMatchObject({ status: "active" });
    expect(truth.reads).toBe(0);
  });
});

describe("an event of another API version", () => {
  const old = { api_version: "2020-08-27" };

  it.each([
    ["customer.subscription.updated", "subscriptions", subscription, "past_due"],
    ["invoice.updated", "invoices", invoice, "uncollectible"],
    ["charge.dispute.updated", "disputes", dispute, "won"],
    ["checkout.session.expired", "checkout_sessions", checkoutSession, "expired"],
  ] as const)("%s: its object is read from Stripe", async (type, table, make, status) => {
    const known = make();
    truth.put({ ...known, status });
    await sent(event(type, { id: known.id, object: known.object }, old));
    expect(await postgresRow(table, known.id)).toMatchObject({ status });
    expect(truth.reads).toBe(1);
  });

  it("refund.updated: its ledger row is of what was read, until the refund's first event names it", async () => {
    const known = refund({ status: "succeeded", amount: 311 });
    truth.put(known);
    await sent(event("refund.updated", { id: known.id, object: "refund" }, old));
    expect(await ledgerRows(known.id)).toMatchObject([{ amount: 311, revenue: -311, status: "succeeded" }]);
    const created = event("refund.created", { id: known.id, object: "refund" }, old);
    await sent(created);
    expect(await ledgerRows(known.id)).toMatchObject([
      { revenue: -311, event_type: "refund.created", stripe_event_id: created.id },
    ]);
  });

  it("invoice.payment_failed: the attempt that it tells of, though more were made since", async () => {
    const { customer } = await someUser();
    const known = invoice({ customer, status: "open", attempt_count: 5, amount_due: 811, amount_paid: 0 });
    truth.put(known);
    const failed = { created: PERIOD_START + 7, ...old };
    await sent(
      event("invoice.payment_failed", { id: known.id, object: "invoice", attempt_count: 2 }, failed),
    );
    expect(await ledgerRows(customer)).toMatchObject([
      { kind: "attempt", stripe_id: `${known.id}:2`, amount: 811, occurred_at: "2026-09-21T14:13:27+00:00" },
    ]);
  });

  it("checkout.session.async_payment_succeeded: the checkout is in what was read, though the event tells of its money alone", async () => {
    const { customer } = await someUser();
    const known = paymentSession({ customer });
    truth.put(known);
    const told = event(
      "checkout.session.async_payment_succeeded",
      { id: known.id, object: known.object },
      old,
    );
    await sent(told);
    expect(await ledgerRows(customer)).toMatchObject([
      { kind: "checkout", revenue: 0, stripe_event_id: null },
      { kind: "payment", revenue: 49_900, stripe_event_id: told.id },
    ]);
  });

  it("no version at all: not believed either", async () => {
    const known = subscription();
    truth.put({ ...known, status: "past_due" });
    await sent(event("customer.subscription.updated", known, { api_version: null as never }));
    expect(await postgresRow("subscriptions", known.id)).toMatchObject({ status: "past_due" });
  });
});

describe("two events of one second", () => {
  it.each([
    ["a status", { status: "past_due" }],
    ["a time", { trial_end: 1_809_587_290 }],
    ["a time that was none", { cancel_at: 1_809_587_289 }],
    ["a time that is none any more", { trial_end: null }],
    ["a number", { items: 8 }],
    ["yes for no", { cancel_at_period_end: true }],
  ])(
    "that differ in %s: Stripe is asked",
    async (_, { items: quantity, ...change }: Record<string, unknown>) => {
      const known = subscription({ trial_end: 1_809_587_289 });
      const [item] = known.items.data;
      const items = quantity ? { object: "list", data: [{ ...item, quantity }] } : known.items;
      truth.put({ ...known, status: "unpaid" });
      await sent(event("customer.subscription.updated", known));
      await sent(event("customer.subscription.updated", { ...known, ...change, items }));
      expect(truth.reads).toBe(1);
      expect(await postgresRow("subscriptions", known.id)).toMatchObject({ status: "unpaid" });
    },
  );

  it("that differ in what we do not copy: nobody is asked, and it counts", async () => {
    const known = subscription({ trial_end: 1_809_587_289 });
    await sent(event("customer.subscription.updated", known));
    await sent(event("customer.subscription.updated", { ...known, metadata: { colour: "red" } }));
    expect(truth.reads).toBe(0);
    expect(await postgresRow("subscriptions", known.id)).toMatchObject({ rev: 1 });
  });
});

describe("a checkout session that is read without an event", () => {
  const sync = async (session: { id: string; created: number }) => {
    truth.put(session);
    await syncObject("checkout.session", session.id);
    return postgresRow("checkout_sessions", session.id);
  };
  const CREATED = 1_798_859_045; // 2027-01-02 03:04:05
  const BOUGHT = 1_801_627_506; // 2027-02-03 04:05:06

  it.each([
    ["its subscription", checkoutSession({ subscription: { id: "sub_1", created: BOUGHT } })],
    ["its payment", paymentSession({ payment_intent: { id: "pi_1", created: BOUGHT } })],
  ])("was completed when %s came into being", async (_, session) => {
    expect(await sync({ ...session, created: CREATED })).toMatchObject({
      completed_at: "2027-02-03T04:05:06+00:00",
    });
  });

  it("was completed when it was made, where it led to nothing that has a date", async () => {
    for (const outcome of [null, stripeId("sub")])
      expect(await sync(checkoutSession({ subscription: outcome, created: CREATED }))).toMatchObject({
        completed_at: "2027-01-02T03:04:05+00:00",
      });
  });

  it.each([
    // the session, its payment, the status of its payment intent, what we say of its payment
    ["complete", "unpaid", "requires_payment_method", "failed"],
    ["complete", "unpaid", "canceled", "failed"],
    ["complete", "unpaid", "processing", "unpaid"],
    ["complete", "unpaid", "requires_action", "unpaid"],
    ["complete", "paid", "requires_payment_method", "paid"],
    ["complete", "no_payment_required", "canceled", "no_payment_required"],
    ["open", "unpaid", "requires_payment_method", "unpaid"],
    ["open", "unpaid", "canceled", "unpaid"],
    ["expired", "unpaid", "canceled", "unpaid"],
  ])(
    "%s, %s, with a payment intent that is %s: its payment is %s",
    async (status, payment, intent, expected) => {
      const payment_intent = {
        id: stripeId("pi"),
        object: "payment_intent",
        status: intent,
        created: BOUGHT,
      };
      const session = paymentSession({ status, payment_status: payment, payment_intent });
      expect(await sync(session)).toMatchObject({ status, payment_status: expected });
    },
  );

  it("that only names its payment intent does not tell whether it failed", async () => {
    for (const payment_intent of [null, stripeId("pi")])
      expect(await sync(paymentSession({ payment_status: "unpaid", payment_intent }))).toMatchObject({
        payment_status: "unpaid",
      });
  });

  it("is named by no event in the ledger, until one tells of it", async () => {
    const { customer } = await someUser();
    const session = paymentSession({ customer });
    await sync(session);
    const unnamed = { event_type: "checkout.session.completed", stripe_event_id: null };
    expect(await ledgerRows(customer)).toMatchObject([unnamed, unnamed]);
    const told = event("checkout.session.completed", session);
    await sent(told);
    expect((await ledgerRows(customer)).map((row) => row.stripe_event_id)).toEqual([told.id, told.id]);
  });
});

describe("an invoice that is read without an event", () => {
  it("was paid when it says, else it was paid when it was drafted", async () => {
    const CREATED = 1_798_859_045; // 2027-01-02 03:04:05
    for (const [paid_at, expected] of [
      [1_801_627_506, "2027-02-03T04:05:06+00:00"],
      [null, "2027-01-02T03:04:05+00:00"],
    ]) {
      const { customer } = await someUser();
      const known = invoice({ customer, created: CREATED, status_transitions: { paid_at } });
      truth.put(known);
      await syncObject("invoice", known.id);
      expect(await ledgerRows(customer)).toMatchObject([
        { event_type: "invoice.payment_succeeded", stripe_event_id: null, occurred_at: expected },
      ]);
    }
  });
});

describe("what Stripe knows no more", () => {
  it("a subscription: it has ended, and grants its user nothing", async () => {
    const user = await someUser();
    const known = subscription({ customer: user.customer });
    await sent(event("customer.subscription.created", known));
    expect((await userById(user.id))?.currentSubscriptionId).not.toBeNull();
    await syncObject("subscription", known.id);
    expect(await postgresRow("subscriptions", known.id)).toMatchObject({
      status: "canceled",
      deleted_at: expect.any(String),
      rev: 1,
    });
    expect((await userById(user.id))?.currentSubscriptionId).toBeNull();
  });

  it("an invoice: its status stays, and what comes later is not news", async () => {
    const known = invoice({ status: "open" });
    await sent(event("invoice.updated", known));
    await syncObject("invoice", known.id);
    await sent(event("invoice.updated", { ...known, number: "later" }, { created: PERIOD_START + 60 }));
    expect(await postgresRow("invoices", known.id)).toMatchObject({
      status: "open",
      number: "TF-0001",
      deleted_at: expect.any(String),
    });
  });

  it("a product: none of its prices can be bought, and another's can", async () => {
    const plan = (id: string) => {
      const product = { id, object: "product", name: id, active: true, metadata: { plan: id } };
      truth.put({ ...product, marketing_features: [], description: "", livemode: false });
      const price = { id: `price_${id}`, object: "price", product: id, active: true, currency: "usd" };
      const terms = { lookup_key: id, billing_scheme: "per_unit", unit_amount: 1, unit_amount_decimal: "1" };
      truth.put({ ...price, ...terms, livemode: false });
      return syncObject("product", id);
    };
    const isActive = async (id: string) =>
      (await db.select().from(products).where(eq(products.stripeProductId, id))).map(({ active }) => active);
    const [gone, other] = [stripeId("prod"), stripeId("prod")];
    await plan(gone);
    await plan(other);
    expect([await isActive(gone), await isActive(other)]).toEqual([[true], [true]]);
    truth.remove(gone);
    await syncObject("product", gone);
    expect([await isActive(gone), await isActive(other)]).toEqual([[false], [true]]);
    truth.remove(other);
    await syncObject("product", other);
  });
});

describe("one reading for several events of a sweep", () => {
  const listed = (known: ReturnType<typeof subscription>, status: string, answer?: object) =>
    handleListed(
      { kind: "subscription", id: known.id },
      [event("customer.subscription.updated", { ...known, status }) as unknown as Stripe.Event],
      answer as never,
    );

  it("serves the earlier ones, too", async () => {
    const known = subscription();
    truth.put({ ...known, status: "past_due" });
    const first = await listed(known, "active");
    const second = await listed(known, "unpaid", "answer" in first ? first.answer : undefined);
    expect([first.status, second.status]).toEqual(["applied", "applied"]);
    expect(truth.reads).toBe(1);
    expect(await postgresRow("subscriptions", known.id)).toMatchObject({ status: "past_due" });
  });

  it("unless the row was changed since", async () => {
    const known = subscription();
    truth.put({ ...known, status: "past_due" });
    const first = await listed(known, "active");
    await sent(event("customer.subscription.updated", { ...known, status: "active" }, { created: NOW + 60 }));
    truth.put({ ...known, status: "unpaid" });
    await listed(known, "unpaid", "answer" in first ? first.answer : undefined);
    expect(truth.reads).toBe(2);
    expect(await postgresRow("subscriptions", known.id)).toMatchObject({ status: "unpaid" });
  });

  it("which cannot be applied: waits four times, is parked the fifth", async () => {
    const known = subscription({ items: { object: "list", data: [] } });
    truth.put(known);
    const poison = event("customer.subscription.updated", known) as unknown as Stripe.Event;
    const ref = { kind: "subscription", id: known.id } as const;
    for (let attempt = 1; attempt <= 4; attempt++) {
      expect(await handleListed(ref, [poison])).toEqual({ status: "failed" });
      expect(await inboxRow(poison.id)).toMatchObject({ status: "received", attempts: attempt, note: null });
    }
    expect(await handleListed(ref, [poison])).toEqual({ status: "failed" });
    expect(await inboxRow(poison.id)).toMatchObject({
      status: "parked",
      attempts: 5,
      note: expect.stringMatching(/^Parked: Error: Subscription .* has no items/),
    });
  });

  it("while Stripe is away: nothing is noted, and the sweep is told", async () => {
    const known = subscription();
    truth.isAway = true;
    const told = event("customer.subscription.updated", known) as unknown as Stripe.Event;
    await expect(handleListed({ kind: "subscription", id: known.id }, [told])).rejects.toMatchObject({
      statusCode: 503,
    });
    expect(await inboxRow(told.id)).toBeUndefined();
  });
});

it("an event to be parked while Stripe is away is not: its object could not be read instead", async () => {
  const known = subscription({ status: "past_due" });
  truth.put(known);
  const poison = event("customer.subscription.updated", { ...known, items: { data: [] } });
  for (let delivery = 1; delivery <= 4; delivery++) expect((await post(poison)).status).toBe(503);
  truth.isAway = true;
  expect((await post(poison)).status).toBe(503);
  expect(await inboxRow(poison.id)).toMatchObject({ status: "received", attempts: 5 });
  truth.isAway = false;
  await sent(poison);
  expect(await inboxRow(poison.id)).toMatchObject({ status: "parked", attempts: 6 });
  expect(await postgresRow("subscriptions", known.id)).toMatchObject({ status: "past_due" });
});

it("a ledger row that has the object's name is not taken for its row", async () => {
  const known = dispute();
  await db.insert(stripeTransactions).values({
    kind: "dispute",
    stripeId: known.id,
    eventType: "charge.dispute.created",
    amount: 1900,
    revenue: 0,
    currency: "usd",
    occurredAt: new Date(PERIOD_START * 1000),
    livemode: false,
  });
  await sent(event("charge.dispute.updated", known));
  expect(await postgresRow("disputes", known.id)).toMatchObject({ status: "needs_response", rev: 0 });
  expect(truth.reads).toBe(0);
});

it("at most four readings are under way, however many are wanted", async () => {
  let arrived = 0;
  const [fourArrived, release] = [gate(), gate()];
  truth.whileAnswering = async () => {
    if (++arrived === 4) fourArrived.open();
    if (arrived <= 4) await release.isOpen;
  };
  const known = Array.from({ length: 9 }, () => subscription());
  for (const one of known) truth.put(one);
  const sync = ({ id }: { id: string }) => syncObject("subscription", id);
  const first = known.slice(0, 4).map(sync);
  await fourArrived.isOpen;
  const others = known.slice(4).map(sync);
  // Goes the way that the others go, one by one, without asking for a place: what overtook it would have been let in.
  for (const { id } of known) expect(await subscriptionRow(id)).toBeUndefined();
  await stripe.subscriptions.retrieve(known[0]?.id ?? "");
  expect(truth.reads).toBe(4 + 1);
  release.open();
  await Promise.all([...first, ...others]);
  expect(truth.reads).toBe(9 + 1);
});

function gate() {
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, isOpen };
}
