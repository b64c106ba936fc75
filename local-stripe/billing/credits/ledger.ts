import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import {
  buildCreditTransaction,
  type CreditBalanceTransaction,
  type CreditGrant,
  creditTransactions,
  moneyOf,
} from "../../objects/credit-grant";

/**
 * The ledger of a credit grant: its balance is what it was credited less what it was debited
 * (https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits).
 */

type Credit = NonNullable<CreditBalanceTransaction["credit"]>;
type Debit = NonNullable<CreditBalanceTransaction["debit"]>;

export const currencyOf = ({ amount }: CreditGrant): string => amount.monetary?.currency ?? "usd";

const signedValue = ({ credit, debit }: CreditBalanceTransaction): number =>
  (credit?.amount.monetary?.value ?? 0) - (debit?.amount.monetary?.value ?? 0);

export const balanceOf = ({ id }: CreditGrant): number =>
  creditTransactions.where({ credit_grant: id }).reduce((sum, one) => sum + signedValue(one), 0);

export const isApplied = ({ id }: CreditGrant): boolean =>
  creditTransactions.where({ credit_grant: id }).some(({ debit }) => debit?.type === "credits_applied");

export function credit(grant: CreditGrant, value: number, how: Omit<Credit, "amount">): void {
  const amount = moneyOf(value, currencyOf(grant));
  const effective_at = how.type === "credits_granted" ? (grant.effective_at ?? now()) : now();
  record(buildCreditTransaction(grant, { credit: { amount, ...how }, effective_at, type: "credit" }));
}

export function debit(grant: CreditGrant, value: number, how: Omit<Debit, "amount">): string {
  const amount = moneyOf(value, currencyOf(grant));
  return record(buildCreditTransaction(grant, { debit: { amount, ...how }, type: "debit" }));
}

/** Takes away what is left. */
export function empty(grant: CreditGrant, type: "credits_expired" | "credits_voided"): void {
  const left = balanceOf(grant);
  if (left > 0) debit(grant, left, { credits_applied: null, type });
}

function record(transaction: CreditBalanceTransaction): string {
  creditTransactions.put(transaction);
  emit("billing.credit_balance_transaction.created", transaction);
  return transaction.id;
}
