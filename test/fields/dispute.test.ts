import { beforeAll, describe, expect, it } from "vitest";
import { post } from "../support/post-event";
import { someUser } from "../support/rows";
import { event, stripeId } from "../support/stripe-objects";
import { columnsOf, LEDGER_ROW, type Line, ledgerRows, mirrorLines, postgresRow } from "./postgres-row";

/** Every column of `disputes`, and of what a dispute adds to the ledger, held against the field of Stripe's. */

/** As a reading answers: an event has the charge's id alone, and leads to one (test/account-rows.test.ts). */
const dispute = (id: string, over: object = {}) => ({
  id,
  object: "dispute",
  amount: 6_203,
  balance_transactions: [{ amount: -6_211, fee: 1_500, net: -7_711 }],
  charge: { id: `ch_${id}`, object: "charge", customer: `cus_${id}` },
  payment_intent: `pi_${id}`,
  created: 1_798_859_045, // 2027-01-02 03:04:05
  currency: "eur",
  evidence_details: { due_by: 1_801_627_506, submission_count: 2, has_evidence: false }, // 2027-02-03 04:05:06
  is_charge_refundable: false,
  livemode: false,
  metadata: {},
  network_reason_code: "10.4",
  reason: "product_not_received",
  status: "under_review",
  ...over,
});

/** 2027-03-04 05:06:07 */
const TOLD_AT = 1_804_136_767;

async function posted(type: string, over: object = {}) {
  const told = dispute(stripeId("du"), over);
  const sent = event(type, told, { created: TOLD_AT });
  expect((await post(sent)).status).toBe(200);
  return { sent, id: told.id };
}

describe("a dispute with every field", () => {
  let row: Record<string, unknown>;
  let id: string;
  beforeAll(async () => {
    id = (await posted("charge.dispute.updated")).id;
    row = await postgresRow("disputes", id);
  });

  const lines: Line[] = [
    ["id", "stripe_id", () => id, "its name at Stripe"],
    ["charge.id", "stripe_charge_id", () => `ch_${id}`, "what is questioned"],
    ["payment_intent", "stripe_payment_intent_id", () => `pi_${id}`, "the payment of that charge"],
    ["status", "status", "under_review", "as Stripe says it"],
    ["reason", "reason", "product_not_received", "what the cardholder said"],
    ["amount", "amount", 6_203, "what is questioned, without Stripe's fee"],
    ["currency", "currency", "eur", "of the amount"],
    ["evidence_details.due_by", "evidence_due_at", "2027-02-03T04:05:06+00:00", "the last moment to answer"],
    ["created", "stripe_created_at", "2027-01-02T03:04:05+00:00", "it was opened"],
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

it("each null stays a null: an old charge has no payment intent, a closed dispute no date", async () => {
  const { id } = await posted("charge.dispute.closed", {
    payment_intent: null,
    evidence_details: { due_by: null },
    status: "lost",
  });
  expect(await postgresRow("disputes", id)).toMatchObject({
    stripe_payment_intent_id: null,
    evidence_due_at: null,
    status: "lost",
  });
});

it.each([
  "charge.dispute.created",
  "charge.dispute.updated",
  "charge.dispute.closed",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.funds_reinstated",
])("%s: one row of the ledger, without revenue, as of when it was opened", async (type) => {
  const { sent, id } = await posted(type);
  expect(await ledgerRows(id)).toEqual([
    {
      ...LEDGER_ROW,
      kind: "dispute",
      stripe_id: id,
      event_type: type,
      stripe_event_id: sent.id,
      stripe_customer_id: `cus_${id}`,
      stripe_payment_intent_id: `pi_${id}`,
      amount: 6_203,
      revenue: 0,
      currency: "eur",
      occurred_at: "2027-01-02T03:04:05+00:00",
    },
  ]);
  expect(await postgresRow("disputes", id)).toMatchObject({ status: "under_review" });
});

it("is its payer's, by the charge's customer; a charge may have none", async () => {
  const user = await someUser();
  const charge = { id: stripeId("ch"), object: "charge", customer: user.customer };
  await posted("charge.dispute.created", { charge });
  expect(await ledgerRows(user.customer)).toMatchObject([{ kind: "dispute", user_id: user.id }]);
  const { id } = await posted("charge.dispute.created", { charge: { ...charge, customer: null } });
  expect(await ledgerRows(id)).toMatchObject([{ user_id: null, stripe_customer_id: null }]);
});

it("moves freely: a later status counts, also one that it had before", async () => {
  const id = stripeId("du");
  for (const [after, status] of ["needs_response", "under_review", "needs_response"].entries())
    await post(event("charge.dispute.updated", dispute(id, { status }), { created: TOLD_AT + after }));
  expect(await postgresRow("disputes", id)).toMatchObject({ status: "needs_response", rev: 2 });
});
