import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type BalanceTransaction = Wire<Stripe.BalanceTransaction>;

export const balanceTransactions = new Table<BalanceTransaction, "currency" | "source" | "type">(
  "balance_transaction",
  "txn_",
  { currency: ({ currency }) => currency, source: ({ source }) => source, type: ({ type }) => type },
);

type Given = Pick<
  BalanceTransaction,
  "amount" | "currency" | "description" | "fee" | "source" | "type" | "reporting_category"
>;

const CLEARING_SECONDS = 2 * 24 * 3600;

export function buildBalanceTransaction(given: Given, feeFor = "Stripe processing fees"): BalanceTransaction {
  const created = now();
  const { amount, currency, fee } = given;
  const feeDetail = {
    amount: fee,
    application: null,
    currency,
    description: feeFor,
    type: "stripe_fee",
  };
  return {
    id: newId("txn_3"),
    object: "balance_transaction",
    available_on: created + CLEARING_SECONDS,
    balance_type: "payments",
    created,
    exchange_rate: null,
    fee_details: fee === 0 ? [] : [feeDetail],
    net: amount - fee,
    status: "pending",
    ...given,
  };
}
