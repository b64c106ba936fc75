import type { z } from "zod";
import { createBankAccount, createSepaDebit } from "../billing/payments/payment-methods";
import { invalid, missing } from "../kit/errors";
import { choice, group, optional, text } from "../kit/params";
import type { PaymentMethod } from "../objects/payment-method";
import { accountByNumber, TEST_ROUTING_NUMBER } from "../objects/test-bank-accounts";
import { accountByIban } from "../objects/test-ibans";

export const accountParams = group(
  optional({
    account_holder_type: choice("company", "individual"),
    account_number: text,
    account_type: choice("checking", "savings"),
    routing_number: text,
  }),
);

export const sepaParams = group({ iban: text });

/** Every payment method is made with it. */
export type Shared = Pick<PaymentMethod, "billing_details" | "metadata">;

export function makeBankAccount(
  given: z.output<typeof accountParams> | undefined,
  shared: Shared,
): PaymentMethod {
  const { account_number, routing_number, ...kind } = given ?? {};
  if (!account_number) throw missing("us_bank_account[account_number]");
  if (!shared.billing_details.name) throw missing("billing_details[name]");
  if (routing_number !== TEST_ROUTING_NUMBER) {
    throw invalid("The routing number provided is invalid.", {
      code: "routing_number_invalid",
      param: "us_bank_account[routing_number]",
    });
  }
  const account = accountByNumber(account_number);
  if (account) return createBankAccount(account, kind, shared);
  throw invalid("You must use a test bank account number in test mode.", {
    code: "account_number_invalid",
    param: "us_bank_account[account_number]",
  });
}

/** Inferred: the words. */
export function makeSepaDebit(iban: string | undefined, shared: Shared): PaymentMethod {
  if (!iban) throw missing("sepa_debit[iban]");
  if (!shared.billing_details.name) throw missing("billing_details[name]");
  if (!shared.billing_details.email) throw missing("billing_details[email]");
  const account = accountByIban(iban);
  if (account) return createSepaDebit(account, shared);
  throw invalid("You must use a test IBAN in test mode.", {
    code: "invalid_bank_account_iban",
    param: "sepa_debit[iban]",
  });
}
