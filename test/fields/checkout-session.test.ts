import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { post } from "../support/post-event";
import { someUser } from "../support/rows";
import { event } from "../support/stripe-objects";
import { columnsOf, LEDGER_ROW, type Line, ledgerRows, postgresRow } from "./postgres-row";

/** Every column of `checkout_sessions`, and of what a checkout adds to the ledger, held against Stripe's field. */

const OURS = randomUUID();

const session = (customer: string | null, id: string, over: object = {}) => ({
  id,
  object: "checkout.session",
  mode: "payment",
  status: "complete",
  payment_status: "paid",
  customer,
  subscription: `sub_${id}`,
  payment_intent: `pi_${id}`,
  invoice: `in_${id}`,
  setup_intent: `seti_${id}`,
  payment_link: `plink_${id}`,
  client_reference_id: randomUUID(),
  amount_subtotal: 7_013,
  amount_total: 6_907,
  currency: "eur",
  total_details: { amount_discount: 106, amount_shipping: 19, amount_tax: 23 },
  created: 1_798_859_045, // 2027-01-02 03:04:05
  expires_at: 1_801_627_506, // 2027-02-03 04:05:06
  url: `https://checkout.example/${id}`,
  success_url: `https://success.example/${id}`,
  cancel_url: `https://cancel.example/${id}`,
  metadata: {},
  livemode: false,
  ...over,
});

/** 2027-03-04 05:06:07 */
const TOLD_AT = 1_804_136_767;
const COMPLETED = "checkout.session.completed";

async function posted(type: string, over: object = {}) {
  const user = await someUser();
  const told = session(user.customer, `cs_test_${user.id}`, over);
  const sent = event(type, told, { created: TOLD_AT });
  expect((await post(sent)).status).toBe(200);
  return { user, sent, told, id: told.id };
}

describe("a checkout session with every field", () => {
  let row: Record<string, unknown>;
  let known: Awaited<ReturnType<typeof posted>>;
  beforeAll(async () => {
    known = await posted(COMPLETED, { metadata: { checkout_session_id: OURS, user_id: randomUUID() } });
    row = await postgresRow("checkout_sessions", known.id);
  });

  const lines: Line[] = [
    ["metadata.checkout_session_id", "id", OURS, "the row that it was made for"],
    ["id", "stripe_id", () => known.id, "its name at Stripe"],
    ["customer", "stripe_customer_id", () => known.user.customer, "who pays"],
    ["customer", "user_id", () => known.user.id, "our user with this customer"],
    ["mode", "mode", "payment", "once, or again and again"],
    ["status", "status", "complete", "as Stripe says it"],
    ["payment_status", "payment_status", "paid", "as Stripe says it"],
    ["subscription", "stripe_subscription_id", () => `sub_${known.id}`, "what it led to"],
    ["payment_intent", "stripe_payment_intent_id", () => `pi_${known.id}`, "what paid a one-time sale"],
    ["amount_total", "amount_total", 6_907, "what was paid, after discounts, with taxes"],
    ["currency", "currency", "eur", "of the amount"],
    ["expires_at", "expires_at", "2027-02-03T04:05:06+00:00", "until when it may be paid"],
    ["event.created", "completed_at", "2027-03-04T05:06:07+00:00", "the person was done"],
    ["livemode", "livemode", false, "real money"],
    ["url", "url", () => `https://checkout.example/${known.id}`, "where an open one goes on"],
    ["–", "product_id", null, "ours, written before Stripe is asked"],
    ["–", "family", null, "ours, written before Stripe is asked"],
    ["–", "success_url", null, "ours, written before Stripe is asked"],
    ["–", "cancel_url", null, "ours, written before Stripe is asked"],
    ["–", "created_at", expect.any(String), "when we first saw it"],
  ];
  it.each(lines)("%s → %s", (_, column, value) => {
    expect(row).toHaveProperty(column, typeof value === "function" ? value() : value);
  });
  it("has no other column", () => {
    expect(Object.keys(row).toSorted()).toEqual(columnsOf(lines));
  });
});

it("each null stays a null, and nothing is known of when an expired one was completed", async () => {
  const { id } = await posted("checkout.session.expired", {
    status: "expired",
    payment_status: "unpaid",
    customer: null,
    subscription: null,
    payment_intent: null,
    invoice: null,
    amount_total: null,
    currency: null,
    url: null,
    metadata: null,
  });
  expect(await postgresRow("checkout_sessions", id)).toMatchObject({
    status: "expired",
    payment_status: "unpaid",
    stripe_customer_id: null,
    user_id: null,
    stripe_subscription_id: null,
    stripe_payment_intent_id: null,
    amount_total: null,
    currency: null,
    url: null,
    completed_at: null,
  });
});

it("a session without a status is open", async () => {
  const { id } = await posted("checkout.session.async_payment_succeeded", { status: null });
  expect(await postgresRow("checkout_sessions", id)).toMatchObject({ status: "open", completed_at: null });
});

it.each([
  ["text", "order 7"],
  ["a UUID with something after it", `${OURS}0`],
  ["a UUID with something before it", `0${OURS}`],
  ["nothing", ""],
])("metadata that names no row of ours (%s) gets a row of its own", async (_, checkout_session_id) => {
  const { id } = await posted(COMPLETED, { metadata: { checkout_session_id } });
  expect((await postgresRow("checkout_sessions", id)).id).toMatch(/^[0-9a-f-]{36}$/);
});

describe("what is known stays known", () => {
  it("when a later telling leaves it out", async () => {
    const { id, told } = await posted("checkout.session.async_payment_succeeded", {
      status: "open",
      payment_status: "unpaid",
    });
    const bare = {
      customer: null,
      subscription: null,
      payment_intent: null,
      amount_total: null,
      currency: null,
    };
    const complete = { ...told, ...bare, status: "complete", payment_status: "paid", url: null };
    await post(event(COMPLETED, complete, { created: TOLD_AT }));
    expect(await postgresRow("checkout_sessions", id)).toMatchObject({
      status: "complete",
      payment_status: "paid",
      stripe_customer_id: told.customer,
      stripe_subscription_id: told.subscription,
      stripe_payment_intent_id: told.payment_intent,
      amount_total: 6_907,
      currency: "eur",
      url: null,
    });
  });

  it("it was completed when that was first told, in either order", async () => {
    for (const seconds of [
      [TOLD_AT, TOLD_AT + 60],
      [TOLD_AT + 60, TOLD_AT],
    ]) {
      const told = session(null, `cs_test_${randomUUID()}`);
      for (const created of seconds) await post(event(COMPLETED, told, { created }));
      expect(await postgresRow("checkout_sessions", told.id)).toMatchObject({
        completed_at: "2027-03-04T05:06:07+00:00",
      });
    }
  });

  it("a closed session has no way back to its page, and does not open again", async () => {
    const { id, told } = await posted("checkout.session.expired", { status: "expired", url: null });
    const open = {
      ...told,
      status: "open",
      payment_status: "paid",
      amount_total: 1,
      url: "https://late.example",
    };
    await post(event(COMPLETED, open, { created: TOLD_AT + 60 }));
    expect(await postgresRow("checkout_sessions", id)).toMatchObject({
      status: "expired",
      amount_total: 6_907,
      url: null,
    });
  });

  it.each([
    ["paid", "unpaid"],
    ["no_payment_required", "unpaid"],
    ["paid", "no_payment_required"],
  ])("%s does not become %s", async (first, second) => {
    const { id, told } = await posted(COMPLETED, { payment_status: first });
    await post(event(COMPLETED, { ...told, payment_status: second }, { created: TOLD_AT + 60 }));
    expect(await postgresRow("checkout_sessions", id)).toMatchObject({ payment_status: first });
  });
});

describe("the ledger", () => {
  const row = ({ user, sent, id }: Awaited<ReturnType<typeof posted>>) => ({
    ...LEDGER_ROW,
    event_type: sent.type,
    stripe_event_id: sent.id,
    user_id: user.id,
    stripe_customer_id: user.customer,
    stripe_checkout_session_id: id,
    stripe_subscription_id: `sub_${id}`,
    stripe_invoice_id: `in_${id}`,
    stripe_payment_intent_id: `pi_${id}`,
    amount: 6_907,
    currency: "eur",
    occurred_at: "2027-03-04T05:06:07+00:00",
  });

  it("of a one-time sale: the checkout, and its money under the payment's name", async () => {
    const sale = await posted(COMPLETED);
    expect(await ledgerRows(sale.user.customer)).toEqual([
      { ...row(sale), kind: "checkout", stripe_id: sale.id, revenue: 0 },
      { ...row(sale), kind: "payment", stripe_id: `pi_${sale.id}`, revenue: 6_907 },
    ]);
  });

  it("of a subscription: the checkout alone, since its first invoice has the money", async () => {
    const sale = await posted(COMPLETED, { mode: "subscription" });
    expect(await ledgerRows(sale.user.customer)).toEqual([
      { ...row(sale), kind: "checkout", stripe_id: sale.id, revenue: 0 },
    ]);
  });

  it("of a delayed payment: its money alone, when it arrives", async () => {
    const sale = await posted("checkout.session.async_payment_succeeded");
    expect(await ledgerRows(sale.user.customer)).toEqual([
      { ...row(sale), kind: "payment", stripe_id: `pi_${sale.id}`, revenue: 6_907 },
    ]);
  });

  it.each([
    ["unpaid", { payment_status: "unpaid" }],
    ["given away", { payment_status: "no_payment_required" }],
    ["without a payment", { payment_intent: null }],
  ])("of a one-time sale that is %s: no money", async (_, over) => {
    const sale = await posted(COMPLETED, over);
    expect(await ledgerRows(sale.user.customer)).toMatchObject([{ kind: "checkout", revenue: 0 }]);
  });

  it("of one without an amount: none, in dollars", async () => {
    const sale = await posted(COMPLETED, { amount_total: null, currency: null });
    expect(await ledgerRows(sale.user.customer)).toMatchObject([
      { kind: "checkout", amount: 0, currency: "usd" },
      { kind: "payment", amount: 0, revenue: 0, currency: "usd" },
    ]);
  });

  it.each(["checkout.session.async_payment_failed", "checkout.session.expired"])(
    "of %s: nothing",
    async (type) => {
      const sale = await posted(type, { payment_status: "unpaid" });
      expect(await ledgerRows(sale.user.customer)).toEqual([]);
    },
  );

  it("of a `completed` whose session is not: nothing", async () => {
    const sale = await posted(COMPLETED, { status: "open", payment_status: "unpaid" });
    expect(await ledgerRows(sale.user.customer)).toEqual([]);
  });
});
