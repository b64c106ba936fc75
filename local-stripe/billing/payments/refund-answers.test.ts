import { expect, test } from "vitest";
import { advanceTo, at, customerAt } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";

/** Refunds whose bank answers later (https://docs.stripe.com/testing#refunds). */

const local = startLocalStripe();

/** A charge of $20.00 by this card, on a test clock, and a way to let its bank answer. */
async function charged(payment_method: string) {
  const begin = at("2027-03-01T12:00:00");
  const { clock, customer } = await customerAt(local, begin);
  const intent = await local.stripe.paymentIntents.create({
    amount: 2000,
    confirm: true,
    currency: "usd",
    customer,
    payment_method,
  });
  const charge = String(intent.latest_charge);
  return {
    charge,
    refund: (amount: number) => local.stripe.refunds.create({ amount, charge }),
    answer: () => advanceTo(local, clock, begin + 60),
    read: () => local.stripe.charges.retrieve(charge),
  };
}

/** The types of the events about refunds of this charge, in the order in which they happened. */
async function told(charge: string): Promise<string[]> {
  const { data } = await local.stripe.events.list({ limit: 100 });
  const isAbout = ({ data: { object } }: (typeof data)[number]) => JSON.stringify(object).includes(charge);
  const types = data.filter(isAbout).map(({ type }) => type);
  return types.reverse().filter((type) => type.includes("refund"));
}

test("a refund is pending until the bank agrees, and cannot be made twice meanwhile", async () => {
  const { charge, refund, answer, read } = await charged("pm_card_pendingRefund");
  const begun = await refund(1500);
  expect(begun).toMatchObject({ status: "pending", pending_reason: "processing", balance_transaction: null });
  expect(await read()).toMatchObject({ amount_refunded: 1500, refunded: false });
  await expect(refund(501)).rejects.toMatchObject({ param: "amount" });
  await answer();
  const settled = await local.stripe.refunds.retrieve(begun.id);
  expect(settled.status).toBe("succeeded");
  expect(settled).not.toHaveProperty("pending_reason");
  const { data } = await local.stripe.balanceTransactions.list({ source: begun.id });
  expect(data).toMatchObject([{ id: settled.balance_transaction, amount: -1500 }]);
  expect(await told(charge)).toEqual([
    "refund.created",
    "charge.refunded",
    "refund.updated",
    "charge.refund.updated",
  ]);
});

test("a refund comes back after it seemed to have gone through", async () => {
  const { charge, refund, answer, read } = await charged("pm_card_refundFail");
  const begun = await refund(2000);
  expect(begun.status).toBe("succeeded");
  expect(await read()).toMatchObject({ amount_refunded: 2000, refunded: true });
  await answer();
  const failed = await local.stripe.refunds.retrieve(begun.id);
  expect(failed).toMatchObject({ status: "failed", failure_reason: "unknown" });
  expect(await read()).toMatchObject({ amount_refunded: 0, refunded: false });
  const { data } = await local.stripe.balanceTransactions.list({ source: begun.id });
  expect(data).toMatchObject([
    { id: failed.failure_balance_transaction, amount: 2000, type: "refund_failure" },
    { id: failed.balance_transaction, amount: -2000, type: "refund" },
  ]);
  const late = ["refund.updated", "charge.refund.updated", "refund.failed"];
  expect(await told(charge)).toEqual([
    "refund.created",
    "charge.refunded",
    "refund.updated",
    "charge.refund.updated",
    ...late,
  ]);
  // The money is there to be given back again.
  expect((await refund(2000)).status).toBe("succeeded");
});
