import { account } from "../../kit/account";
import { type Customer, customers } from "../../objects/customer";
import {
  buildCustomerBalanceTransaction,
  type CustomerBalanceTransaction,
  customerBalanceTransactions,
} from "../../objects/customer-balance-transaction";

type Why = Pick<CustomerBalanceTransaction, "currency" | "type"> &
  Partial<Pick<CustomerBalanceTransaction, "credit_note" | "description" | "invoice" | "metadata">>;

/**
 * Adds to what a customer owes, or with a negative amount to what they have to their credit, and keeps the reason
 * (https://docs.stripe.com/billing/customer/balance#types). Whoever calls it reports the customer.
 */
export function moveBalance(id: string, amount: number, why: Why): CustomerBalanceTransaction {
  const customer = customers.must(id);
  const ending_balance = customer.balance + amount;
  // The balance is an amount of one currency, which is the customer's from then on (recorded).
  customers.put({ ...customer, balance: ending_balance, currency: customer.currency ?? why.currency });
  return customerBalanceTransactions.put(
    buildCustomerBalanceTransaction({ ...why, amount, customer: id, ending_balance }),
  );
}

/** Notes that somebody gave the customer this balance: the one to begin with, or another than before. */
export function noteBalance(before: number, after: Customer, type: "adjustment" | "initial"): void {
  const { id, balance, currency } = after;
  if (balance === before) return;
  customerBalanceTransactions.put(
    buildCustomerBalanceTransaction({
      amount: balance - before,
      currency: currency ?? account.currency,
      customer: id,
      ending_balance: balance,
      type,
    }),
  );
}
