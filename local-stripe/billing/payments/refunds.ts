import { invalid } from "../../kit/errors";
import { emit, inSequence } from "../../kit/events";
import { randomText } from "../../kit/ids";
import { balanceTransactions, buildBalanceTransaction } from "../../objects/balance-transaction";
import { type Charge, charges } from "../../objects/charge";
import { disputes } from "../../objects/dispute";
import { buildRefund, destinationOf, type Refund, refunds } from "../../objects/refund";
import { REFUND } from "../behavior/sequences";
import { formatAmount } from "../money/amounts";

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
    const { id } = refunds.put(buildRefund(charge, { ...given, amount }));
    const transaction = balanceTransactions.put(
      buildBalanceTransaction({
        amount: -amount,
        currency: charge.currency,
        description: `REFUND FOR CHARGE${charge.description ? ` (${charge.description})` : ""}`,
        fee: 0,
        reporting_category: "refund",
        source: id,
        type: "refund",
      }),
    );
    const begun = refunds.update(id, { balance_transaction: transaction.id });
    emit("refund.created", begun);
    const refunded = charges.put({
      ...charge,
      amount_refunded: charge.amount_refunded + amount,
      refunded: amount === left,
    });
    emit("charge.refunded", refunded, charge);
    // The bank's reference follows, and that is what the two updates report.
    const destination_details = destinationOf(charge, randomText(23, "0123456789"));
    const settled = refunds.put({ ...begun, destination_details });
    emit("refund.updated", settled, begun);
    emit("charge.refund.updated", settled, begun);
    return begun;
  });
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
