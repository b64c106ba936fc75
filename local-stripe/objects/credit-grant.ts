import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import { clockOf } from "./test-clock";

export type CreditGrant = Wire<Stripe.Billing.CreditGrant>;
export type CreditBalanceTransaction = Wire<Stripe.Billing.CreditBalanceTransaction>;

export const creditGrants = new Table<CreditGrant, "customer">("billing.credit_grant", "credgr_", {
  customer: (grant) => grant.customer,
});

/** A grant's ledger: nothing in it changes or goes. */
export const creditTransactions = new Table<CreditBalanceTransaction, "credit_grant">(
  "billing.credit_balance_transaction",
  "cbtxn_",
  { credit_grant: (transaction) => transaction.credit_grant },
);

type GrantGiven = Partial<CreditGrant> & Pick<CreditGrant, "amount" | "applicability_config" | "customer">;

export function buildCreditGrant(given: GrantGiven): CreditGrant {
  const created = now();
  return {
    id: newId("credgr_test_61", 26),
    object: "billing.credit_grant",
    category: "paid",
    created,
    customer_account: null,
    effective_at: created,
    expires_at: null,
    livemode: false,
    metadata: {},
    name: null,
    priority: 50,
    test_clock: clockOf(given.customer),
    updated: created,
    voided_at: null,
    ...given,
  };
}

type TransactionGiven = Partial<CreditBalanceTransaction> & Pick<CreditBalanceTransaction, "type">;

export function buildCreditTransaction(
  grant: CreditGrant,
  given: TransactionGiven,
): CreditBalanceTransaction {
  const created = now();
  return {
    id: newId("cbtxn_test_61", 26),
    object: "billing.credit_balance_transaction",
    created,
    credit: null,
    credit_grant: grant.id,
    debit: null,
    effective_at: created,
    livemode: false,
    test_clock: grant.test_clock,
    ...given,
  };
}

export const moneyOf = (value: number, currency: string): CreditGrant["amount"] => ({
  monetary: { currency, value },
  type: "monetary",
});
