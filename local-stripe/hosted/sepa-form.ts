import { html } from "hono/html";
import { createSepaDebit } from "../billing/payments/payment-methods";
import { account as shop } from "../kit/account";
import { noBillingDetails, type PaymentMethod } from "../objects/payment-method";
import { accountByIban } from "../objects/test-ibans";
import type { TestInstrument } from "../objects/test-instrument";
import { field } from "./card-fields";
import type { Mistakes, Values } from "./card-form";
import type { Markup } from "./layout";

/** Reads an IBAN that was typed; `mistakes` speaks field by field. No bank was asked. */
export function readIban(values: Values): { account?: TestInstrument; mistakes: Mistakes } {
  const mistakes: Record<string, string> = {};
  const account = accountByIban(values.iban ?? "");
  if (!account) mistakes.iban = "Only the test accounts below work here.";
  if (!values.iban_name?.trim()) mistakes.iban_name = "Enter the name on your account.";
  return account && Object.keys(mistakes).length === 0 ? { account, mistakes } : { mistakes };
}

export function keepIban(account: TestInstrument, values: Values, email: string): PaymentMethod {
  const name = values.iban_name?.trim() ?? null;
  return createSepaDebit(account, { billing_details: { ...noBillingDetails, email, name } });
}

export function ibanFields(values: Values, mistakes: Mistakes): Markup {
  const one = (name: string, label: string, placeholder?: string) =>
    field({ name, label, autocomplete: "off", ...(placeholder ? { placeholder } : {}) }, values, mistakes);
  return html`<fieldset>
    <legend>SEPA debit</legend>
    ${one("iban_name", "Name on account")}
    ${one("iban", "IBAN", "AT61 1904 3002 3457 3201")}
    <p class="hint">You authorize ${shop.name} to debit this account. The money arrives after some days.</p>
  </fieldset>`;
}

export const testIbans = html`<details>
  <summary>Test accounts</summary>
  <p>The bank answers after four days of this Stripe's clock.</p>
  <table>
    <tbody>
      <tr><th scope="row">AT61 1904 3002 3457 3201</th><td>pays</td></tr>
      <tr><th scope="row">AT86 1904 3002 3547 3202</th><td>gives nothing</td></tr>
    </tbody>
  </table>
</details>`;
