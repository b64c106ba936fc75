import { beforeAll, describe, expect, it } from "vitest";
import { post } from "../support/post-event";
import { someUser } from "../support/rows";
import { event } from "../support/stripe-objects";
import { columnsOf, LEDGER_ROW, type Line, ledgerRows, mirrorLines, postgresRow } from "./postgres-row";

/** Every column of `invoices`, and of what an invoice adds to the ledger, held against the field of Stripe's. */

const invoice = (customer: string, id: string, over: object = {}) => ({
  id,
  object: "invoice",
  customer,
  number: "TF-0042",
  status: "paid",
  currency: "eur",
  billing_reason: "subscription_cycle",
  collection_method: "send_invoice",
  description: "Thank you for the anvils.",
  attempt_count: 3,
  subtotal: 9_011,
  total: 9_007,
  total_discount_amounts: [
    { amount: 311, discount: "di_1" },
    { amount: 13, discount: "di_2" },
  ],
  total_taxes: [
    { amount: 401, type: "tax_rate_details" },
    { amount: 19, type: "tax_rate_details" },
  ],
  starting_balance: -104,
  ending_balance: -53,
  amount_due: 8_903,
  amount_paid: 8_801,
  amount_remaining: 102,
  amount_overpaid: 17,
  created: 1_798_859_045, // 2027-01-02 03:04:05
  period_start: 1_801_627_506, // 2027-02-03 04:05:06
  period_end: 1_804_136_767, // 2027-03-04 05:06:07
  due_date: 1_806_905_228, // 2027-04-05 06:07:08
  effective_at: 1_809_587_289, // 2027-05-06 07:08:09
  next_payment_attempt: 1_812_355_750, // 2027-06-07 08:09:10
  status_transitions: {
    finalized_at: 1_815_037_811, // 2027-07-08 09:10:11
    paid_at: 1_817_806_272, // 2027-08-09 10:11:12
    voided_at: 1_820_574_733, // 2027-09-10 11:12:13
    marked_uncollectible_at: 1_823_256_794, // 2027-10-11 12:13:14
  },
  hosted_invoice_url: `https://invoice.example/${id}`,
  invoice_pdf: `https://pdf.example/${id}`,
  parent: {
    type: "subscription_details",
    subscription_details: { subscription: `sub_${id}`, metadata: {} },
  },
  lines: {
    object: "list",
    data: [1, 2].map((line) => ({
      id: `il_${line}_${id}`,
      amount: 4_400 + line,
      description: `Line ${line}`,
      pricing: { price_details: { price: `price_${line}_${id}`, product: `prod_${line}_${id}` } },
    })),
  },
  livemode: false,
  ...over,
});

/** 2027-11-12 13:14:15 */
const TOLD_AT = 1_826_025_255;
const at = { created: TOLD_AT };

async function posted(type: string, over: object = {}) {
  const user = await someUser();
  const told = invoice(user.customer, `in_${user.id}`, over);
  const sent = event(type, told, at);
  expect((await post(sent)).status).toBe(200);
  return { user, sent, id: told.id };
}

describe("an invoice with every field", () => {
  let row: Record<string, unknown>;
  let known: Awaited<ReturnType<typeof posted>>;
  beforeAll(async () => {
    known = await posted("invoice.paid");
    row = await postgresRow("invoices", known.id);
  });

  const lines: Line[] = [
    ["id", "stripe_id", () => known.id, "its name at Stripe"],
    ["customer", "stripe_customer_id", () => known.user.customer, "who pays"],
    ["customer", "user_id", () => known.user.id, "our user with this customer"],
    [
      "parent.subscription_details.subscription",
      "stripe_subscription_id",
      () => `sub_${known.id}`,
      "what it bills",
    ],
    ["number", "number", "TF-0042", "what its reader calls it"],
    ["status", "status", "paid", "as Stripe says it"],
    ["billing_reason", "billing_reason", "subscription_cycle", "why it was made"],
    ["collection_method", "collection_method", "send_invoice", "by card, or by hand"],
    ["description", "description", "Thank you for the anvils.", "what it is for"],
    [
      "lines[0].pricing.price_details.price",
      "stripe_price_id",
      () => `price_1_${known.id}`,
      "what it is for, by its price",
    ],
    ["period_start", "period_start", "2027-02-03T04:05:06+00:00", "what was used begins"],
    ["period_end", "period_end", "2027-03-04T05:06:07+00:00", "what was used ends"],
    ["attempt_count", "attempt_count", 3, "how often Stripe tried to collect it"],
    [
      "next_payment_attempt",
      "next_payment_attempt_at",
      "2027-06-07T08:09:10+00:00",
      "the card is tried again",
    ],
    ["due_date", "due_at", "2027-04-05T06:07:08+00:00", "to be paid by hand until then"],
    ["status_transitions.paid_at", "paid_at", "2027-08-09T10:11:12+00:00", "it was paid"],
    ["subtotal", "subtotal", 9_011, "before discounts and taxes"],
    ["total_discount_amounts[].amount", "discount_amount", 324, "what coupons take off, together"],
    ["total_taxes[].amount", "tax_amount", 420, "what taxes add, together"],
    ["total", "total", 9_007, "after both"],
    ["amount_due", "amount_due", 8_903, "what is asked for, after the balance"],
    ["amount_paid", "amount_paid", 8_801, "what came"],
    ["amount_remaining", "amount_remaining", 102, "what is still to come"],
    ["currency", "currency", "eur", "of all of them"],
    [
      "hosted_invoice_url",
      "hosted_invoice_url",
      () => `https://invoice.example/${known.id}`,
      "its page, where it can be paid",
    ],
    ["invoice_pdf", "invoice_pdf", () => `https://pdf.example/${known.id}`, "its file"],
    ["created", "stripe_created_at", "2027-01-02T03:04:05+00:00", "it was drafted"],
    ["livemode", "livemode", false, "real money"],
    ...mirrorLines(TOLD_AT),
  ];
  it.each(lines)("%s → %s", (_, column, value) => {
    expect(row).toHaveProperty(column, typeof value === "function" ? value() : value);
  });
  it("has no other column", () => {
    expect(Object.keys(row).toSorted()).toEqual(columnsOf(lines));
  });
});

it("each null stays a null, and a draft without a status is a draft", async () => {
  const { id } = await posted("invoice.updated", {
    customer: null,
    number: null,
    status: null,
    billing_reason: null,
    description: null,
    next_payment_attempt: null,
    due_date: null,
    status_transitions: { paid_at: null },
    total_discount_amounts: null,
    total_taxes: null,
    lines: { object: "list", data: [] },
    parent: null,
    hosted_invoice_url: null,
    invoice_pdf: undefined,
  });
  expect(await postgresRow("invoices", id)).toMatchObject({
    stripe_customer_id: null,
    user_id: null,
    number: null,
    status: "draft",
    billing_reason: null,
    description: null,
    stripe_price_id: null,
    next_payment_attempt_at: null,
    due_at: null,
    paid_at: null,
    discount_amount: 0,
    tax_amount: 0,
    stripe_subscription_id: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    deleted_at: null,
  });
});

describe("the line that says what a bill is for", () => {
  const line = (amount: number, name: string) => ({
    amount,
    description: `Words of ${name}`,
    pricing: { price_details: { price: `price_of_${name}` } },
  });
  const of = (...data: object[]) => ({ description: null, lines: { object: "list", data } });

  it.each([
    ["a change of plan gives back first", [line(-900, "old"), line(1_900, "new"), line(300, "more")], "new"],
    ["all is given back", [line(-900, "first"), line(-100, "second")], "first"],
    ["nothing is charged", [line(0, "first"), line(0, "second")], "first"],
    ["an invoice made by hand has no price", [{ ...line(5, "hand"), pricing: null }], "hand"],
  ])("%s", async (_, lines, name) => {
    const { id } = await posted("invoice.finalized", of(...lines));
    expect(await postgresRow("invoices", id)).toMatchObject({
      description: `Words of ${name}`,
      stripe_price_id: name === "hand" ? null : `price_of_${name}`,
    });
  });
});

it("a draft that was thrown away is gone since Stripe said so", async () => {
  const { id } = await posted("invoice.deleted", { status: "draft" });
  expect(await postgresRow("invoices", id)).toMatchObject({ deleted_at: "2027-11-12T13:14:15+00:00" });
});

describe("the ledger", () => {
  it("of a paid invoice: what was paid, when it was paid, told by the event", async () => {
    const { user, sent, id } = await posted("invoice.paid");
    expect(await ledgerRows(user.customer)).toEqual([
      {
        ...LEDGER_ROW,
        kind: "invoice_paid",
        stripe_id: id,
        event_type: "invoice.paid",
        stripe_event_id: sent.id,
        user_id: user.id,
        stripe_customer_id: user.customer,
        stripe_subscription_id: `sub_${id}`,
        stripe_invoice_id: id,
        stripe_price_id: `price_1_${id}`,
        description: "Thank you for the anvils.",
        amount: 8_801,
        revenue: 8_801,
        currency: "eur",
        occurred_at: "2027-08-09T10:11:12+00:00",
      },
    ]);
  });

  it("of one that does not say when it was paid: when Stripe said so", async () => {
    const { user } = await posted("invoice.payment_succeeded", { status_transitions: { paid_at: null } });
    expect(await ledgerRows(user.customer)).toMatchObject([
      { event_type: "invoice.payment_succeeded", occurred_at: "2027-11-12T13:14:15+00:00" },
    ]);
  });

  it("of an attempt that failed: what was due, numbered, when it failed, no revenue", async () => {
    const { user, sent, id } = await posted("invoice.payment_failed", { status: "open" });
    expect(await ledgerRows(user.customer)).toEqual([
      {
        ...LEDGER_ROW,
        kind: "attempt",
        stripe_id: `${id}:3`,
        event_type: "invoice.payment_failed",
        stripe_event_id: sent.id,
        user_id: user.id,
        stripe_customer_id: user.customer,
        stripe_subscription_id: `sub_${id}`,
        stripe_invoice_id: id,
        stripe_price_id: `price_1_${id}`,
        description: "Thank you for the anvils.",
        amount: 8_903,
        revenue: 0,
        currency: "eur",
        occurred_at: "2027-11-12T13:14:15+00:00",
      },
    ]);
  });

  it("of an invoice of no subscription and no price: it says so", async () => {
    const { user } = await posted("invoice.paid", { parent: null, lines: { object: "list", data: [] } });
    expect(await ledgerRows(user.customer)).toMatchObject([
      {
        stripe_subscription_id: null,
        stripe_price_id: null,
        description: "Thank you for the anvils.",
        revenue: 8_801,
      },
    ]);
  });

  it.each(["draft", "open", "uncollectible", "void"])("of a %s invoice: nothing", async (status) => {
    const { user } = await posted("invoice.updated", { status });
    expect(await ledgerRows(user.customer)).toEqual([]);
  });

  it("keeps the earliest time that it was told, in either order, and one row", async () => {
    const unpaid = { status_transitions: { paid_at: null } };
    for (const seconds of [
      [TOLD_AT, TOLD_AT + 60],
      [TOLD_AT + 60, TOLD_AT],
    ]) {
      const { customer, id } = await someUser();
      // The later event's id is the higher one, so that it is no reason to write the row.
      for (const [n, created] of seconds.entries())
        await post(
          event("invoice.paid", invoice(customer, `in_${id}`, unpaid), { created, id: `evt_${n}${id}` }),
        );
      expect(await ledgerRows(customer)).toMatchObject([
        { occurred_at: "2027-11-12T13:14:15+00:00", stripe_event_id: `evt_0${id}` },
      ]);
    }
  });
});

/** https://docs.stripe.com/invoicing/overview#invoice-statuses: a status only climbs; void and paid end it. */
it.each([
  ["draft", "open", "open"],
  ["open", "draft", "open"],
  ["open", "uncollectible", "uncollectible"],
  ["uncollectible", "open", "uncollectible"],
  ["uncollectible", "paid", "paid"],
  ["uncollectible", "void", "void"],
  ["paid", "uncollectible", "paid"],
  ["void", "uncollectible", "void"],
  ["paid", "open", "paid"],
  ["void", "draft", "void"],
])("%s, then %s with a time that says the opposite: %s", async (first, second, last) => {
  const { customer, id } = await someUser();
  const climbs = last === second;
  const told = (status: string, created: number) =>
    post(event("invoice.updated", invoice(customer, `in_${id}`, { status }), { created }));
  await told(first, TOLD_AT);
  expect((await told(second, climbs ? TOLD_AT - 9 : TOLD_AT + 9)).status).toBe(200);
  expect(await postgresRow("invoices", `in_${id}`)).toMatchObject({ status: last });
});
