import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type CustomerBalanceTransaction = Wire<Stripe.CustomerBalanceTransaction>;

export const customerBalanceTransactions = new Table<CustomerBalanceTransaction, "customer">(
  "customer_balance_transaction",
  "cbtxn_",
  { customer: (transaction) => transaction.customer },
);

type Given = Partial<CustomerBalanceTransaction> &
  Pick<CustomerBalanceTransaction, "amount" | "currency" | "customer" | "ending_balance" | "type">;

export function buildCustomerBalanceTransaction(given: Given): CustomerBalanceTransaction {
  return {
    id: newId("cbtxn_1"),
    object: "customer_balance_transaction",
    checkout_session: null,
    created: now(),
    credit_note: null,
    customer_account: null,
    description: null,
    invoice: null,
    livemode: false,
    metadata: {},
    ...given,
  };
}
