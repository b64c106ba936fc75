import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { stripeTransactions } from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { isClean, reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { purchaseAt } from "../support/purchase";
import { factsOf } from "../support/rows";
import { stripeId } from "../support/stripe-objects";

/** The ledger's sum against Stripe's, by currency. No two amounts are equal, and no two sums of them. */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);
const sweep = () => reconcile({ sweeps: "all", delayScale: 0 });
const report = () => reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 });

type Row = Record<string, unknown> & { id: string };
type State = Record<string, Row[]>;
const find = (state: State, table: string, id: string) => {
  const row = state[table]?.find((one) => one.id === id);
  if (!row) throw new Error(`Local Stripe has no ${table} ${id}.`);
  return row;
};
const changeAtStripe = (table: string, id: string, change: object) =>
  own.editState((state) => Object.assign(find(state as State, table, id), change));
/** Another row like this one. */
const copyAtStripe = (table: string, id: string, change: object) =>
  own.editState((state) => {
    const row = find(state as State, table, id);
    state[table]?.push({ ...row, ...change });
  });

async function customerWithCard() {
  const { id } = await stripe.customers.create({ payment_method: "pm_card_visa" });
  const [card] = (await stripe.customers.listPaymentMethods(id)).data;
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: card?.id ?? "" } });
  return id;
}

async function bill(amount: number, currency = "usd", customer?: string) {
  const of = customer ?? (await customerWithCard());
  await stripe.invoiceItems.create({ customer: of, amount, currency });
  const draft = await stripe.invoices.create({
    customer: of,
    currency,
    pending_invoice_items_behavior: "include",
  });
  return stripe.invoices.finalizeInvoice(draft.id ?? "");
}

/** With what ties it to its charge. */
async function paidBill(amount: number, currency = "usd") {
  const { id = "" } = await bill(amount, currency);
  await stripe.invoices.pay(id);
  const [payment] = (await stripe.invoicePayments.list({ invoice: id })).data;
  const intent = String(payment?.payment.payment_intent);
  const charge = String((await stripe.paymentIntents.retrieve(intent)).latest_charge);
  return { id, payment: payment?.id ?? "", intent, charge };
}

const chargeNobodys = (amount: number) =>
  stripe.paymentIntents.create({
    amount,
    currency: "usd",
    payment_method: "pm_card_visa",
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: "never" },
  });

/** Each case adds so much to Stripe's sum of its currency. */
let usd = 0;
let eur = 0;
const expectSums = async () => {
  own.stripe.rest();
  const found = await report();
  expect(found.drift).toEqual([]);
  expect(found.ledger).toEqual([
    ...(eur ? [{ currency: "eur", ours: eur, stripe: eur }] : []),
    { currency: "usd", ours: usd, stripe: usd },
  ]);
  // The lists alone say it: a second question would hide that they were added up wrongly. Invoice
  // payments are listed for their own rows, and for the sums.
  expect(
    own.stripe.calls.filter((call) => /charges|invoice_payments|invoices\/|refunds\//.test(call)),
  ).toEqual(["GET /v1/invoice_payments", "GET /v1/invoice_payments", "GET /v1/charges"]);
};

beforeAll(async () => {
  await applyCatalog();
});
beforeEach(() => own.stripe.rest());

describe("what counts", () => {
  it("a one-time payment", async () => {
    await buy("micro_feature_once");
    usd += 49_900;
    await sweep();
    await expectSums();
  });

  it("the first invoice of a subscription, once, although its session was paid", async () => {
    await buy("aiaas_starter_monthly");
    usd += 1_900;
    await sweep();
    await expectSums();
  });

  it("an invoice in another currency, in a sum of its own", async () => {
    await paidBill(2_301, "eur");
    eur += 2_301;
    await sweep();
    await expectSums();
  });

  it("an invoice that was paid outside of Stripe", async () => {
    const { id = "" } = await bill(4_203);
    await stripe.invoices.pay(id, { paid_out_of_band: true });
    usd += 4_203;
    await sweep();
    await expectSums();
  });

  it("an invoice that two charges paid", async () => {
    const one = await paidBill(6_007);
    const intent = stripeId("pi");
    await copyAtStripe("payment_intent", one.intent, { id: intent });
    await copyAtStripe("charge", one.charge, {
      id: stripeId("ch"),
      payment_intent: intent,
      amount: 1_009,
      amount_captured: 1_009,
    });
    await copyAtStripe("invoice_payment", one.payment, {
      id: stripeId("inpay"),
      payment: { type: "payment_intent", payment_intent: intent },
    });
    await changeAtStripe("invoice", one.id, { amount_paid: 7_016, amount_due: 7_016, total: 7_016 });
    usd += 7_016;
    await sweep();
    await expectSums();
  });

  it("of a charge what was captured, not what was asked for", async () => {
    const one = await paidBill(811);
    await changeAtStripe("charge", one.charge, { amount: 900, amount_captured: 811 });
    usd += 811;
    await sweep();
    await expectSums();
  });

  it("an invoice that a charge paid which has no payment intent", async () => {
    const one = await paidBill(1_213);
    await changeAtStripe("charge", one.charge, { payment_intent: null });
    await changeAtStripe("invoice_payment", one.payment, { payment: { type: "charge", charge: one.charge } });
    usd += 1_213;
    await sweep();
    await expectSums();
  });
});

describe("what goes back", () => {
  it("a part of a one-time payment, and a part of an invoice", async () => {
    const { paymentIntent } = await buy("micro_feature_once");
    await stripe.refunds.create({ payment_intent: paymentIntent, amount: 1_234 });
    const { intent } = await paidBill(3_001);
    await stripe.refunds.create({ payment_intent: intent, amount: 77 });
    usd += 49_900 - 1_234 + 3_001 - 77;
    await sweep();
    await expectSums();
  });

  it.each(["failed", "pending", "canceled", "requires_action"])(
    "a refund that is %s does not",
    async (status) => {
      const { paymentIntent } = await buy("micro_feature_once");
      const { id } = await stripe.refunds.create({ payment_intent: paymentIntent, amount: 705 });
      await changeAtStripe("refund", id, { status });
      usd += 49_900;
      await sweep();
      await expectSums();
      expect(await factsOf(id)).toMatchObject([{ amount: 705, revenue: 0, status }]);
    },
  );
});

describe("what does not count", () => {
  it("a charge that is nobody's", async () => {
    await chargeNobodys(777);
    await sweep();
    await expectSums();
  });

  it("a charge that is nobody's, though the ledger names it", async () => {
    const { id } = await chargeNobodys(779);
    await db.insert(stripeTransactions).values({
      kind: "payment",
      stripeId: id,
      eventType: "checkout.session.completed",
      amount: 779,
      revenue: 779,
      currency: "usd",
      occurredAt: new Date(1_000),
      livemode: false,
    });
    const found = await report();
    expect(found.drift).toEqual([{ kind: "money", id, field: "revenue", ours: 779, stripe: 0 }]);
    expect(found.ledger).toContainEqual({ currency: "usd", ours: usd + 779, stripe: usd });
    await db.delete(stripeTransactions).where(eq(stripeTransactions.stripeId, id));
  });

  it("what goes back of a charge that is nobody's, or of one that a subscription's session names", async () => {
    const [nobodys, named] = [await chargeNobodys(871), await chargeNobodys(873)];
    const { session } = await buy("aiaas_starter_monthly");
    usd += 1_900;
    await changeAtStripe("checkout.session", session, { payment_intent: named.id });
    const refunds = [
      await stripe.refunds.create({ payment_intent: nobodys.id, amount: 21 }),
      await stripe.refunds.create({ payment_intent: named.id, amount: 23 }),
    ].map(({ id }) => id);
    await sweep();
    const found = await report();
    expect(found.drift.toSorted((one, other) => Number(other.ours) - Number(one.ours))).toEqual([
      { kind: "money", id: refunds[0], field: "revenue", ours: -21, stripe: 0 },
      { kind: "money", id: refunds[1], field: "revenue", ours: -23, stripe: 0 },
    ]);
    expect(found.ledger).toContainEqual({ currency: "usd", ours: usd - 44, stripe: usd });
    await own.editState((state) => {
      state.refund = (state.refund ?? []).filter(({ id }) => !refunds.includes(String(id)));
    });
    for (const id of refunds) await db.delete(stripeTransactions).where(eq(stripeTransactions.stripeId, id));
  });

  it("a charge that a session names which is no one-time payment", async () => {
    const { id } = await chargeNobodys(778);
    const { session } = await buy("aiaas_pro_monthly");
    await changeAtStripe("checkout.session", session, { payment_intent: id });
    usd += 9_900;
    await sweep();
    await expectSums();
  });

  it("a charge that is still on its way, beside the one that came", async () => {
    const { intent } = await paidBill(5_003);
    const { latest_charge } = await stripe.paymentIntents.retrieve(intent);
    await copyAtStripe("charge", String(latest_charge), { id: stripeId("ch"), status: "pending" });
    usd += 5_003;
    await sweep();
    await expectSums();
  });

  it("an open invoice, whatever it says was paid", async () => {
    const { id = "" } = await bill(6_011);
    await changeAtStripe("invoice", id, { amount_paid: 55 });
    await sweep();
    await expectSums();
  });

  it("a payment of an invoice that no list shows and nobody here knows", async () => {
    const { id } = await paidBill(8_009);
    await changeAtStripe("invoice", id, { test_clock: "clock_of_somebody" });
    // Nor does any event tell of it.
    await own.editState((state) => {
      state.event = (state.event ?? []).filter(({ data }) => !JSON.stringify(data).includes(id));
    });
    await sweep();
    await expectSums();
  });
});

describe("what differs is asked for once more, by itself", () => {
  it("nothing in the ledger: Stripe's sums are the same to the cent, and ours are nothing", async () => {
    const facts = await db.select().from(stripeTransactions);
    await db.delete(stripeTransactions);
    const { drift, ledger } = await report();
    expect(ledger).toEqual([
      { currency: "eur", ours: 0, stripe: eur },
      { currency: "usd", ours: 0, stripe: usd },
    ]);
    expect(new Set(drift.map(({ kind }) => kind))).toEqual(new Set(["ledger"]));
    await db.insert(stripeTransactions).values(facts);
    await expectSums();
  });

  const wrong = async (id: string, change: Partial<typeof stripeTransactions.$inferInsert>) => {
    const isFact = eq(stripeTransactions.stripeId, id);
    await db.update(stripeTransactions).set(change).where(isFact);
    const found = await report();
    return found;
  };

  it("an amount in the wrong currency is a difference in both", async () => {
    const { id } = await paidBill(2_003, "eur");
    eur += 2_003;
    await sweep();
    const { drift, ledger } = await wrong(id, { currency: "usd" });
    expect(drift).toEqual([
      { kind: "ledger", id: `invoice_paid ${id}`, field: "currency", ours: "usd", stripe: "eur" },
    ]);
    expect(ledger).toEqual([
      { currency: "eur", ours: eur - 2_003, stripe: eur },
      { currency: "usd", ours: usd + 2_003, stripe: usd },
    ]);
    await sweep();
    await expectSums();
  });

  it("what was captured is less than the invoice says: its charge is right", async () => {
    const { id, charge } = await paidBill(2_707);
    await sweep();
    await changeAtStripe("charge", charge, { amount_captured: 2_706 });
    const { drift, ledger } = await report();
    expect(drift).toEqual([{ kind: "money", id, field: "revenue", ours: 2_707, stripe: 2_706 }]);
    expect(ledger).toContainEqual({ currency: "usd", ours: usd + 2_707, stripe: usd + 2_706 });
    await changeAtStripe("charge", charge, { amount_captured: 2_707 });
    usd += 2_707;
    await expectSums();
  });

  it("a charge in another currency than its invoice: the charge is right", async () => {
    const { id, charge } = await paidBill(2_909);
    usd += 2_909;
    await sweep();
    await changeAtStripe("charge", charge, { currency: "eur" });
    const { drift, ledger } = await report();
    expect(drift).toEqual([{ kind: "money", id, field: "currency", ours: "usd", stripe: "eur" }]);
    expect(ledger).toEqual([
      { currency: "eur", ours: eur, stripe: eur + 2_909 },
      { currency: "usd", ours: usd, stripe: usd - 2_909 },
    ]);
    await changeAtStripe("charge", charge, { currency: "usd" });
    await expectSums();
  });

  /** Stripe lists ten a page unless it is asked for more: https://docs.stripe.com/api/pagination */
  it("an invoice is asked for by its own payments, though ten others were paid since", async () => {
    const { id, charge } = await paidBill(3_607);
    usd += 3_607;
    for (let n = 0; n < 10; n++) {
      await paidBill(11_000 + n);
      usd += 11_000 + n;
    }
    await sweep();
    await changeAtStripe("charge", charge, { amount_captured: 3_606 });
    const { drift } = await report();
    expect(drift).toEqual([{ kind: "money", id, field: "revenue", ours: 3_607, stripe: 3_606 }]);
    await changeAtStripe("charge", charge, { amount_captured: 3_607 });
    await expectSums();
  });

  it("of an invoice whose charge has no payment intent, what it says was paid counts", async () => {
    const one = await paidBill(1_409);
    await changeAtStripe("charge", one.charge, { payment_intent: null });
    await changeAtStripe("invoice_payment", one.payment, { payment: { type: "charge", charge: one.charge } });
    usd += 1_409;
    await sweep();
    const intents: string[] = [];
    own.stripe.before = (call, query) => {
      if (call === "GET /v1/charges") intents.push(...query.getAll("payment_intent"));
      return null;
    };
    const { ledger } = await wrong(one.id, { revenue: 1_408 });
    expect(ledger).toContainEqual({ currency: "usd", ours: usd - 1, stripe: usd });
    // A charge's id is the name of no payment intent.
    expect(intents).toEqual([]);
    await sweep();
    await expectSums();
  });

  it("a purchase, and a part of it given back, after the lists were read", async () => {
    own.stripe.before = async (call) => {
      if (call !== "GET /v1/charges") return null;
      own.stripe.rest();
      const { paymentIntent } = await buy("micro_feature_once");
      await stripe.refunds.create({ payment_intent: paymentIntent, amount: 1_471 });
      const bill = await paidBill(3_109);
      await stripe.refunds.create({ payment_intent: bill.intent, amount: 79 });
      await sweep();
      return null;
    };
    usd += 49_900 - 1_471 + 3_109 - 79;
    const found = await report();
    expect(found.drift).toEqual([]);
    expect(found.ledger).toContainEqual({ currency: "usd", ours: usd, stripe: usd });
    await expectSums();
  });

  it("too much here, and too little, both are no agreement", async () => {
    const { id } = await paidBill(2_503);
    usd += 2_503;
    await sweep();
    for (const revenue of [2_504, 2_502]) {
      const found = await wrong(id, { revenue });
      expect(isClean(found)).toBe(false);
      expect(found.ledger).toContainEqual({ currency: "usd", ours: usd - 2_503 + revenue, stripe: usd });
    }
    // The sums agree while two rows are wrong: that is no agreement either.
    const other = await paidBill(3_503);
    usd += 3_503;
    await sweep();
    await wrong(id, { revenue: 2_504 });
    const found = await wrong(other.id, { revenue: 3_502 });
    expect(found.ledger).toContainEqual({ currency: "usd", ours: usd, stripe: usd });
    expect(found.drift).toHaveLength(2);
    expect(isClean(found)).toBe(false);
    await sweep();
    await expectSums();
  });

  /** `#refunds` knows the intent alone, while `payerOf` also knows charges that are older than intents. */
  it("a refund of a charge that has no payment intent counts", async () => {
    const one = await paidBill(1_313);
    const { id } = await stripe.refunds.create({ payment_intent: one.intent, amount: 13 });
    await changeAtStripe("charge", one.charge, { payment_intent: null });
    await changeAtStripe("refund", id, { payment_intent: null });
    await changeAtStripe("invoice_payment", one.payment, { payment: { type: "charge", charge: one.charge } });
    await sweep();
    const { ledger } = await report();
    expect(ledger).toContainEqual({ currency: "usd", ours: usd + 1_300, stripe: usd + 1_300 });
  });
});
