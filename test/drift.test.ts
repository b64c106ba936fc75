import { spawn } from "node:child_process";
import { once } from "node:events";
import { eq } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { listProducts } from "@/db/queries/products";
import {
  checkoutSessions,
  disputes,
  invoices,
  products,
  stripeTransactions,
  subscriptions,
  users,
} from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { createCheckoutSession } from "@/lib/billing/checkout/session";
import { isClean, reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { syncCheckoutSession, syncObject } from "@/lib/billing/sync/sync-object";
import { purchaseAt } from "./support/purchase";
import { someUser } from "./support/rows";
import { stripeId } from "./support/stripe-objects";

/** A difference between Stripe and our rows is found, field by field, and gone after a sweep. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);
const sweep = () => reconcile({ sweeps: "all", delayScale: 0 });
const drift = () => reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 });

let tier: Awaited<ReturnType<typeof buy>>;
let packet: Awaited<ReturnType<typeof buy>>;
let refund: string;
let dispute: string;

beforeAll(async () => {
  await applyCatalog();
  tier = await buy("aiaas_starter_monthly");
  packet = await buy("micro_feature_once");
  refund = (await stripe.refunds.create({ payment_intent: packet.paymentIntent, amount: 100 })).id;
  const { charge } = await disputed();
  await sweep();
  dispute = (await stripe.disputes.list({ charge })).data[0]?.id ?? "";
});
beforeEach(() => own.stripe.rest());

async function disputed() {
  const { paymentIntent } = await buy("micro_feature_once");
  const { latest_charge } = await stripe.paymentIntents.retrieve(paymentIntent);
  await own.control("dispute", { charge: String(latest_charge) });
  return { charge: String(latest_charge) };
}

it("nothing differs after a sweep, and the ledger says what Stripe took, to the cent", async () => {
  expect(await drift()).toEqual({
    objects: expect.any(Number),
    drift: [],
    ledger: [{ currency: "usd", ours: 1_900 + 2 * 49_900 - 100, stripe: 1_900 + 2 * 49_900 - 100 }],
  });
});

/** Rows by Stripe's id of what they copy. */
const rowsOf = (table: PgTable & { stripeId: unknown }, id: string) => eq(table.stripeId as never, id);

describe("a row that was altered by hand", () => {
  it.each([
    ["subscription", () => tier.subscription, subscriptions, { status: "unpaid", quantity: 7 }],
    ["subscription", () => tier.subscription, subscriptions, { currentPeriodEnd: new Date(0) }],
    ["invoice", () => tier.invoice, invoices, { amountPaid: 1, number: "X" }],
    ["dispute", () => dispute, disputes, { status: "lost", amount: 1 }],
    ["checkout.session", () => tier.session, checkoutSessions, { status: "open" }],
    ["checkout.session", () => packet.session, checkoutSessions, { amountTotal: 5, currency: "eur" }],
  ] as const)("%s: each field is named, and right after a sweep (%#)", async (kind, id, table, change) => {
    await db
      .update(table)
      .set(change as never)
      .where(rowsOf(table, id()));
    const found = (await drift()).drift;
    expect(found.map((one) => [one.kind, one.id, one.field, one.ours]).toSorted()).toEqual(
      Object.entries(change)
        .map(([field, ours]) => [kind, id(), field, ours])
        .toSorted(),
    );
    await sweep();
    expect(isClean(await drift())).toBe(true);
  });

  it("product: what the price page shows is Stripe's", async () => {
    const edit = { name: "Another", unitAmount: 1, features: [], active: false };
    const [row] = await db.select().from(products).where(eq(products.lookupKey, "aiaas_pro_yearly"));
    const id = row?.stripePriceId ?? "";
    await db.update(products).set(edit).where(eq(products.stripePriceId, id));
    const found = (await drift()).drift;
    expect(found.map(({ field }) => field).toSorted()).toEqual(Object.keys(edit).toSorted());
    expect(found.every((one) => one.kind === "product" && one.id === id)).toBe(true);
    await sweep();
    expect(isClean(await drift())).toBe(true);
  });

  it.each([
    ["invoice_paid", () => tier.invoice, 1_900],
    ["payment", () => packet.paymentIntent, 49_900],
    ["refund", () => refund, -100],
  ])("ledger, %s: a wrong cent is found, in the row and in the sum", async (kind, id, revenue) => {
    const isFact = eq(stripeTransactions.stripeId, id());
    await db
      .update(stripeTransactions)
      .set({ revenue: revenue + 1 })
      .where(isFact);
    const { drift: found, ledger } = await drift();
    expect(found).toEqual([
      { kind: "ledger", id: `${kind} ${id()}`, field: "revenue", ours: revenue + 1, stripe: revenue },
    ]);
    expect(ledger).toMatchObject([{ currency: "usd" }]);
    expect((ledger[0]?.ours ?? 0) - (ledger[0]?.stripe ?? 0)).toBe(1);
    await sweep();
    expect(isClean(await drift())).toBe(true);
  });
});

describe("a row that is missing here", () => {
  it.each([
    ["subscription", () => tier.subscription, subscriptions],
    ["invoice", () => tier.invoice, invoices],
    ["dispute", () => dispute, disputes],
    ["checkout.session", () => tier.session, checkoutSessions],
  ] as const)("%s: is named, and back after a sweep", async (kind, id, table) => {
    await db.update(users).set({ currentSubscriptionId: null });
    await db.delete(table).where(rowsOf(table, id()));
    expect((await drift()).drift).toEqual([{ kind, id: id(), field: "row", ours: null, stripe: "exists" }]);
    await sweep();
    expect(isClean(await drift())).toBe(true);
  });

  it("a session that somebody opened elsewhere and did not finish is nothing of ours", async () => {
    await stripe.checkout.sessions.create({
      mode: "payment",
      line_items: [
        { price_data: { currency: "usd", unit_amount: 500, product_data: { name: "x" } }, quantity: 1 },
      ],
      success_url: "https://elsewhere.example/",
    });
    expect(isClean(await drift())).toBe(true);
  });
});

it("a checkout that somebody has begun and not finished is no difference", async () => {
  const { id: productId } =
    (await listProducts()).find(({ lookupKey }) => lookupKey === "micro_feature_once") ?? {};
  await createCheckoutSession(await someUser({ stripeCustomerId: null }), { productId: productId ?? "" });
  expect((await drift()).drift).toEqual([]);
});

describe("a row that Stripe does not know", () => {
  it("subscription: is named; a sweep ends the access that it gave", async () => {
    const [row] = await db.select().from(subscriptions).where(rowsOf(subscriptions, tier.subscription));
    const stray = { ...row, id: undefined, stripeId: stripeId("sub") } as typeof subscriptions.$inferInsert;
    await db.insert(subscriptions).values(stray);
    expect((await drift()).drift).toEqual([
      { kind: "subscription", id: stray.stripeId, field: "row", ours: "exists", stripe: null },
    ]);
    await sweep();
    expect(isClean(await drift())).toBe(true);
  });

  it("ledger: is named, and for a person to decide about, since it only ever grows", async () => {
    const [row] = await db.select().from(stripeTransactions).where(rowsOf(stripeTransactions, tier.invoice));
    const stray = { ...row, id: undefined, kind: "payment", stripeId: stripeId("pi") };
    await db.insert(stripeTransactions).values(stray as typeof stripeTransactions.$inferInsert);
    await sweep();
    const { drift: found, ledger } = await drift();
    expect(found).toEqual([{ kind: "money", id: stray.stripeId, field: "revenue", ours: 1_900, stripe: 0 }]);
    expect((ledger[0]?.ours ?? 0) - (ledger[0]?.stripe ?? 0)).toBe(1_900);
    await db.delete(stripeTransactions).where(rowsOf(stripeTransactions, stray.stripeId));
  });

  it("customer: a user whose customer Stripe deleted is named, and free for another after a sweep", async () => {
    const { id } = await stripe.customers.create({});
    const user = await someUser({ stripeCustomerId: id });
    await stripe.customers.del(id);
    expect((await drift()).drift).toEqual([
      { kind: "customer", id, field: "row", ours: "exists", stripe: null },
    ]);
    await sweep();
    const [after] = await db.select().from(users).where(eq(users.id, user.id));
    expect(after?.stripeCustomerId).toBeNull();
    expect(isClean(await drift())).toBe(true);
  });
});

describe("what counts as ours", () => {
  it("a charge that belongs to no invoice and no checkout does not, and its refund is named as a wrong", async () => {
    const { id: payment_intent } = await stripe.paymentIntents.create({
      amount: 777,
      currency: "usd",
      customer: tier.customer,
      payment_method: "pm_card_visa",
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: "never" },
    });
    await sweep();
    expect(isClean(await drift())).toBe(true);
    const { id } = await stripe.refunds.create({ payment_intent, amount: 70 });
    await sweep();
    expect((await drift()).drift).toEqual([{ kind: "money", id, field: "revenue", ours: -70, stripe: 0 }]);
    await own.editState((state) => {
      state.refund = (state.refund ?? []).filter((one) => one.id !== id);
    });
    await db.delete(stripeTransactions).where(rowsOf(stripeTransactions, id));
  });

  it("an invoice that was paid outside of Stripe does", async () => {
    const { id: customer } = await stripe.customers.create({});
    await stripe.invoiceItems.create({ customer, amount: 4_200, currency: "usd" });
    const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
    await stripe.invoices.pay(id ?? "", { paid_out_of_band: true });
    const before = (await drift()).ledger[0]?.ours ?? 0;
    await sweep();
    const report = await drift();
    expect(report).toMatchObject({ drift: [], ledger: [{ ours: before + 4_200, stripe: before + 4_200 }] });
  });
});

describe("what Stripe leaves out of its lists: the objects of a test clock", () => {
  it("is read by its id where we have a row, and does not count where we have none", async () => {
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.now() / 1000) });
    const { id: customer } = await stripe.customers.create({
      test_clock: clock.id,
      payment_method: "pm_card_visa",
      invoice_settings: { default_payment_method: "pm_card_visa" },
    });
    const [{ stripePriceId: price } = { stripePriceId: "" }] = await db
      .select()
      .from(products)
      .where(eq(products.lookupKey, "aiaas_pro_monthly"));
    const [ours, unknown] = [
      await stripe.subscriptions.create({ customer, items: [{ price }] }),
      await stripe.subscriptions.create({ customer, items: [{ price }] }),
    ];
    expect((await stripe.subscriptions.list({ status: "all", limit: 100 })).data).not.toContainEqual(
      expect.objectContaining({ id: unknown.id }),
    );
    await syncObject("subscription", ours.id);
    await syncObject("invoice", String(ours.latest_invoice));
    // Their payments are in a list of their own, and have just been told of.
    expect(await drift()).toMatchObject({ drift: [] });
    expect(own.stripe.calls).toContain(`GET /v1/subscriptions/${ours.id}`);
    expect(isClean(await drift())).toBe(true);

    await db.update(subscriptions).set({ status: "unpaid" }).where(rowsOf(subscriptions, ours.id));
    expect((await drift()).drift).toMatchObject([{ id: ours.id, field: "status" }]);
    await sweep();
    expect(isClean(await drift())).toBe(true);
  });
});

describe("while it compares", () => {
  it("what merely changes in between is not reported", async () => {
    own.stripe.before = async (call) => {
      if (call !== "GET /v1/refunds") return null;
      own.stripe.before = () => null;
      // After the list of subscriptions was compared, before its differences are read again.
      await db
        .update(subscriptions)
        .set({ status: "active" })
        .where(rowsOf(subscriptions, tier.subscription));
      return null;
    };
    await db.update(subscriptions).set({ status: "unpaid" }).where(rowsOf(subscriptions, tier.subscription));
    expect((await drift()).drift).toEqual([]);
  });

  it("a payment between the two questions about money is not reported", async () => {
    let bought: Awaited<ReturnType<typeof buy>> | undefined;
    own.stripe.before = async (call) => {
      if (call !== "GET /v1/charges" || bought) return null;
      own.stripe.before = () => null;
      bought = await buy("micro_feature_once");
      await syncCheckoutSession(bought.session);
      return null;
    };
    const report = await drift();
    expect(bought).toBeDefined();
    expect(report.drift).toEqual([]);
    expect(isClean(report)).toBe(true);
  });
});

describe("npm run reconcile", () => {
  async function run(...options: string[]) {
    const child = spawn(process.execPath, ["--import", "tsx", "scripts/reconcile.ts", ...options], {
      env: process.env,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        output += chunk;
      });
    const [code] = await once(child, "close");
    return { code, output };
  }
  const everything = async () =>
    client`select query_to_xml('select * from ' || quote_ident(relname), true, false, '')::text as rows
      from pg_stat_user_tables where schemaname = 'public' order by relname`;

  it("--report only looks: it ends with 1, names what differs and writes nothing", async () => {
    await db.update(invoices).set({ amountPaid: 5 }).where(rowsOf(invoices, tier.invoice));
    const before = await everything();
    const { code, output } = await run("--report");
    expect(output).toContain(`invoice ${tier.invoice}: amountPaid is 5 here, 1900 at Stripe.`);
    expect(code).toBe(1);
    expect(await everything()).toEqual(before);
  });

  it("repairs it, says so, and ends with 0", async () => {
    const { code, output } = await run();
    expect(output).toMatch(/Swept all objects: 1 to settle/);
    expect(output).toMatch(/no drift\.\n {2}Ledger usd: (\d+) here, \1 at Stripe\./);
    expect(code).toBe(0);
  });

  it("--json is one document", async () => {
    const { code, output } = await run("--report", "--json");
    expect(JSON.parse(output)).toMatchObject({ sweeps: [], drift: [], ledger: [{ currency: "usd" }] });
    expect(code).toBe(0);
  });

  it("says how it is used", async () => {
    const { code, output } = await run("--repair");
    expect(output).toContain("Usage: npm run reconcile");
    expect(code).toBe(2);
  });
});
