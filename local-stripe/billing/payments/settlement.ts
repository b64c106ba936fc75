import { balanceTransactions, buildBalanceTransaction } from "../../objects/balance-transaction";
import { type Charge, charges } from "../../objects/charge";
import type { PaymentIntent } from "../../objects/payment-intent";
import { divideRounded } from "../money/amounts";

/**
 * Gives the charge its balance transaction, which follows it by a moment (recorded: `charge.updated` two seconds
 * later).
 */
export function settleCharge(intent: PaymentIntent): { before: Charge; charge: Charge } {
  const before = charges.must(intent.latest_charge ?? "");
  const { amount_captured: amount, currency, description } = before;
  const transaction = balanceTransactions.put(
    buildBalanceTransaction({
      amount,
      currency,
      description,
      fee: feeFor(before),
      reporting_category: "charge",
      source: before.id,
      type: "charge",
    }),
  );
  return { before, charge: charges.put({ ...before, balance_transaction: transaction.id }) };
}

/** 2.9 % and 30 cents of a card; 0.8 % of a debit, at most five dollars or euros (https://stripe.com/pricing). */
function feeFor({ amount_captured: amount, payment_method_details: details }: Charge): number {
  if (details?.us_bank_account || details?.sepa_debit)
    return Math.min(500, divideRounded(BigInt(amount) * 8n, 1000n));
  return divideRounded(BigInt(amount) * 29n, 1000n) + 30;
}
