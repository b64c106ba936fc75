import { eq, getTableColumns } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import {
  checkoutSessions,
  disputes,
  invoicePayments,
  invoices,
  products,
  subscriptionItems,
  subscriptions,
} from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { purchaseAt } from "../support/purchase";

/**
 * Stripe's field, our column, column by column and written by hand: what a row has to say does not come from the
 * code that writes it. At Stripe no two fields of an object are equal, so a column that is copied from another
 * field shows.
 */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);
const sweep = () => reconcile({ sweeps: "all", delayScale: 0 });
const drift = async () => (await reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 })).drift;
const second = (after: number) => 1_790_000_000 + after;
const time = (after: number) => new Date(second(after) * 1000);

type State = Record<string, Record<string, unknown>[]>;
const changeAtStripe = (table: string, id: string, change: (object: never) => object) =>
  own.editState((state: State) => {
    const object = state[table]?.find((one) => one.id === id);
    if (!object) throw new Error(`Local Stripe has no ${table} ${id}.`);
    Object.assign(object, change(object as never));
  });

interface Column {
  /** Of Stripe's object. */
  field: string;
  column: string;
  stripe: unknown;
  /** Something else, which the row is made to say. */
  wrong: unknown;
  /** A sweep leaves it as it is. */
  staysWrong?: true;
}

interface Noun {
  kind: string;
  table: PgTable;
  /** The column with Stripe's id. */
  key: PgColumn;
  id: () => string;
  columns: Column[];
  /** Not held against Stripe, and why. */
  notCompared: Record<string, { wrong: unknown }>;
  /** Of this shop alone, or tested with whole rows. */
  others: string[];
}

const STAMP = {
  stampLo: { wrong: 7 },
  stampHi: { wrong: 8 },
  fromCreated: { wrong: true },
  rev: { wrong: 9 },
  createdAt: { wrong: time(5_555) },
};

let tier: Awaited<ReturnType<typeof buy>>;
let packet: Awaited<ReturnType<typeof buy>>;
let open: string;
let bill: { id: string; customer: string };
let dispute: string;
let plan: { product: string; price: string };
let item: string;
let payment: string;

beforeAll(async () => {
  await applyCatalog();
  tier = await buy("aiaas_starter_monthly");
  packet = await buy("micro_feature_once");
  await changeAtStripe("subscription", tier.subscription, (object: { items: { data: object[] } }) => ({
    status: "past_due",
    currency: "eur",
    items: {
      ...object.items,
      data: object.items.data.map((item) => ({
        ...item,
        quantity: 3,
        created: second(1),
        current_period_start: second(2),
        current_period_end: second(3),
        price: {
          ...(item as { price: object }).price,
          id: "price_of_the_item",
          product: "prod_of_the_item",
          unit_amount: 2_101,
          unit_amount_decimal: "2101.5",
          currency: "chf",
          recurring: { interval: "year", interval_count: 3, usage_type: "metered" },
        },
      })),
    },
    trial_start: second(4),
    trial_end: second(5),
    cancel_at: second(6),
    cancel_at_period_end: true,
    canceled_at: second(7),
    ended_at: second(8),
    start_date: second(9),
    created: second(10),
    billing_cycle_anchor: second(11),
    cancellation_details: { comment: null, feedback: "unused", reason: "payment_disputed" },
    collection_method: "send_invoice",
    pause_collection: { behavior: "void", resumes_at: second(31) },
    schedule: "sub_sched_of_the_subscription",
  }));
  const { items } = await stripe.subscriptions.retrieve(tier.subscription);
  item = items.data[0]?.id ?? "";
  const paidBy = await stripe.invoicePayments.list({ invoice: tier.invoice });
  payment = paidBy.data[0]?.id ?? "";
  await changeAtStripe("invoice_payment", payment, () => ({
    invoice: "in_of_the_payment",
    payment: { type: "payment_intent", payment_intent: "pi_of_it", charge: "ch_of_it" },
    amount_paid: 1_501,
    amount_requested: 1_502,
    currency: "eur",
    created: second(32),
    status_transitions: { paid_at: second(33), canceled_at: null },
  }));
  await changeAtStripe("checkout.session", tier.session, () => ({
    amount_subtotal: 1_111,
    amount_total: 1_234,
    currency: "eur",
    payment_intent: packet.paymentIntent,
    created: second(12),
    expires_at: second(13),
  }));

  const customer = (await stripe.customers.create({})).id;
  await stripe.invoiceItems.create({ customer, amount: 4_200, currency: "usd" });
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
  bill = { id: draft.id ?? "", customer };
  await changeAtStripe("invoice", bill.id, (object: object) => ({
    ...object,
    number: "ORACLE-0007",
    status: "open",
    attempt_count: 4,
    amount_due: 1_101,
    amount_paid: 202,
    amount_remaining: 899,
    total: 1_102,
    subtotal: 1_103,
    total_discount_amounts: [
      { amount: 40, discount: "di_1" },
      { amount: 4, discount: "di_2" },
    ],
    total_taxes: [
      { amount: 50, type: "tax_rate_details" },
      { amount: 5, type: "tax_rate_details" },
    ],
    billing_reason: "subscription_threshold",
    collection_method: "send_invoice",
    description: "For the oracle",
    lines: {
      object: "list",
      has_more: false,
      url: "/v1/invoices/lines",
      data: [
        { amount: 1, description: "A line", pricing: { price_details: { price: "price_of_the_line" } } },
      ],
    },
    currency: "eur",
    created: second(14),
    period_start: second(15),
    period_end: second(16),
    due_date: second(17),
    next_payment_attempt: second(34),
    status_transitions: {
      finalized_at: second(35),
      marked_uncollectible_at: null,
      paid_at: second(36),
      voided_at: null,
    },
    hosted_invoice_url: "https://invoice.example/page",
    invoice_pdf: "https://invoice.example/pdf",
    parent: {
      type: "subscription_details",
      quote_details: null,
      subscription_details: { metadata: {}, subscription: "sub_of_the_invoice" },
    },
  }));

  const { latest_charge } = await stripe.paymentIntents.retrieve(packet.paymentIntent);
  dispute = (await own.control("dispute", { charge: String(latest_charge) })).id;
  await changeAtStripe("dispute", dispute, (object: { evidence_details: object }) => ({
    status: "under_review",
    reason: "duplicate",
    amount: 321,
    currency: "gbp",
    charge: "ch_of_the_dispute",
    payment_intent: "pi_of_the_dispute",
    created: second(18),
    evidence_details: { ...object.evidence_details, due_by: second(19) },
  }));

  const product = await stripe.products.create({
    name: "Oracle",
    description: "Answers questions that nobody asked.",
    marketing_features: [{ name: "First" }, { name: "Second" }],
    metadata: { plan: "oracle", family: "prophets", position: "7" },
  });
  const price = await stripe.prices.create({
    product: product.id,
    unit_amount: 3_100,
    currency: "chf",
    lookup_key: "oracle_yearly",
    recurring: { interval: "year", interval_count: 2 },
  });
  plan = { product: product.id, price: price.id };

  open = (
    await stripe.checkout.sessions.create({
      mode: "payment",
      line_items: [{ price: await priceOf("micro_feature_once"), quantity: 1 }],
      success_url: "https://shop.example/",
    })
  ).id;
  await db.insert(checkoutSessions).values({
    stripeId: open,
    mode: "payment",
    status: "open",
    paymentStatus: "unpaid",
    livemode: false,
  });
  await sweep();
  own.stripe.rest();
});

async function priceOf(lookupKey: string) {
  const [row] = await db.select().from(products).where(eq(products.lookupKey, lookupKey));
  return row?.stripePriceId ?? "";
}

const SUBSCRIPTION: Noun = {
  kind: "subscription",
  table: subscriptions,
  key: subscriptions.stripeId,
  id: () => tier.subscription,
  columns: [
    { field: "customer", column: "stripeCustomerId", stripe: () => tier.customer, wrong: "cus_wrong" },
    { field: "status", column: "status", stripe: "past_due", wrong: "active" },
    {
      field: "items[0].price.id",
      column: "stripePriceId",
      stripe: "price_of_the_item",
      wrong: "price_wrong",
    },
    { field: "items[0].quantity", column: "quantity", stripe: 3, wrong: 1 },
    { field: "items[0].price.unit_amount", column: "unitAmount", stripe: 2_101, wrong: 2_100 },
    { field: "currency", column: "currency", stripe: "eur", wrong: "usd" },
    { field: "items[0].price.recurring.interval", column: "interval", stripe: "year", wrong: "month" },
    { field: "items[0].price.recurring.interval_count", column: "intervalCount", stripe: 3, wrong: 1 },
    {
      field: "items[0].current_period_start",
      column: "currentPeriodStart",
      stripe: time(2),
      wrong: time(102),
    },
    { field: "items[0].current_period_end", column: "currentPeriodEnd", stripe: time(3), wrong: time(103) },
    { field: "trial_start", column: "trialStart", stripe: time(4), wrong: time(5) },
    { field: "trial_end", column: "trialEnd", stripe: time(5), wrong: time(4) },
    { field: "cancel_at", column: "cancelAt", stripe: time(6), wrong: null },
    { field: "cancel_at_period_end", column: "cancelAtPeriodEnd", stripe: true, wrong: false },
    { field: "canceled_at", column: "canceledAt", stripe: time(7), wrong: time(8) },
    {
      field: "cancellation_details.reason",
      column: "cancellationReason",
      stripe: "payment_disputed",
      wrong: null,
    },
    { field: "ended_at", column: "endedAt", stripe: time(8), wrong: null },
    {
      field: "collection_method",
      column: "collectionMethod",
      stripe: "send_invoice",
      wrong: "charge_automatically",
    },
    { field: "pause_collection.behavior", column: "pauseBehavior", stripe: "void", wrong: null },
    { field: "pause_collection.resumes_at", column: "pauseResumesAt", stripe: time(31), wrong: time(32) },
    {
      field: "schedule",
      column: "stripeScheduleId",
      stripe: "sub_sched_of_the_subscription",
      wrong: null,
    },
    { field: "start_date", column: "startedAt", stripe: time(9), wrong: time(10) },
    { field: "livemode", column: "livemode", stripe: false, wrong: true },
  ],
  notCompared: STAMP,
  // test/discounts.test.ts compares discounts.
  others: ["id", "stripeId", "userId", "deletedAt", "discounts"],
};

const ITEM: Noun = {
  kind: "subscription",
  table: subscriptionItems,
  key: subscriptionItems.stripeId,
  id: () => item,
  columns: [
    { field: "price.id", column: "stripePriceId", stripe: "price_of_the_item", wrong: "price_wrong" },
    { field: "price.product", column: "stripeProductId", stripe: "prod_of_the_item", wrong: null },
    { field: "quantity", column: "quantity", stripe: 3, wrong: null },
    { field: "price.unit_amount", column: "unitAmount", stripe: 2_101, wrong: 2_100 },
    { field: "price.unit_amount_decimal", column: "unitAmountDecimal", stripe: "2101.5", wrong: "2101" },
    { field: "price.currency", column: "currency", stripe: "chf", wrong: "eur" },
    { field: "price.recurring.interval", column: "interval", stripe: "year", wrong: "month" },
    { field: "price.recurring.interval_count", column: "intervalCount", stripe: 3, wrong: 1 },
    { field: "price.recurring.usage_type", column: "usageType", stripe: "metered", wrong: "licensed" },
    { field: "current_period_start", column: "currentPeriodStart", stripe: time(2), wrong: time(102) },
    { field: "current_period_end", column: "currentPeriodEnd", stripe: time(3), wrong: time(103) },
    { field: "subscription.livemode", column: "livemode", stripe: false, wrong: true },
  ],
  notCompared: { createdAt: STAMP.createdAt },
  others: ["id", "stripeId", "stripeSubscriptionId", "discounts"],
};

const INVOICE_PAYMENT: Noun = {
  kind: "invoice_payment",
  table: invoicePayments,
  key: invoicePayments.stripeId,
  id: () => payment,
  columns: [
    { field: "invoice", column: "stripeInvoiceId", stripe: "in_of_the_payment", wrong: "in_wrong" },
    { field: "payment.payment_intent", column: "stripePaymentIntentId", stripe: "pi_of_it", wrong: null },
    { field: "payment.charge", column: "stripeChargeId", stripe: "ch_of_it", wrong: null },
    { field: "status", column: "status", stripe: "paid", wrong: "open" },
    { field: "amount_paid", column: "amountPaid", stripe: 1_501, wrong: 1_502 },
    { field: "currency", column: "currency", stripe: "eur", wrong: "usd" },
    { field: "status_transitions.paid_at", column: "paidAt", stripe: time(33), wrong: null },
    { field: "livemode", column: "livemode", stripe: false, wrong: true },
  ],
  notCompared: STAMP,
  others: ["id", "stripeId", "deletedAt"],
};

const INVOICE: Noun = {
  kind: "invoice",
  table: invoices,
  key: invoices.stripeId,
  id: () => bill.id,
  columns: [
    { field: "customer", column: "stripeCustomerId", stripe: () => bill.customer, wrong: null },
    {
      field: "parent.subscription_details.subscription",
      column: "stripeSubscriptionId",
      stripe: "sub_of_the_invoice",
      wrong: null,
    },
    { field: "number", column: "number", stripe: "ORACLE-0007", wrong: null },
    { field: "status", column: "status", stripe: "open", wrong: "paid" },
    {
      field: "billing_reason",
      column: "billingReason",
      stripe: "subscription_threshold",
      wrong: "manual",
    },
    {
      field: "collection_method",
      column: "collectionMethod",
      stripe: "send_invoice",
      wrong: "charge_automatically",
    },
    { field: "description", column: "description", stripe: "For the oracle", wrong: "A line" },
    {
      field: "lines[0].pricing.price_details.price",
      column: "stripePriceId",
      stripe: "price_of_the_line",
      wrong: null,
    },
    { field: "period_start", column: "periodStart", stripe: time(15), wrong: time(16) },
    { field: "period_end", column: "periodEnd", stripe: time(16), wrong: time(15) },
    { field: "attempt_count", column: "attemptCount", stripe: 4, wrong: 3 },
    { field: "next_payment_attempt", column: "nextPaymentAttemptAt", stripe: time(34), wrong: null },
    { field: "due_date", column: "dueAt", stripe: time(17), wrong: null },
    { field: "status_transitions.paid_at", column: "paidAt", stripe: time(36), wrong: time(35) },
    { field: "subtotal", column: "subtotal", stripe: 1_103, wrong: 1_102 },
    { field: "total_discount_amounts[].amount", column: "discountAmount", stripe: 44, wrong: 40 },
    { field: "total_taxes[].amount", column: "taxAmount", stripe: 55, wrong: 50 },
    { field: "total", column: "total", stripe: 1_102, wrong: 1_103 },
    { field: "amount_due", column: "amountDue", stripe: 1_101, wrong: 1_102 },
    { field: "amount_paid", column: "amountPaid", stripe: 202, wrong: 1_101 },
    { field: "amount_remaining", column: "amountRemaining", stripe: 899, wrong: 0 },
    { field: "currency", column: "currency", stripe: "eur", wrong: "usd" },
    { field: "created", column: "stripeCreatedAt", stripe: time(14), wrong: time(15) },
    { field: "livemode", column: "livemode", stripe: false, wrong: true },
  ],
  // Stripe makes both addresses anew for every answer.
  notCompared: { ...STAMP, hostedInvoiceUrl: { wrong: "https://a.example" }, invoicePdf: { wrong: null } },
  others: ["id", "stripeId", "userId", "deletedAt"],
};

const DISPUTE: Noun = {
  kind: "dispute",
  table: disputes,
  key: disputes.stripeId,
  id: () => dispute,
  columns: [
    { field: "charge", column: "stripeChargeId", stripe: "ch_of_the_dispute", wrong: null },
    {
      field: "payment_intent",
      column: "stripePaymentIntentId",
      stripe: "pi_of_the_dispute",
      wrong: "pi_wrong",
    },
    { field: "status", column: "status", stripe: "under_review", wrong: "lost" },
    { field: "reason", column: "reason", stripe: "duplicate", wrong: "fraudulent" },
    { field: "amount", column: "amount", stripe: 321, wrong: 320 },
    { field: "currency", column: "currency", stripe: "gbp", wrong: "usd" },
    { field: "evidence_details.due_by", column: "evidenceDueAt", stripe: time(19), wrong: time(18) },
    { field: "created", column: "stripeCreatedAt", stripe: time(18), wrong: time(19) },
    { field: "livemode", column: "livemode", stripe: false, wrong: true },
  ],
  notCompared: STAMP,
  others: ["id", "stripeId", "deletedAt"],
};

const PRODUCT: Noun = {
  kind: "product",
  table: products,
  key: products.stripePriceId,
  id: () => plan.price,
  columns: [
    { field: "product.metadata.plan", column: "plan", stripe: "oracle", wrong: "starter" },
    { field: "product.metadata.family", column: "family", stripe: "prophets", wrong: null },
    { field: "product.name", column: "name", stripe: "Oracle", wrong: "oracle" },
    {
      field: "product.description",
      column: "description",
      stripe: "Answers questions that nobody asked.",
      wrong: "Oracle",
    },
    {
      field: "product.marketing_features[].name",
      column: "features",
      stripe: ["First", "Second"],
      wrong: ["Second", "First"],
    },
    { field: "price.recurring.interval", column: "interval", stripe: "year", wrong: "month" },
    { field: "price.recurring.interval_count", column: "intervalCount", stripe: 2, wrong: 1 },
    { field: "price.unit_amount", column: "unitAmount", stripe: 3_100, wrong: 310_000 },
    {
      field: "price.unit_amount_decimal",
      column: "unitAmountDecimal",
      stripe: "3100",
      wrong: "3100.5",
    },
    { field: "price.currency", column: "currency", stripe: "chf", wrong: "usd" },
    { field: "price.lookup_key", column: "lookupKey", stripe: "oracle_yearly", wrong: "oracle_monthly" },
    { field: "product.active and price.active", column: "active", stripe: true, wrong: false },
    { field: "product.metadata.position", column: "position", stripe: 7, wrong: 0 },
    { field: "price.livemode", column: "livemode", stripe: false, wrong: true },
  ],
  notCompared: { createdAt: STAMP.createdAt },
  others: ["id", "stripeProductId", "stripePriceId"],
};

const OF_THIS_SHOP = ["id", "stripeId", "userId", "productId", "family", "successUrl", "cancelUrl"];

const CHECKOUT_SESSION: Noun = {
  kind: "checkout.session",
  table: checkoutSessions,
  key: checkoutSessions.stripeId,
  id: () => tier.session,
  columns: [
    { field: "mode", column: "mode", stripe: "subscription", wrong: "payment", staysWrong: true },
    { field: "status", column: "status", stripe: "complete", wrong: "open" },
    { field: "payment_status", column: "paymentStatus", stripe: "paid", wrong: "unpaid" },
    { field: "customer", column: "stripeCustomerId", stripe: () => tier.customer, wrong: "cus_wrong" },
    {
      field: "subscription",
      column: "stripeSubscriptionId",
      stripe: () => tier.subscription,
      wrong: null,
    },
    {
      field: "payment_intent",
      column: "stripePaymentIntentId",
      stripe: () => packet.paymentIntent,
      wrong: "pi_wrong",
    },
    { field: "amount_total", column: "amountTotal", stripe: 1_234, wrong: 1_111 },
    { field: "currency", column: "currency", stripe: "eur", wrong: "usd" },
    { field: "expires_at", column: "expiresAt", stripe: time(13), wrong: time(12) },
    { field: "livemode", column: "livemode", stripe: false, wrong: true, staysWrong: true },
  ],
  notCompared: {
    createdAt: STAMP.createdAt,
    url: { wrong: "https://a.example" },
    completedAt: { wrong: time(1_000) },
  },
  others: OF_THIS_SHOP,
};

const OPEN_SESSION: Noun = {
  ...CHECKOUT_SESSION,
  id: () => open,
  columns: [
    { field: "mode", column: "mode", stripe: "payment", wrong: "setup", staysWrong: true },
    { field: "status", column: "status", stripe: "open", wrong: "expired", staysWrong: true },
    { field: "payment_status", column: "paymentStatus", stripe: "unpaid", wrong: "paid", staysWrong: true },
    { field: "customer", column: "stripeCustomerId", stripe: null, wrong: "cus_wrong", staysWrong: true },
    {
      field: "subscription",
      column: "stripeSubscriptionId",
      stripe: null,
      wrong: "sub_wrong",
      staysWrong: true,
    },
    {
      field: "payment_intent",
      column: "stripePaymentIntentId",
      stripe: null,
      wrong: "pi_wrong",
      staysWrong: true,
    },
  ],
  // Its cost may change until it is paid, and no event tells of it.
  notCompared: {
    ...CHECKOUT_SESSION.notCompared,
    amountTotal: { wrong: 5 },
    currency: { wrong: "eur" },
  },
  others: [...OF_THIS_SHOP, "expiresAt", "livemode"],
};

const literal = (value: unknown) => (typeof value === "function" ? value() : value);

describe.each([
  ["a subscription", SUBSCRIPTION],
  ["an item of it", ITEM],
  ["a payment of an invoice", INVOICE_PAYMENT],
  ["an invoice", INVOICE],
  ["a dispute", DISPUTE],
  ["a product", PRODUCT],
  ["a checkout that is complete", CHECKOUT_SESSION],
  ["a checkout that is open", OPEN_SESSION],
])("%s", (_, noun) => {
  const { kind, table, key, id, columns, notCompared, others } = noun;
  const row = async () => (await db.select().from(table).where(eq(key, id())))[0] ?? {};
  const set = (change: Record<string, unknown>) =>
    db
      .update(table)
      .set(change as never)
      .where(eq(key, id()));

  it("is copied, each column from its own field", async () => {
    const expected = columns.map(({ column, stripe }) => [column, literal(stripe)]);
    expect(await row()).toMatchObject(Object.fromEntries(expected));
    expect(await drift()).toEqual([]);
  });

  it("has no column of which nobody said whether it is compared", () => {
    const named = [...columns.map(({ column }) => column), ...Object.keys(notCompared), ...others];
    expect(named.toSorted()).toEqual(Object.keys(getTableColumns(table)).toSorted());
  });

  it.each(columns)("$field is $column", async ({ column, stripe, wrong, staysWrong }) => {
    await set({ [column]: wrong });
    expect(await drift()).toEqual([{ kind, id: id(), field: column, ours: wrong, stripe: literal(stripe) }]);
    await sweep();
    // A checkout only moves on; what it said before is for a person to look at.
    if (staysWrong) {
      expect(await row()).toMatchObject({ [column]: wrong });
      await set({ [column]: literal(stripe) });
    }
    expect(await row()).toMatchObject({ [column]: literal(stripe) });
  });

  it.each(Object.entries(notCompared))("%s may say anything", async (column, { wrong }) => {
    const before = await row();
    await set({ [column]: wrong });
    expect(await row()).toMatchObject({ [column]: wrong });
    expect(await drift()).toEqual([]);
    await set({ [column]: before[column as never] });
  });
});

it.each([
  ["product", () => plan.product],
  ["price", () => plan.price],
] as const)("a plan is on sale only while both are active: the %s is not", async (table, id) => {
  const isOnSale = async () =>
    (await db.select().from(products).where(eq(products.stripePriceId, plan.price)))[0]?.active;
  await changeAtStripe(table, id(), () => ({ active: false }));
  expect(await drift()).toEqual([
    { kind: "product", id: plan.price, field: "active", ours: true, stripe: false },
  ]);
  await sweep();
  expect(await isOnSale()).toBe(false);
  await changeAtStripe(table, id(), () => ({ active: true }));
  await sweep();
  expect(await isOnSale()).toBe(true);
});
