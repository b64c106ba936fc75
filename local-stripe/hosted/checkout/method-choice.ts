import { html } from "hono/html";
import { BLOCKED, isBlocked } from "../../billing/checkout/method-options";
import type { CheckoutSession } from "../../objects/checkout-session";
import type { PaymentMethod } from "../../objects/payment-method";
import { bankFields, keepAccount, readAccount, testAccounts } from "../bank-form";
import { cardFields, testCards } from "../card-fields";
import { keepCard, type Mistakes, readCard, type Values } from "../card-form";
import type { Markup } from "../layout";
import { ibanFields, keepIban, readIban, testIbans } from "../sepa-form";

/** The means of payment to choose from; the stylesheet shows the fields of the one that is chosen. */
const KINDS = {
  card: { label: "Card", fields: cardFields, help: testCards },
  sepa_debit: { label: "SEPA debit", fields: ibanFields, help: testIbans },
  us_bank_account: { label: "Bank debit", fields: bankFields, help: testAccounts },
} as const;

type Kind = keyof typeof KINDS;

const offered = ({ payment_method_types }: CheckoutSession): Kind[] =>
  (Object.keys(KINDS) as Kind[]).filter((kind) => payment_method_types.includes(kind));

function chosen(session: CheckoutSession, values: Values): Kind {
  const kinds = offered(session);
  return kinds.find((kind) => kind === values.method) ?? kinds[0] ?? "card";
}

export function methodChoice(session: CheckoutSession, values: Values, mistakes: Mistakes): Markup {
  const kinds = offered(session);
  const now = chosen(session, values);
  const [only] = kinds;
  if (kinds.length === 1 && only) {
    return html`<input type="hidden" name="method" value="${only}">${KINDS[only].fields(values, mistakes)}`;
  }
  return html`<fieldset class="methods">
      <legend>Pay with</legend>
      ${kinds.map(
        (kind) => html`<label class="choice">
          <input type="radio" name="method" value="${kind}" ${kind === now ? "checked" : ""}>
          <span>${KINDS[kind].label}</span>
        </label>`,
      )}
    </fieldset>
    ${kinds.map((kind) => html`<div class="method ${kind}">${KINDS[kind].fields(values, mistakes)}</div>`)}`;
}

export const methodHelp = (session: CheckoutSession): Markup =>
  html`${offered(session).map((kind) => KINDS[kind].help)}`;

interface Read {
  readonly mistakes: Mistakes;
  /** Makes the payment method that was typed; absent where something is wrong. */
  readonly keep?: (email: string) => PaymentMethod;
}

export function readMethod(session: CheckoutSession, values: Values): Read {
  if (chosen(session, values) === "sepa_debit") {
    const { account, mistakes } = readIban(values);
    return { mistakes, ...(account ? { keep: (email) => keepIban(account, values, email) } : {}) };
  }
  if (chosen(session, values) === "us_bank_account") {
    const { account, mistakes } = readAccount(values);
    return { mistakes, ...(account ? { keep: (email) => keepAccount(account, values, email) } : {}) };
  }
  const { card, mistakes: typed } = readCard(values);
  const mistakes = isBlocked(session, card?.card.brand) ? { ...typed, number: BLOCKED } : typed;
  return { mistakes, ...(card ? { keep: (email) => keepCard(card, values, email) } : {}) };
}
