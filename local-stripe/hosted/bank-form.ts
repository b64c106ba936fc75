import { html } from "hono/html";
import { createBankAccount } from "../billing/payments/payment-methods";
import { account as shop } from "../kit/account";
import { noBillingDetails, type PaymentMethod } from "../objects/payment-method";
import { accountByNumber, TEST_ROUTING_NUMBER } from "../objects/test-bank-accounts";
import type { TestInstrument } from "../objects/test-instrument";
import { field } from "./card-fields";
import type { Mistakes, Values } from "./card-form";
import type { Markup } from "./layout";
import { selectField } from "./select-field";

/** Reads a bank account that was typed; `mistakes` speaks field by field. No bank was asked. */
export function readAccount(values: Values): { account?: TestInstrument; mistakes: Mistakes } {
  const mistakes: Record<string, string> = {};
  const digits = (name: string) => (values[name] ?? "").replace(/[\s-]/g, "");
  const [routing, number] = [digits("routing_number"), digits("account_number")];
  const account = accountByNumber(number);
  if (!/^\d{9}$/.test(routing)) mistakes.routing_number = "Your routing number is incomplete.";
  else if (routing !== TEST_ROUTING_NUMBER) mistakes.routing_number = "Your routing number is invalid.";
  if (!/^\d{4,17}$/.test(number)) mistakes.account_number = "Your account number is incomplete.";
  else if (!account) mistakes.account_number = "Only the test accounts below work here.";
  if (!values.account_name?.trim()) mistakes.account_name = "Enter the name on your account.";
  return account && Object.keys(mistakes).length === 0 ? { account, mistakes } : { mistakes };
}

export function keepAccount(account: TestInstrument, values: Values, email: string | null): PaymentMethod {
  const kind = { account_type: values.account_type === "savings" ? "savings" : "checking" } as const;
  const billing_details = {
    ...noBillingDetails,
    address: {
      city: values.city?.trim() || null,
      country: null,
      line1: values.line1?.trim() || null,
      line2: values.line2?.trim() || null,
      postal_code: null,
      state: values.state?.trim() || null,
    },
    email,
    name: values.account_name?.trim() ?? null,
  };
  return createBankAccount(account, kind, { billing_details });
}

export function bankFields(values: Values, mistakes: Mistakes): Markup {
  const one = (name: string, label: string, placeholder?: string) =>
    field(
      { name, label, autocomplete: "off", ...(placeholder ? { placeholder, numeric: true } : {}) },
      values,
      mistakes,
    );
  return html`<fieldset>
    <legend>Bank account</legend>
    ${one("account_name", "Name on account")}
    ${one("routing_number", "Routing number", TEST_ROUTING_NUMBER)}
    ${one("account_number", "Account number", "000123456789")}
    ${selectField({ name: "account_type", label: "Account type", autocomplete: "off", options: ACCOUNT_TYPES }, { account_type: "checking", ...values }, mistakes)}
    <p class="hint">You authorize ${shop.name} to debit this account. The money arrives after some days.</p>
  </fieldset>`;
}

const ACCOUNT_TYPES = [
  ["checking", "Checking"],
  ["savings", "Savings"],
] as const;

const RESULTS: readonly (readonly [string, string])[] = [
  ["000123456789", "pays"],
  ["000222222227", "has insufficient funds"],
  ["000111111113", "is closed"],
  ["000111111116", "does not exist"],
  ["000333333335", "does not allow debits"],
  ["000444444440", "has another currency"],
  ["000000000009", "never answers"],
];

export const testAccounts = html`<details>
  <summary>Test bank accounts</summary>
  <p>Routing number ${TEST_ROUTING_NUMBER}. The bank answers after four days of this Stripe's clock.</p>
  <table>
    <tbody>
      ${RESULTS.map(([number, result]) => html`<tr><th scope="row">${number}</th><td>${result}</td></tr>`)}
    </tbody>
  </table>
</details>`;
