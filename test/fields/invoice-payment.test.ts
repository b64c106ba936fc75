import { beforeAll, describe, expect, it } from "vitest";
import { post } from "../support/post-event";
import { event, stripeId } from "../support/stripe-objects";
import { columnsOf, type Line, mirrorLines, postgresRow } from "./postgres-row";

/** Every column of `invoice_payments`, held against the field of Stripe's that it copies. */

const invoicePayment = (id: string, over: object = {}) => ({
  id,
  object: "invoice_payment",
  invoice: `in_${id}`,
  payment: { type: "payment_intent", payment_intent: `pi_${id}`, charge: `ch_${id}` },
  status: "paid",
  amount_paid: 1_717,
  amount_requested: 1_818,
  currency: "eur",
  is_default: true,
  created: 1_798_859_045, // 2027-01-02 03:04:05
  status_transitions: {
    canceled_at: 1_801_627_506, // 2027-02-03 04:05:06
    paid_at: 1_804_136_767, // 2027-03-04 05:06:07
  },
  livemode: false,
  ...over,
});

/** 2027-11-12 13:14:15 */
const TOLD_AT = 1_826_025_255;

async function posted(over: object = {}) {
  const told = invoicePayment(stripeId("inpay"), over);
  expect((await post(event("invoice_payment.paid", told, { created: TOLD_AT }))).status).toBe(200);
  return { id: told.id, row: await postgresRow("invoice_payments", told.id) };
}

describe("an invoice payment with every field", () => {
  let id: string;
  let row: Record<string, unknown>;
  beforeAll(async () => {
    ({ id, row } = await posted());
  });

  const lines: Line[] = [
    ["id", "stripe_id", () => id, "its name at Stripe"],
    ["invoice", "stripe_invoice_id", () => `in_${id}`, "the bill that was paid"],
    [
      "payment.payment_intent",
      "stripe_payment_intent_id",
      () => `pi_${id}`,
      "the payment, as a refund names it",
    ],
    ["payment.charge", "stripe_charge_id", () => `ch_${id}`, "the payment, where it has no intent"],
    ["status", "status", "paid", "as Stripe says it"],
    ["amount_paid", "amount_paid", 1_717, "what came"],
    ["currency", "currency", "eur", "of the amount"],
    ["status_transitions.paid_at", "paid_at", "2027-03-04T05:06:07+00:00", "it came then"],
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

it("each null stays a null", async () => {
  const { row } = await posted({
    payment: { type: "payment_record" },
    amount_paid: null,
    status_transitions: { canceled_at: null, paid_at: null },
  });
  expect(row).toMatchObject({
    stripe_payment_intent_id: null,
    stripe_charge_id: null,
    amount_paid: null,
    paid_at: null,
  });
});

/** https://docs.stripe.com/api/invoice-payment/object#invoice_payment_object-status */
it.each([
  ["open", "paid", "paid"],
  ["paid", "open", "paid"],
  ["open", "canceled", "canceled"],
  ["canceled", "open", "canceled"],
])("%s, then %s with a time that says the opposite: %s", async (first, second, last) => {
  const told = invoicePayment(stripeId("inpay"));
  const climbs = last === second;
  const tell = (status: string, created: number) =>
    post(event("invoice_payment.paid", { ...told, status }, { created }));
  await tell(first, TOLD_AT);
  expect((await tell(second, climbs ? TOLD_AT - 9 : TOLD_AT + 9)).status).toBe(200);
  expect(await postgresRow("invoice_payments", told.id)).toMatchObject({ status: last });
});
