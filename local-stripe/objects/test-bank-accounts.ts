import type { Decline } from "./declines";
import type { TestInstrument } from "./test-instrument";

export const TEST_ROUTING_NUMBER = "110000000";

const debitRefusal = (code: string, message: string): Pick<TestInstrument, "decline" | "attaches"> => ({
  decline: { code, message } satisfies Decline,
  attaches: true,
});

/** US bank accounts (https://docs.stripe.com/payments/ach-direct-debit). Their bank answers a debit only days later. */
const ACCOUNTS: readonly (TestInstrument & { readonly name: string })[] = [
  { number: "000123456789", name: "success" },
  {
    number: "000111111113",
    name: "accountClosed",
    ...debitRefusal("account_closed", "The customer's bank account has been closed."),
  },
  {
    number: "000111111116",
    name: "noAccount",
    ...debitRefusal("no_account", "The customer's bank account could not be located."),
  },
  {
    number: "000222222227",
    name: "insufficientFunds",
    ...debitRefusal(
      "insufficient_funds",
      "The customer's account has insufficient funds to cover this payment.",
    ),
  },
  {
    number: "000333333335",
    name: "debitNotAuthorized",
    ...debitRefusal(
      "debit_not_authorized",
      "The customer has notified their bank that this payment was unauthorized.",
    ),
  },
  {
    number: "000444444440",
    name: "invalidCurrency",
    ...debitRefusal(
      "invalid_currency",
      "The bank was unable to process this payment because of its currency. This is most likely because the customer's account cannot accept payments in that currency.",
    ),
  },
  { number: "000000000009", name: "processing", silent: true },
];

export const accountByNumber = (number: string): TestInstrument | undefined =>
  ACCOUNTS.find((account) => account.number === number);

/** `pm_usBankAccount_success` and its siblings; `pm_usBankAccount` alone succeeds. */
export function sharedAccount(id: string): TestInstrument | undefined {
  const name = /^pm_usBankAccount(?:_(\w+))?$/.exec(id);
  return name ? ACCOUNTS.find((account) => account.name === (name[1] ?? "success")) : undefined;
}
