import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { db } from "@/db";
import { stripeEvents, stripeTransactions } from "@/db/schema";
import { replay } from "@/lib/billing/events/handle";
import { pruneEvents } from "@/lib/billing/events/inbox";
import { ledgerRows, postgresRow } from "./fields/postgres-row";
import { post } from "./support/post-event";
import { inboxRow, someUser } from "./support/rows";
import { event, invoice, PERIOD_START, paymentSession, refund, subscription } from "./support/stripe-objects";

/** The inbox remembers an event, for so long. */

afterEach(() => vi.restoreAllMocks());

const DAY = 86_400_000;

describe("an event's row", () => {
  it("says what came, about what and whom, and what was done", async () => {
    const { customer } = await someUser();
    const known = subscription({ customer });
    const sent = event("customer.subscription.created", known, { created: 1_798_859_045 });
    await post(sent);
    expect(await inboxRow(sent.id)).toEqual({
      id: sent.id,
      type: "customer.subscription.created",
      apiVersion: "2026-10-28.endive",
      livemode: false,
      stripeCreatedAt: new Date("2027-01-02T03:04:05Z"),
      objectId: known.id,
      stripeCustomerId: customer,
      payload: JSON.parse(JSON.stringify(sent)),
      status: "applied",
      attempts: 1,
      lastError: null,
      note: `Subscription ${known.id} is active.`,
      changes: expect.any(Array),
      appliedAt: expect.any(Date),
      createdAt: expect.any(Date),
    });
  });

  it("names every row that it changed, with its user's two columns and no other of a person", async () => {
    const user = await someUser();
    const known = subscription({ customer: user.customer });
    const sent = event("customer.subscription.created", known);
    await post(sent);
    const row = await postgresRow("subscriptions", known.id);
    const { changes } = (await inboxRow(sent.id)) ?? {};
    expect(changes?.toSorted((one, other) => one.table.localeCompare(other.table))).toEqual([
      {
        table: "subscription_items",
        id: expect.any(String),
        before: null,
        after: expect.objectContaining({ stripe_id: known.items.data[0]?.id }),
      },
      {
        table: "subscriptions",
        id: row.id,
        before: null,
        after: expect.objectContaining({ stripe_id: known.id, status: "active" }),
      },
      {
        table: "users",
        id: user.id,
        before: { stripe_customer_id: user.customer, current_subscription_id: null },
        after: { stripe_customer_id: user.customer, current_subscription_id: row.id },
      },
    ]);
  });

  it("names no row that is as it was, nor one that only has the same name", async () => {
    const { customer } = await someUser();
    const known = subscription({ customer, status: "incomplete" });
    await post(event("customer.subscription.updated", known, { created: PERIOD_START + 9 }));
    const stale = event("customer.subscription.updated", { ...known, status: "active" });
    await post(stale);
    expect(await inboxRow(stale.id)).toMatchObject({ status: "applied", changes: null });

    const bill = invoice({ customer });
    const copy = { eventType: "x", amount: 1, revenue: 0, currency: "usd", livemode: false };
    // A dispute of this name does not exist, but it is another fact than the payment.
    await db
      .insert(stripeTransactions)
      .values({ ...copy, kind: "dispute", stripeId: bill.id, occurredAt: new Date(0) });
    const paid = event("invoice.paid", bill);
    await post(paid);
    const { changes } = (await inboxRow(paid.id)) ?? {};
    expect(changes?.map(({ table, after }) => [table, after?.kind]).toSorted()).toEqual([
      ["invoices", undefined],
      ["stripe_transactions", "invoice_paid"],
    ]);
  });

  it("of an object without an id, and of one without a customer", async () => {
    const balance = event("balance.available", { object: "balance" });
    await post(balance);
    expect(await inboxRow(balance.id)).toMatchObject({
      objectId: null,
      stripeCustomerId: null,
      status: "applied",
      changes: null,
    });
  });
});

describe("a second delivery", () => {
  it("that cannot be applied changes nothing of the first, which was", async () => {
    const known = subscription();
    const sent = event("customer.subscription.created", known);
    await post(sent);
    const before = await inboxRow(sent.id);
    expect((await post({ ...sent, data: { object: { ...known, items: { data: [] } } } })).status).toBe(200);
    expect(await inboxRow(sent.id)).toEqual(before);
  });

  it("after a failure says how often it was tried, and what went wrong last", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const known = subscription();
    const sent = event("customer.subscription.created", { ...known, items: { data: [] } });
    expect((await post(sent)).status).toBe(503);
    expect(await inboxRow(sent.id)).toMatchObject({
      status: "received",
      attempts: 1,
      appliedAt: null,
      lastError: expect.stringMatching(/^Error: Subscription sub_\w+ has no items/),
    });
    // Something else is wrong with it the second time.
    expect((await post({ ...sent, data: { object: { ...known, items: null } } })).status).toBe(503);
    expect(await inboxRow(sent.id)).toMatchObject({
      attempts: 2,
      lastError: expect.stringMatching(/^TypeError: /),
    });
    expect((await post({ ...sent, data: { object: known } })).status).toBe(200);
    expect(await inboxRow(sent.id)).toMatchObject({
      status: "applied",
      attempts: 3,
      lastError: expect.stringMatching(/^TypeError: /),
      appliedAt: expect.any(Date),
    });
  });
});

it("what Postgres cannot store is noted with a sign in its place", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const known = subscription({ currency: "u\0d", description: "half: \ud83d", "key\0": ["\0", 1, null] });
  const sent = event("customer.subscription.created", known);
  expect((await post(sent)).status).toBe(503);
  const row = await inboxRow(sent.id);
  expect(row).toMatchObject({ status: "received", attempts: 1 });
  expect(row?.payload).toMatchObject({
    data: {
      object: { currency: "u\ufffdd", description: "half: \ufffd", "key\ufffd": ["\ufffd", 1, null] },
    },
  });
});

describe("what an event carried", () => {
  const arrived = async (daysAgo: number) => {
    const sent = event("customer.updated", { id: "cus_1", object: "customer" });
    await post(sent);
    const createdAt = new Date(Date.now() - daysAgo * DAY);
    await db.update(stripeEvents).set({ createdAt }).where(eq(stripeEvents.id, sent.id));
    return sent;
  };

  it("is dropped after 35 days, once; the rest of it is kept", async () => {
    const [young, old] = [await arrived(34.9), await arrived(35.1)];
    const before = await inboxRow(old.id);
    expect(await pruneEvents()).toBe(1);
    expect((await inboxRow(young.id))?.payload).toMatchObject({ id: young.id });
    expect(await inboxRow(old.id)).toEqual({ ...before, payload: null });
    expect(await pruneEvents()).toBe(0);
  });

  it("can be run again until then, and afterwards it is said what to do instead", async () => {
    const [young, old] = [await arrived(34.9), await arrived(35.1)];
    await pruneEvents();
    expect(await replay(young.id)).toMatchObject({ status: "applied" });
    await expect(replay(old.id)).rejects.toThrow(
      `Nothing is left of what ${old.id} carried, because of its age or because it could not be kept; \`npm run reconcile\` brings cus_1 up to date.`,
    );
    await expect(replay("evt_none")).rejects.toThrow("There is no event evt_none.");
  });

  it("does not make a late delivery of it news", async () => {
    const old = await arrived(35.1);
    await pruneEvents();
    expect((await post(old)).status).toBe(200);
    expect(await inboxRow(old.id)).toMatchObject({ payload: null, attempts: 1 });
  });
});

describe("a ledger row that was altered by hand", () => {
  it.each([
    ["a paid invoice", invoice, "invoice.paid", { amount: 1900, revenue: 1900 }],
    ["a one-time sale", paymentSession, "checkout.session.completed", { amount: 49_900, revenue: 49_900 }],
  ] as const)("%s: the next event about it puts its money right", async (_, make, type, money) => {
    const { customer } = await someUser();
    const told = make({ customer });
    await post(event(type, told, { id: `evt_a${told.id}` }));
    const wrong = { amount: 1, revenue: 2, currency: "eur" };
    await db.update(stripeTransactions).set(wrong).where(eq(stripeTransactions.stripeCustomerId, customer));
    // A later id does not name the row, so it is for its money alone that the row is written.
    await post(event(type, told, { id: `evt_b${told.id}` }));
    const rows = await ledgerRows(customer);
    expect(rows.find(({ kind }) => kind !== "checkout")).toMatchObject({
      ...money,
      currency: "usd",
      stripe_event_id: `evt_a${told.id}`,
    });
    const checkout = rows.find(({ kind }) => kind === "checkout");
    if (checkout) expect(checkout).toMatchObject({ amount: 49_900, revenue: 0, currency: "usd" });
  });

  it("a refund: so does the next event of the same status", async () => {
    const { customer } = await someUser();
    const told = refund({ customer });
    await post(event("refund.created", told, { id: `evt_a${told.id}` }));
    await db.update(stripeTransactions).set({ revenue: 7 }).where(eq(stripeTransactions.stripeId, told.id));
    await post(event("refund.updated", told, { id: `evt_b${told.id}` }));
    expect(await ledgerRows(customer)).toMatchObject([{ revenue: -1900, status: "succeeded" }]);
  });
});
