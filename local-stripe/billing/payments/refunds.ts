import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit, inSequence } from "../../kit/events";
import { randomText } from "../../kit/ids";
import { schedule } from "../../kit/jobs";
import { balanceTransactions, buildBalanceTransaction } from "../../objects/balance-transaction";
import { type Charge, charges } from "../../objects/charge";
import { disputes } from "../../objects/dispute";
import { paymentMethods } from "../../objects/payment-method";
import { buildRefund, destinationOf, type Refund, refunds } from "../../objects/refund";
import { clockOf } from "../../objects/test-clock";
import { REFUND } from "../behavior/sequences";
import { formatAmount } from "../money/amounts";
import { instrumentOf } from "./bank";

type Given = Pick<Refund, "reason" | "metadata"> & { readonly amount?: number };

/**
 * Money goes back; the subscription or invoice that it was paid for is left as it is
 * (https://docs.stripe.com/refunds).
 */
export function refundCharge(charge: Charge, given: Given): Refund {
  refuseUnrefundable(charge);
  const left = charge.amount_captured - charge.amount_refunded;
  if (left === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: "charge_already_refunded" });
  }
  const amount = given.amount ?? left;
  if (amount > left) {
    const [wanted, remaining] = [amount, left].map((part) => formatAmount(part, charge.currency));
    throw invalid(`Refund amount (${wanted}) is greater than unrefunded amount on charge (${remaining})`, {
      param: "amount",
    });
  }
  return inSequence(REFUND, () => {
    const answer = answerTo(charge);
    const built = refunds.put(buildRefund(charge, { ...given, amount }));
    const begun = answer === "pending" ? refunds.put(pending(built)) : takeFromBalance(built, charge);
    if (answer) schedule("refund.answer", begun.id, now() + ANSWERED_AFTER_SECONDS, clockOf(charge.customer));
    emit("refund.created", begun);
    const refunded = charges.put({
      ...charge,
      amount_refunded: charge.amount_refunded + amount,
      refunded: amount === left,
    });
    emit("charge.refunded", refunded, charge);
    if (answer !== "pending") report(withReference(begun, charge), begun);
    return begun;
  });
}

/** Inferred: "some time later" (https://docs.stripe.com/testing#refunds). */
const ANSWERED_AFTER_SECONDS = 10;

function answerTo({ payment_method }: Charge) {
  const method = paymentMethods.get(payment_method ?? "");
  return method && instrumentOf(method).refund;
}

const pending = (refund: Refund): Refund => ({ ...refund, pending_reason: "processing", status: "pending" });

function takeFromBalance(refund: Refund, { description }: Charge): Refund {
  const { amount, currency, id } = refund;
  const transaction = balanceTransactions.put(
    buildBalanceTransaction({
      amount: -amount,
      currency,
      description: `REFUND FOR CHARGE${description ? ` (${description})` : ""}`,
      fee: 0,
      reporting_category: "refund",
      source: id,
      type: "refund",
    }),
  );
  return refunds.put({ ...refund, balance_transaction: transaction.id });
}

/** The bank's reference follows. */
const withReference = (refund: Refund, charge: Charge): Refund =>
  refunds.put({ ...refund, destination_details: destinationOf(charge, randomText(23, "0123456789")) });

function report(after: Refund, before: Refund): void {
  emit("refund.updated", after, before);
  emit("charge.refund.updated", after, before);
}

/** Carries out a bank's late answer to a refund (https://docs.stripe.com/testing#refunds). */
export function answerRefund(id: string): void {
  const refund = refunds.must(id);
  const charge = charges.must(refund.charge ?? "");
  if (refund.status === "pending") {
    const { pending_reason: _, ...settled } = { ...refund, status: "succeeded" };
    report(withReference(takeFromBalance(settled, charge), charge), refund);
  } else takeBack(refund, charge);
}

/** The money is ours again, as if it had not been given back (https://docs.stripe.com/refunds#failed-refunds). */
function takeBack(refund: Refund, charge: Charge): void {
  const { amount, currency, id } = refund;
  const transaction = balanceTransactions.put(
    buildBalanceTransaction({
      amount,
      currency,
      description: "REFUND FAILURE",
      fee: 0,
      reporting_category: "refund_failure",
      source: id,
      type: "refund_failure",
    }),
  );
  const failed = refunds.put({
    ...refund,
    failure_balance_transaction: transaction.id,
    failure_reason: "unknown",
    status: "failed",
  });
  const restored = charges.put({
    ...charge,
    amount_refunded: charge.amount_refunded - amount,
    refunded: false,
  });
  report(failed, refund);
  emit("refund.failed", failed, refund);
  emit("charge.updated", restored, charge);
}

/** Recorded, word for word. */
function refuseUnrefundable({ id, captured, paid, payment_intent }: Charge): void {
  if (!paid) throw noChargeToRefund(payment_intent);
  if (!captured) {
    throw invalid(
      `This uncaptured Charge was created by a PaymentIntent (${payment_intent}). You must cancel the PaymentIntent to reverse the authorization instead of refunding the Charge directly. For more information, see https://stripe.com/docs/payments/place-a-hold-on-a-payment-method`,
    );
  }
  const isChargedBack = disputes.where({ charge: id }).some((dispute) => !dispute.is_charge_refundable);
  if (isChargedBack) {
    throw invalid(`Charge ${id} has been charged back; cannot issue a refund.`, { code: "charge_disputed" });
  }
}

export const noChargeToRefund = (intent: string | null) =>
  invalid(`This PaymentIntent (${intent}) does not have a successful charge to refund.`);
