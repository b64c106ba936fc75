import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { db } from "@/db";
import { listPayments } from "@/db/queries/payments";
import { checkoutSessions, disputes, invoicePayments, invoices, stripeTransactions } from "@/db/schema";
import { someUser } from "../support/rows";
import { stripeId } from "../support/stripe-objects";
import { someProduct } from "./some-product";

/** A person's payments. Each query is also asked by somebody else, who has rows of the same kind. */

const minute = (n: number) => new Date(Date.UTC(2027, 0, 1, 0, n));

const payment = (userId: string | null, over: Partial<typeof stripeTransactions.$inferInsert> = {}) => ({
  kind: "payment" as const,
  stripeId: stripeId("pi"),
  eventType: "checkout.session.completed",
  userId,
  amount: 700,
  revenue: 600,
  currency: "eur",
  occurredAt: minute(1),
  livemode: false,
  ...over,
});
const pay = async (...rows: (typeof stripeTransactions.$inferInsert)[]) =>
  (await db.insert(stripeTransactions).values(rows).returning()).map(({ id }) => id);
const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id);

async function sold(userId: string, over: Partial<typeof checkoutSessions.$inferInsert> = {}) {
  const [row] = await db
    .insert(checkoutSessions)
    .values({
      stripeId: stripeId("cs_test"),
      userId,
      mode: "payment",
      status: "complete",
      paymentStatus: "paid",
      amountTotal: 900,
      currency: "eur",
      completedAt: minute(1),
      livemode: false,
      ...over,
    })
    .returning();
  return row?.id;
}

async function billed(userId: string | null, over: Partial<typeof invoices.$inferInsert> = {}) {
  const bill = {
    stripeId: stripeId("in"),
    userId,
    status: "paid" as const,
    attemptCount: 1,
    amountDue: 1,
    amountPaid: 2,
    currency: "eur",
    hostedInvoiceUrl: "https://invoice.example/page",
    invoicePdf: "https://invoice.example/file",
    stripeCreatedAt: minute(0),
    livemode: false,
    ...over,
  };
  await db.insert(invoices).values(bill);
  return bill;
}

/** Links the payment to the invoice that it paid. */
async function paidBy(stripeInvoiceId: string) {
  const stripePaymentIntentId = stripeId("pi");
  const paid = { stripeInvoiceId, stripePaymentIntentId, status: "paid", currency: "eur", livemode: false };
  await db.insert(invoicePayments).values({ stripeId: stripeId("inpay"), ...paid });
  return stripePaymentIntentId;
}

async function questioned(over: Partial<typeof disputes.$inferInsert>) {
  const [row] = await db
    .insert(disputes)
    .values({
      stripeId: stripeId("du"),
      status: "needs_response",
      reason: "fraudulent",
      amount: 321,
      currency: "chf",
      stripeCreatedAt: minute(5),
      livemode: false,
      ...over,
    })
    .returning();
  return row?.id;
}

describe("listPayments", () => {
  it("shows a person theirs, newest first, and nothing of anybody else's", async () => {
    const [ada, bob] = [await someUser(), await someUser()];
    const [first, third] = await pay(payment(ada.id), payment(ada.id, { occurredAt: minute(3) }));
    const [second] = await pay(payment(bob.id, { occurredAt: minute(2) }));
    await pay(payment(null, { occurredAt: minute(2) }));
    expect(idsOf(await listPayments(ada.id))).toEqual([third, first]);
    expect(idsOf(await listPayments(bob.id))).toEqual([second]);
    expect(await listPayments((await someUser()).id)).toEqual([]);
    expect(await listPayments(randomUUID())).toEqual([]);
  });

  it("shows the hundred newest", async () => {
    const { id } = await someUser();
    const rows = await pay(
      ...Array.from({ length: 100 }, (_, n) => payment(id, { occurredAt: minute(n + 1) })),
    );
    expect(idsOf(await listPayments(id))).toEqual(rows.toReversed());
    const [oldest] = await pay(payment(id, { occurredAt: minute(0) }));
    expect(idsOf(await listPayments(id))).toEqual(rows.toReversed());
    expect(idsOf(await listPayments(id))).not.toContain(oldest);
    const [newest] = await pay(payment(id, { occurredAt: minute(101) }));
    expect(idsOf(await listPayments(id))).toEqual([newest, ...rows.slice(1).toReversed()]);
  });

  it.each([
    ["payment", null, true],
    ["invoice_paid", null, true],
    ["attempt", null, true],
    // Disputes are found by the payment that they are about.
    ["dispute", null, false],
    ["checkout", null, false],
    ["refund", "pending", true],
    ["refund", "requires_action", true],
    ["refund", "succeeded", true],
    ["refund", "failed", false],
    ["refund", "canceled", false],
  ] as const)("%s with status %s: shown is %s", async (kind, status, isShown) => {
    const { id } = await someUser();
    await pay(payment(id, { kind, status }));
    const expected = { kind, amount: 700, currency: "eur", occurredAt: minute(1) };
    expect(await listPayments(id)).toMatchObject(isShown ? [expected] : []);
  });
});

describe("a payment of an invoice", () => {
  const paid = (id: string, over: Partial<typeof stripeTransactions.$inferInsert>) =>
    pay(payment(id, { kind: "invoice_paid", ...over }));

  it("is named by its price's product, and leads to the invoice's page", async () => {
    const [product, other] = [await someProduct(), await someProduct()];
    const { id } = await someUser();
    const bill = await billed(id);
    const stripePaymentIntentId = stripeId("pi");
    await sold(id, { productId: other.id, stripePaymentIntentId });
    await paid(id, {
      stripePriceId: product.stripePriceId,
      stripeInvoiceId: bill.stripeId,
      stripePaymentIntentId,
      description: "Stripe's words",
    });
    expect(await listPayments(id)).toMatchObject([
      { title: product.name, invoiceUrl: "https://invoice.example/page" },
    ]);
  });

  it("of a row from before the ledger knew prices is named by its invoice's", async () => {
    const product = await someProduct();
    const { id } = await someUser();
    const bill = await billed(id, { stripePriceId: product.stripePriceId });
    await paid(id, { stripeInvoiceId: bill.stripeId });
    expect(await listPayments(id)).toMatchObject([{ title: product.name }]);
  });

  it("made by hand is named by Stripe's words for it", async () => {
    const { id } = await someUser();
    const bill = await billed(id, { description: "Words of the invoice" });
    await paid(id, { stripeInvoiceId: bill.stripeId, description: "Onboarding by hand" });
    await paid(id, { stripeInvoiceId: bill.stripeId, occurredAt: minute(0) });
    expect(await listPayments(id)).toMatchObject([
      { title: "Onboarding by hand" },
      { title: "Words of the invoice" },
    ]);
  });

  it("that nobody can name has no name", async () => {
    const { id } = await someUser();
    await pay(payment(id, { stripePriceId: stripeId("price") }), payment(id));
    expect(await listPayments(id)).toMatchObject([
      { title: null, invoiceUrl: null },
      { title: null, invoiceUrl: null },
    ]);
  });
});

describe("a refund", () => {
  const back = (id: string, stripePaymentIntentId: string) =>
    pay(payment(id, { kind: "refund", status: "succeeded", stripePaymentIntentId, occurredAt: minute(2) }));

  it("of a one-time sale is named by what was checked out, like the sale", async () => {
    const product = await someProduct();
    const { id } = await someUser();
    const stripePaymentIntentId = stripeId("pi");
    const session = await sold(id, { productId: product.id, stripePaymentIntentId, stripeId: `cs_${id}` });
    expect(session).toBeDefined();
    await pay(payment(id, { stripePaymentIntentId, stripeCheckoutSessionId: `cs_${id}` }));
    await back(id, stripePaymentIntentId);
    expect(await listPayments(id)).toMatchObject([
      { kind: "refund", title: product.name, invoiceUrl: null },
      { kind: "payment", title: product.name, invoiceUrl: null },
    ]);
  });

  it("of a subscription's payment is named by its plan, and leads to its invoice", async () => {
    const [product, other] = [await someProduct(), await someProduct()];
    const { id } = await someUser();
    const bill = await billed(id, { stripePriceId: product.stripePriceId, description: "Stripe's words" });
    const another = await billed(id, {
      stripePriceId: other.stripePriceId,
      hostedInvoiceUrl: "https://invoice.example/another",
    });
    await paidBy(another.stripeId);
    await back(id, await paidBy(bill.stripeId));
    expect(await listPayments(id)).toMatchObject([
      { kind: "refund", title: product.name, invoiceUrl: "https://invoice.example/page" },
    ]);
  });

  it("of an invoice made by hand is named by its words", async () => {
    const { id } = await someUser();
    const bill = await billed(id, { description: "Onboarding by hand" });
    await back(id, await paidBy(bill.stripeId));
    expect(await listPayments(id)).toMatchObject([{ kind: "refund", title: "Onboarding by hand" }]);
  });
});

describe("a dispute", () => {
  const line = { kind: "dispute", amount: 321, currency: "chf", occurredAt: minute(5) };

  it("is shown to the person whose one-time sale it is about, and to nobody else", async () => {
    const [ada, bob, product] = [await someUser(), await someUser(), await someProduct()];
    const [hers, his] = [stripeId("pi"), stripeId("pi")];
    await sold(ada.id, { productId: product.id, stripePaymentIntentId: hers });
    await sold(bob.id, { stripePaymentIntentId: his });
    const id = await questioned({ stripePaymentIntentId: hers });
    expect(await listPayments(ada.id)).toEqual([{ ...line, id, title: product.name, invoiceUrl: null }]);
    expect(await listPayments(bob.id)).toEqual([]);
  });

  it("is shown to the person whose invoice it is about, and to nobody else", async () => {
    const [ada, bob, product] = [await someUser(), await someUser(), await someProduct()];
    const bill = await billed(ada.id, { stripePriceId: product.stripePriceId });
    await paidBy((await billed(bob.id)).stripeId);
    const id = await questioned({ stripePaymentIntentId: await paidBy(bill.stripeId) });
    expect(await listPayments(ada.id)).toEqual([
      { ...line, id, title: product.name, invoiceUrl: "https://invoice.example/page" },
    ]);
    expect(await listPayments(bob.id)).toEqual([]);
  });

  it("about an invoice made by hand is named by its words", async () => {
    const { id } = await someUser();
    const bill = await billed(id, { description: "Onboarding by hand" });
    await questioned({ stripePaymentIntentId: await paidBy(bill.stripeId) });
    expect(await listPayments(id)).toMatchObject([{ title: "Onboarding by hand" }]);
  });

  it("about nothing that we know, or that Stripe knows no more, is shown to nobody", async () => {
    const { id } = await someUser();
    const stripePaymentIntentId = stripeId("pi");
    await sold(id, { stripePaymentIntentId });
    await sold(id);
    await questioned({ stripePaymentIntentId: stripeId("pi") });
    await questioned({ stripePaymentIntentId: null });
    await questioned({ stripePaymentIntentId, deletedAt: minute(6) });
    expect(await listPayments(id)).toEqual([]);
  });

  it("stands among the payments by its time", async () => {
    const { id } = await someUser();
    const stripePaymentIntentId = stripeId("pi");
    await sold(id, { stripePaymentIntentId });
    await pay(payment(id, { occurredAt: minute(4) }), payment(id, { occurredAt: minute(6) }));
    await questioned({ stripePaymentIntentId });
    expect((await listPayments(id)).map(({ kind, occurredAt }) => [kind, occurredAt])).toEqual([
      ["payment", minute(6)],
      ["dispute", minute(5)],
      ["payment", minute(4)],
    ]);
  });
});
