import { describe, expect, it } from "vitest";
import { post } from "../support/post-event";
import { someUser } from "../support/rows";
import { event } from "../support/stripe-objects";
import { LEDGER_ROW, ledgerRows } from "./postgres-row";

/** A refund has no table: it is one row of the ledger, whose status only climbs. */

const refund = (customer: string, id: string, over: object = {}) => ({
  id,
  object: "refund",
  amount: 3_107,
  charge: `ch_${id}`,
  payment_intent: `pi_${id}`,
  customer,
  created: 1_798_859_045, // 2027-01-02 03:04:05
  currency: "eur",
  reason: "requested_by_customer",
  receipt_number: "1234-5678",
  status: "succeeded",
  balance_transaction: `txn_${id}`,
  metadata: {},
  ...over,
});

/** 2027-03-04 05:06:07 */
const TOLD_AT = 1_804_136_767;

async function someRefund() {
  const user = await someUser();
  const id = `re_${user.id}`;
  const tell = async (type: string, over: object = {}) => {
    const sent = event(type, refund(user.customer, id, over), { created: TOLD_AT });
    expect((await post(sent)).status).toBe(200);
    return sent;
  };
  return { user, id, tell, rows: () => ledgerRows(user.customer) };
}

describe("one row of the ledger", () => {
  it.each([
    // Stripe's status, our status, what the row adds to revenue
    ["pending", "pending", 0],
    ["requires_action", "requires_action", 0],
    ["succeeded", "succeeded", -3_107],
    ["failed", "failed", 0],
    ["canceled", "canceled", 0],
    [null, "pending", 0],
  ])("%s: %s, %i", async (told, status, revenue) => {
    const { user, id, tell, rows } = await someRefund();
    const sent = await tell("refund.updated", { status: told });
    expect(await rows()).toEqual([
      {
        ...LEDGER_ROW,
        kind: "refund",
        stripe_id: id,
        event_type: "refund.updated",
        stripe_event_id: sent.id,
        user_id: user.id,
        stripe_customer_id: user.customer,
        stripe_payment_intent_id: `pi_${id}`,
        amount: 3_107,
        revenue,
        status,
        currency: "eur",
        occurred_at: "2027-01-02T03:04:05+00:00",
      },
    ]);
  });

  it("of a refund without a payment intent", async () => {
    const { tell, rows } = await someRefund();
    await tell("refund.created", { payment_intent: null });
    expect(await rows()).toMatchObject([{ stripe_payment_intent_id: null, revenue: -3_107 }]);
  });
});

/** https://docs.stripe.com/refunds#failed-refunds: one that succeeded may still fail, and nothing comes after that. */
describe("of two statuses", () => {
  it.each([
    ["pending", "requires_action", 0],
    ["pending", "succeeded", -3_107],
    ["pending", "failed", 0],
    ["pending", "canceled", 0],
    ["requires_action", "succeeded", -3_107],
    ["requires_action", "failed", 0],
    ["requires_action", "canceled", 0],
    ["succeeded", "failed", 0],
    ["succeeded", "canceled", 0],
  ])("%s and %s, the second stays, whichever came first", async (lower, higher, revenue) => {
    for (const order of [
      [lower, higher],
      [higher, lower],
    ]) {
      const { tell, rows } = await someRefund();
      for (const status of order) await tell("refund.updated", { status });
      expect(await rows()).toMatchObject([{ status: higher, revenue }]);
    }
  });

  it("the one that stays names the row after its event, though the other is the naming one", async () => {
    const { tell, rows } = await someRefund();
    await tell("refund.created", { status: "pending" });
    const { id } = await tell("refund.updated", { status: "succeeded" });
    expect(await rows()).toMatchObject([{ event_type: "refund.updated", stripe_event_id: id }]);
  });
});
