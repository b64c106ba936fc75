import { and, eq, like, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import {
  checkoutSessions,
  disputes,
  invoicePayments,
  invoices,
  products,
  reconcileState,
  stripeEvents,
  stripeProducts,
  stripeTransactions,
  subscriptionItems,
  subscriptions,
  users,
} from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { purchaseAt, untilInvoicePaymentsAreTold } from "../support/purchase";
import { disputeRow, inboxRow, someUser, userById } from "../support/rows";
import { event, stripeId, subscription } from "../support/stripe-objects";

/** Whole rows: missing, left over, marked as gone, of the other mode; and every column of the ledger. */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);
const sweep = () => reconcile({ sweeps: "all", delayScale: 0 });
const report = () => reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 });
const drift = async () => (await report()).drift;

let tier: Awaited<ReturnType<typeof buy>>;
let packet: Awaited<ReturnType<typeof buy>>;
let refund: string;
let dispute: string;
let payment: string;

beforeAll(async () => {
  await applyCatalog();
  tier = await buy("aiaas_starter_monthly");
  payment = (await stripe.invoicePayments.list({ invoice: tier.invoice })).data[0]?.id ?? "";
  packet = await buy("micro_feature_once");
  refund = (await stripe.refunds.create({ payment_intent: packet.paymentIntent, amount: 100 })).id;
  const other = await buy("micro_feature_once");
  const { latest_charge } = await stripe.paymentIntents.retrieve(other.paymentIntent);
  dispute = (await own.control("dispute", { charge: String(latest_charge) })).id;
  await paidAgo(payment, 3_600);
  await sweep();
});

const paidAgo = (id: string, seconds: number) =>
  own.editState((state) => {
    const paid_at = Math.floor(Date.now() / 1000) - seconds;
    const status_transitions = { canceled_at: null, paid_at };
    Object.assign(state.invoice_payment?.find((one) => one.id === id) ?? {}, { status_transitions });
  });
beforeEach(() => own.stripe.rest());

const factOf = (kind: string, id: string) =>
  and(eq(stripeTransactions.kind, kind as "payment"), eq(stripeTransactions.stripeId, id));
const ledgerRow = async (kind: string, id: string) =>
  (await db.select().from(stripeTransactions).where(factOf(kind, id)))[0];

interface Column {
  column: "amount" | "revenue" | "currency" | "status";
  stripe: unknown;
  wrong: unknown;
  /** No sweep changes it: the ledger only grows, and a refund's status only moves on. */
  staysWrong?: true;
}
const REFUND: Column[] = [
  { column: "amount", stripe: 100, wrong: 101, staysWrong: true },
  { column: "revenue", stripe: -100, wrong: -101 },
  { column: "currency", stripe: "usd", wrong: "eur", staysWrong: true },
  { column: "status", stripe: "succeeded", wrong: "pending" },
  { column: "status", stripe: "succeeded", wrong: "failed", staysWrong: true },
];
const money = (amount: number, revenue: number): Column[] => [
  { column: "amount", stripe: amount, wrong: 7 },
  { column: "revenue", stripe: revenue, wrong: 8 },
  { column: "currency", stripe: "usd", wrong: "eur" },
  { column: "status", stripe: null, wrong: "failed", staysWrong: true },
];
const DISPUTE: Column[] = [
  { column: "revenue", stripe: 0, wrong: 8, staysWrong: true },
  { column: "currency", stripe: "usd", wrong: "eur", staysWrong: true },
  { column: "status", stripe: null, wrong: "lost", staysWrong: true },
];

const FACTS = [
  ["checkout", () => tier.session, money(1_900, 0)],
  ["invoice_paid", () => tier.invoice, money(1_900, 1_900)],
  ["payment", () => packet.paymentIntent, money(49_900, 49_900)],
  ["refund", () => refund, REFUND],
  ["dispute", () => dispute, DISPUTE],
] as const;

describe.each(FACTS)("the ledger, %s", (kind, id, columns) => {
  it("is written", async () => {
    const expected = columns.map(({ column, stripe }) => [column, stripe]);
    expect(await ledgerRow(kind, id())).toMatchObject(Object.fromEntries(expected));
    expect(await drift()).toEqual([]);
  });

  it.each(columns)("$column: $wrong instead of $stripe", async ({ column, stripe, wrong, staysWrong }) => {
    const change = (value: unknown) =>
      db
        .update(stripeTransactions)
        .set({ [column]: value })
        .where(factOf(kind, id()));
    await change(wrong);
    expect(await drift()).toEqual([
      { kind: "ledger", id: `${kind} ${id()}`, field: column, ours: wrong, stripe },
    ]);
    await sweep();
    if (staysWrong) {
      expect(await ledgerRow(kind, id())).toMatchObject({ [column]: wrong });
      await change(stripe);
    }
    expect(await ledgerRow(kind, id())).toMatchObject({ [column]: stripe });
  });

  it("missing", async () => {
    const before = await ledgerRow(kind, id());
    await db.delete(stripeTransactions).where(factOf(kind, id()));
    expect(await drift()).toEqual([
      { kind: "ledger", id: `${kind} ${id()}`, field: "row", ours: null, stripe: "exists" },
    ]);
    await sweep();
    const { amount, revenue, currency, status, userId } = before ?? {};
    expect(await ledgerRow(kind, id())).toMatchObject({ amount, revenue, currency, status, userId });
    expect(before).toBeDefined();
  });
});

describe("the ledger, not compared", () => {
  it.each([
    { eventType: "invented.tomorrow" },
    { stripeEventId: "evt_other" },
    { occurredAt: new Date(5_000) },
  ])("%o", async (change) => {
    const before = await ledgerRow("invoice_paid", tier.invoice);
    const isFact = factOf("invoice_paid", tier.invoice);
    await db.update(stripeTransactions).set(change).where(isFact);
    expect(await drift()).toEqual([]);
    await db
      .update(stripeTransactions)
      .set({ ...before })
      .where(isFact);
  });

  it("the amount that a dispute was about when it began", async () => {
    await db.update(stripeTransactions).set({ amount: 3 }).where(factOf("dispute", dispute));
    expect(await drift()).toEqual([]);
  });

  it("a failed attempt to collect, of which no object of Stripe's tells", async () => {
    await insertFact({ kind: "attempt", stripeId: `${tier.invoice}:1`, amount: 1_900, revenue: 0 });
    expect(await drift()).toEqual([]);
  });
});

const insertFact = (fact: Partial<typeof stripeTransactions.$inferInsert>) =>
  db.insert(stripeTransactions).values({
    kind: "payment",
    stripeId: stripeId("pi"),
    eventType: "by.hand",
    amount: 500,
    revenue: 500,
    currency: "usd",
    occurredAt: new Date(1_790_000_000_000),
    livemode: false,
    ...fact,
  });

describe("a fact that Stripe gives no reason for", () => {
  const remove = (id: string) => db.delete(stripeTransactions).where(eq(stripeTransactions.stripeId, id));

  it.each([
    ["refund", "refund", "re", -70],
    ["dispute", "dispute", "du", 0],
    ["checkout", "checkout.session", "cs_test", 0],
    ["invoice_paid", "invoice", "in", 500],
  ] as const)("%s, of an object that Stripe does not know", async (kind, object, prefix, revenue) => {
    const id = stripeId(prefix);
    const before = (await report()).ledger;
    await insertFact({ kind, stripeId: id, revenue });
    const { drift: found, ledger } = await report();
    expect(found).toEqual([{ kind: object, id, field: "row", ours: "exists", stripe: null }]);
    expect(ledger[0]?.ours).toBe((before[0]?.ours ?? 0) + revenue);
    expect(ledger[0]?.stripe).toBe(before[0]?.stripe);
    await remove(id);
  });

  it("that an invoice was paid which is open", async () => {
    const { id: customer } = await stripe.customers.create({});
    await stripe.invoiceItems.create({ customer, amount: 4_200, currency: "usd" });
    const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
    const { id = "" } = await stripe.invoices.finalizeInvoice(draft.id ?? "");
    await sweep();
    await insertFact({ kind: "invoice_paid", stripeId: id, revenue: 4_200 });
    expect(await drift()).toEqual([
      { kind: "ledger", id: `invoice_paid ${id}`, field: "row", ours: "exists", stripe: null },
    ]);
    await remove(id);
  });

  it("the money of another one beside it is named, too", async () => {
    const [unknown, paid] = [stripeId("re"), stripeId("pi")];
    await insertFact({ kind: "refund", stripeId: unknown, revenue: -70 });
    await insertFact({ stripeId: paid, revenue: 90 });
    expect(await drift()).toEqual([
      { kind: "refund", id: unknown, field: "row", ours: "exists", stripe: null },
      { kind: "money", id: paid, field: "revenue", ours: 90, stripe: 0 },
    ]);
    await remove(unknown);
    await remove(paid);
  });

  /** Recorded from Stripe: a list that is narrowed to an id that does not exist is a 400, not an empty list. */
  it("its money is reported although Stripe refuses to list by an unknown id", async () => {
    const id = stripeId("pi");
    await insertFact({ stripeId: id, revenue: 90 });
    own.stripe.before = (_, query) =>
      query.get("payment_intent") === id
        ? { status: 400, body: { error: { type: "invalid_request_error", code: "resource_missing" } } }
        : null;
    const found = await drift().finally(() => remove(id));
    expect(found).toEqual([{ kind: "money", id, field: "revenue", ours: 90, stripe: 0 }]);
  });
});

const rowsOf = (table: PgTable & { stripeId: unknown }, id: string) => eq(table.stripeId as never, id);

const MIRRORS = [
  ["subscription", subscriptions, () => tier.subscription, "sub"],
  ["invoice", invoices, () => tier.invoice, "in"],
  ["invoice_payment", invoicePayments, () => payment, "inpay"],
  ["dispute", disputes, () => dispute, "du"],
] as const;

describe.each(MIRRORS)("a row of a %s", (kind, table, id, prefix) => {
  it("missing: is named, and there after a sweep", async () => {
    const [before] = await db.select().from(table).where(rowsOf(table, id()));
    await db.update(users).set({ currentSubscriptionId: null });
    await db.delete(table).where(rowsOf(table, id()));
    expect(await drift()).toEqual([{ kind, id: id(), field: "row", ours: null, stripe: "exists" }]);
    await sweep();
    const [after] = await db.select().from(table).where(rowsOf(table, id()));
    const same = { ...before, id: after?.id, rev: 0, createdAt: after?.createdAt };
    expect(after).toMatchObject({ ...same, stampLo: after?.stampLo, stampHi: after?.stampHi });
  });

  it("marked as gone, but Stripe has it: is named, and back after a sweep", async () => {
    await db
      .update(table)
      .set({ deletedAt: new Date(1_000) })
      .where(rowsOf(table, id()));
    expect(await drift()).toEqual([{ kind, id: id(), field: "row", ours: "deleted", stripe: "exists" }]);
    await sweep();
    const [after] = await db.select().from(table).where(rowsOf(table, id()));
    expect(after?.deletedAt).toBeNull();
  });

  it("left over: is named, marked after a sweep, and no news from then on", async () => {
    const [row] = await db.select().from(table).where(rowsOf(table, id()));
    const stray = { ...row, id: undefined, stripeId: stripeId(prefix) };
    await db.insert(table).values(stray as never);
    expect(await drift()).toEqual([{ kind, id: stray.stripeId, field: "row", ours: "exists", stripe: null }]);
    await sweep();
    const [after] = await db.select().from(table).where(rowsOf(table, stray.stripeId));
    expect(after?.deletedAt).toBeInstanceOf(Date);
    expect(after?.status).toBe(kind === "subscription" ? "canceled" : row?.status);
    own.stripe.rest();
    expect(await drift()).toEqual([]);
    await sweep();
    expect(own.stripe.calls.filter((call) => call.endsWith(stray.stripeId))).toEqual([]);
    await db.delete(table).where(rowsOf(table, stray.stripeId));
  });

  it("left over, and marked as gone while it is read once more: is not named", async () => {
    const [row] = await db.select().from(table).where(rowsOf(table, id()));
    const stray = { ...row, id: undefined, stripeId: stripeId(prefix) };
    await db.insert(table).values(stray as never);
    own.stripe.before = async (call) => {
      if (call.endsWith(stray.stripeId))
        await db
          .update(table)
          .set({ deletedAt: new Date(1_000) })
          .where(rowsOf(table, stray.stripeId));
      return null;
    };
    expect(await drift()).toEqual([]);
    await db.delete(table).where(rowsOf(table, stray.stripeId));
  });

  it("of the other mode: is neither compared nor changed", async () => {
    const [row] = await db.select().from(table).where(rowsOf(table, id()));
    const other = { ...row, id: undefined, stripeId: stripeId(prefix), livemode: true };
    await db.insert(table).values(other as never);
    expect(await drift()).toEqual([]);
    const before = await db.select().from(table).where(rowsOf(table, other.stripeId));
    await sweep();
    expect(await db.select().from(table).where(rowsOf(table, other.stripeId))).toEqual(before);
    await db.delete(table).where(rowsOf(table, other.stripeId));
  });
});

describe("a row of an item", () => {
  const rowsOfTier = () =>
    db.select().from(subscriptionItems).where(eq(subscriptionItems.stripeSubscriptionId, tier.subscription));

  it("missing: is named, and there after a sweep", async () => {
    const [before] = await rowsOfTier();
    await db.delete(subscriptionItems).where(rowsOf(subscriptionItems, before?.stripeId ?? ""));
    expect(await drift()).toEqual([
      { kind: "subscription", id: before?.stripeId, field: "row", ours: null, stripe: "exists" },
    ]);
    await sweep();
    expect(await rowsOfTier()).toEqual([{ ...before, id: expect.any(String), createdAt: expect.any(Date) }]);
  });

  it("left over: is named, and gone after a sweep, and those of another subscription stay", async () => {
    const other = await buy("aiaas_pro_monthly");
    await sweep();
    const before = await rowsOfTier();
    const stray = { ...before[0], id: undefined, stripeId: stripeId("si") };
    await db.insert(subscriptionItems).values(stray as never);
    expect(await drift()).toEqual([
      { kind: "subscription", id: stray.stripeId, field: "row", ours: "exists", stripe: null },
    ]);
    await sweep();
    expect(await rowsOfTier()).toEqual(before);
    const others = eq(subscriptionItems.stripeSubscriptionId, other.subscription);
    expect(await db.select().from(subscriptionItems).where(others)).toHaveLength(1);
  });
});

describe("a payment of an invoice", () => {
  it("that is only attempted is in no row, and that is no difference; once paid it has one", async () => {
    const one = await buy("aiaas_starter_monthly");
    const { data } = await stripe.invoicePayments.list({ invoice: one.invoice });
    const setStatus = (status: string) =>
      own.editState((state) => {
        Object.assign(state.invoice_payment?.find(({ id }) => id === data[0]?.id) ?? {}, { status });
      });
    const isRow = rowsOf(invoicePayments, data[0]?.id ?? "");
    // Its event is applied, so that no sweep of this test has it to apply.
    await untilInvoicePaymentsAreTold();
    await sweep();
    await db.delete(invoicePayments).where(isRow);
    await setStatus("open");
    await sweep();
    expect(await drift()).toEqual([]);
    expect(await db.select().from(invoicePayments).where(isRow)).toEqual([]);
    await setStatus("paid");
    // Stripe's event comes half a minute after the money: only then is it missing.
    await paidAgo(data[0]?.id ?? "", 100);
    expect(await drift()).toEqual([]);
    await paidAgo(data[0]?.id ?? "", 121);
    expect(await drift()).toEqual([
      { kind: "invoice_payment", id: data[0]?.id, field: "row", ours: null, stripe: "exists" },
    ]);
    await sweep();
    expect(await db.select().from(invoicePayments).where(isRow)).toHaveLength(1);
  });
});

describe("a checkout", () => {
  it("missing: is named, and there after a sweep; its person's, though a stranger bought meanwhile", async () => {
    const stranger = await buy("micro_feature_once");
    await sweep();
    await db.delete(checkoutSessions).where(rowsOf(checkoutSessions, tier.session));
    expect(await drift()).toEqual([
      { kind: "checkout.session", id: tier.session, field: "row", ours: null, stripe: "exists" },
    ]);
    await sweep();
    const owners = await db
      .select({ stripeId: checkoutSessions.stripeId, userId: checkoutSessions.userId })
      .from(checkoutSessions);
    expect(owners).toContainEqual({ stripeId: tier.session, userId: tier.user.id });
    expect(owners).toContainEqual({ stripeId: stranger.session, userId: stranger.user.id });
  });

  it("left over: is named", async () => {
    const id = stripeId("cs_test");
    await insertCheckout({ stripeId: id });
    expect(await drift()).toEqual([
      { kind: "checkout.session", id, field: "row", ours: "exists", stripe: null },
    ]);
    await db.delete(checkoutSessions).where(rowsOf(checkoutSessions, id));
  });

  it("whose delayed payment never came: failed here, unpaid at Stripe, and no difference", async () => {
    const one = await buy("micro_feature_once");
    const { latest_charge } = await stripe.paymentIntents.retrieve(one.paymentIntent);
    await own.editState((state) => {
      const of = (table: string, id: string) => state[table]?.find((row) => row.id === id) ?? {};
      Object.assign(of("checkout.session", one.session), { payment_status: "unpaid" });
      Object.assign(of("payment_intent", one.paymentIntent), { status: "requires_payment_method" });
      Object.assign(of("charge", String(latest_charge)), { status: "failed", amount_captured: 0 });
    });
    await sweep();
    const isRow = rowsOf(checkoutSessions, one.session);
    const [row] = await db.select().from(checkoutSessions).where(isRow);
    expect(row).toMatchObject({ status: "complete", paymentStatus: "failed", userId: one.user.id });
    expect(await drift()).toEqual([]);
    await db.update(checkoutSessions).set({ paymentStatus: "unpaid" }).where(isRow);
    expect(await drift()).toEqual([
      { kind: "checkout.session", id: one.session, field: "paymentStatus", ours: "unpaid", stripe: "failed" },
    ]);
    await sweep();
    expect(await drift()).toEqual([]);
  });

  it("of the other mode, or without an id of Stripe's yet: is not compared", async () => {
    await insertCheckout({ stripeId: stripeId("cs_live"), livemode: true });
    await insertCheckout({ stripeId: null });
    expect(await drift()).toEqual([]);
  });
});

const insertCheckout = (row: Partial<typeof checkoutSessions.$inferInsert>) =>
  db
    .insert(checkoutSessions)
    .values({ mode: "payment", status: "open", paymentStatus: "unpaid", livemode: false, ...row });

describe("a plan", () => {
  const insertProduct = async (row: Partial<typeof products.$inferInsert>) => {
    const [model] = await db.select().from(products).limit(1);
    if (!model) throw new Error("There are no products.");
    const values = { ...model, id: undefined, stripePriceId: stripeId("price") };
    Object.assign(values, { lookupKey: null, active: true }, row);
    const [inserted] = await db.insert(products).values(values).returning();
    if (!inserted) throw new Error("The product was not inserted.");
    return inserted;
  };
  const productRow = async (price: string) =>
    (await db.select().from(products).where(eq(products.stripePriceId, price)))[0];

  it("a price on sale that Stripe does not list: is named, and off sale after a sweep", async () => {
    const { stripePriceId: id } = await insertProduct({});
    expect(await drift()).toEqual([
      { kind: "product", id, field: "active", ours: true, stripe: "no such price" },
    ]);
    const done = await sweep();
    expect(done?.catalogChanged).toBe(true);
    expect(await productRow(id)).toMatchObject({ active: false });
    expect(await drift()).toEqual([]);
  });

  it("a product on sale that Stripe does not list: is named, and off sale after a sweep", async () => {
    const stray = await insertProduct({ stripeProductId: stripeId("prod") });
    expect(await drift()).toEqual([
      { kind: "product", id: stray.stripeProductId, field: "row", ours: "exists", stripe: null },
    ]);
    const done = await sweep();
    expect(done?.catalogChanged).toBe(true);
    expect(await productRow(stray.stripePriceId)).toMatchObject({ active: false });
    expect(await drift()).toEqual([]);
    const others = await db.select().from(products).where(like(products.lookupKey, "aiaas_pro_%"));
    expect(others.map(({ active }) => active)).toEqual([true, true]);
  });

  it("off sale, or of the other mode: neither is missed at Stripe", async () => {
    await insertProduct({ stripeProductId: stripeId("prod"), active: false });
    const other = await insertProduct({ stripeProductId: stripeId("prod"), livemode: true });
    await db.insert(stripeProducts).values({ stripeId: stripeId("prod"), livemode: true });
    expect(await drift()).toEqual([]);
    const done = await sweep();
    expect(done?.catalogChanged).toBe(false);
    expect(await productRow(other.stripePriceId)).toEqual(other);
  });

  it("under another product: the row is missing where it should be, and nobody knows the other", async () => {
    const [row] = await db.select().from(products).where(eq(products.lookupKey, "aiaas_pro_yearly"));
    const price = row?.stripePriceId ?? "";
    const wrong = stripeId("prod");
    const isRow = eq(products.stripePriceId, price);
    await db.update(products).set({ stripeProductId: wrong }).where(isRow);
    expect(await drift()).toEqual([
      { kind: "product", id: price, field: "row", ours: null, stripe: "exists" },
      { kind: "product", id: wrong, field: "row", ours: "exists", stripe: null },
    ]);
    await sweep();
    expect(await productRow(price)).toMatchObject({ stripeProductId: row?.stripeProductId, active: true });
  });
});

describe("a customer", () => {
  it("that Stripe deleted: its user is free for another, and nobody else is", async () => {
    const { id } = await stripe.customers.create({});
    const user = await someUser({ stripeCustomerId: id });
    await stripe.customers.del(id);
    expect(await drift()).toEqual([{ kind: "customer", id, field: "row", ours: "exists", stripe: null }]);
    await sweep();
    expect(await userById(user.id)).toMatchObject({ stripeCustomerId: null });
    expect(await userById(tier.user.id)).toMatchObject({ stripeCustomerId: tier.customer });
  });

  it("that Stripe never knew: is named", async () => {
    const { id, customer } = await someUser();
    expect(await drift()).toEqual([
      { kind: "customer", id: customer, field: "row", ours: "exists", stripe: null },
    ]);
    await db.delete(users).where(eq(users.id, id));
  });

  /** Test data that was deleted in the dashboard, for one; `customers.retrieve` is a 404 then. */
  it("that Stripe never knew: its user is free for another after a sweep", async () => {
    const { id } = await someUser();
    await sweep();
    const after = await userById(id);
    await db.delete(users).where(eq(users.id, id));
    expect(after?.stripeCustomerId).toBeNull();
  });
});

describe("the other mode", () => {
  it("its money is not in the sums, its events wait, its state and its lease are its own", async () => {
    const before = await report();
    await insertFact({ stripeId: stripeId("pi"), livemode: true });
    await insertFact({ kind: "refund", stripeId: stripeId("re"), livemode: true });
    expect(await report()).toEqual(before);

    const waiting = event("customer.subscription.updated", subscription(), { livemode: true });
    await db.insert(stripeEvents).values({
      id: waiting.id,
      type: waiting.type,
      livemode: true,
      stripeCreatedAt: new Date(0),
      status: "received",
      payload: waiting,
    });
    const state = { livemode: true, cursor: 1, walk: { startedAt: 1, after: "evt_live" } };
    const kinds = ["undelivered", "full", "objects"] as const;
    await db.insert(reconcileState).values(kinds.map((kind) => ({ kind, ...state })));
    const lease = { leaseOwner: "live", leaseUntil: sql`now() + interval '1 hour'` };
    await db.insert(reconcileState).values({ kind: "sweeper", livemode: true, ...lease });
    const live = () => db.select().from(reconcileState).where(eq(reconcileState.livemode, true));
    const then = await live();
    own.stripe.rest();
    const asked: (string | null)[] = [];
    own.stripe.before = (call, query) => {
      if (call === "GET /v1/events") asked.push(query.get("starting_after"));
      return null;
    };
    expect((await sweep())?.sweeps).toMatchObject(Array(3).fill({ isWhole: true }));
    expect(asked).toEqual([null, null]);
    expect(await live()).toEqual(then);
    expect(await inboxRow(waiting.id)).toMatchObject({ status: "received", attempts: 0 });
  });
});

describe("a list that shows none of what we hold", () => {
  const EMPTY = { object: "list", data: [], has_more: false, url: "/v1/disputes" };
  const NO_SUCH = { error: { type: "invalid_request_error", code: "resource_missing", message: "No such" } };
  const hold = async (rows: number) => {
    await db.delete(disputes);
    await db.delete(stripeTransactions).where(eq(stripeTransactions.kind, "dispute"));
    const ids = Array.from({ length: rows }, () => stripeId("du"));
    for (const id of ids)
      await db.insert(disputes).values({
        stripeId: id,
        status: "needs_response",
        reason: "fraudulent",
        amount: 1,
        currency: "usd",
        stripeCreatedAt: new Date(1_000),
        livemode: false,
      });
    own.stripe.before = (call) => {
      if (call === "GET /v1/disputes") return { status: 200, body: EMPTY };
      return call.startsWith("GET /v1/disputes/") ? { status: 404, body: NO_SUCH } : null;
    };
    return ids;
  };

  it("of four that may be so: each is read, and gone", async () => {
    const ids = await hold(4);
    await sweep();
    for (const id of ids) expect((await disputeRow(id))?.deletedAt).toBeInstanceOf(Date);
  });

  it.each([5, 6])("of %d it may not: the key is another account's, and nothing is changed", async (rows) => {
    const ids = await hold(rows);
    await expect(sweep()).rejects.toThrow(`Stripe lists none of our ${rows} objects of the kind dispute.`);
    for (const id of ids) expect((await disputeRow(id))?.deletedAt).toBeNull();
    // Objects of test clocks are in no list, so some are asked for before the verdict.
    expect(own.stripe.calls.filter((call) => call.startsWith("GET /v1/disputes/"))).toHaveLength(5);
  });

  it("one of six is listed: the account is the right one", async () => {
    const listed = await stripe.disputes.retrieve(dispute);
    const ids = await hold(6);
    own.stripe.before = (call) => {
      if (call === "GET /v1/disputes")
        return { status: 200, body: { ...EMPTY, data: [{ ...listed, id: ids[0] }] } };
      return call.startsWith("GET /v1/disputes/") ? { status: 404, body: NO_SUCH } : null;
    };
    await sweep();
    expect((await disputeRow(ids[0] ?? ""))?.deletedAt).toBeNull();
    for (const id of ids.slice(1)) expect((await disputeRow(id))?.deletedAt).toBeInstanceOf(Date);
  });

  it("gone ones do not count: five that are, and one more that is missing", async () => {
    const ids = await hold(6);
    for (const id of ids.slice(1))
      await db
        .update(disputes)
        .set({ deletedAt: new Date(1_000) })
        .where(eq(disputes.stripeId, id));
    await sweep();
    expect((await disputeRow(ids[0] ?? ""))?.deletedAt).toBeInstanceOf(Date);
  });
});
