import { invalid } from "../../kit/errors";
import { emit, inSequence } from "../../kit/events";
import { randomText } from "../../kit/ids";
import { balanceTransactions, buildBalanceTransaction } from "../../objects/balance-transaction";
import { type Charge, charges } from "../../objects/charge";
import { buildRefund, destinationOf, type Refund, refunds } from "../../objects/refund";
import { REFUND } from "../behavior/sequences";
import { formatAmount } from "../money/amounts";

type Given = Pick<Refund, "reason" | "metadata"> & { readonly amount?: number };

/**
 * Money goes back; the subscription or invoice that it was paid for is left as it is
 * (https://docs.stripe.com/refunds).
 */
export function refundCharge(charge: Charge, given: Given): Refund {
  const left = charge.amount - charge.amount_refunded;
  if (!charge.paid) throw invalid(`Charge ${charge.id} is not refundable because it did not succeed.`);
  if (left === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: "charge_already_refunded" });
  }
  const amount = given.amount ?? left;
  if (amount > left) {
    const [wanted, remaining] = [amount, left].map((part) => formatAmount(part, charge.currency));
    throw invalid(`Refund amount (${wanted}) is greater than unrefunded amount on charge (${remaining})`, {
      code: "charge_already_refunded",
      param: "amount",
    });
  }
  return inSequence(REFUND, () => {
    const { id } = refunds.put(buildRefund(charge, { ...given, amount }));
    const transaction = balanceTransactions.put(
      buildBalanceTransaction({
        amount: -amount,
        currency: charge.currency,
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
