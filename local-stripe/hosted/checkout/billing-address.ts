import { html } from "hono/html";
import { needsMethod } from "../../billing/checkout/submission";
import type { CheckoutSession } from "../../objects/checkout-session";
import { field } from "../card-fields";
import type { Mistakes, Values } from "../card-form";
import type { Markup } from "../layout";

const FIELDS = [
  { name: "line1", label: "Address", autocomplete: "address-line1", mistake: "Enter your address." },
  { name: "city", label: "City", autocomplete: "address-level2", mistake: "Enter your city." },
] as const;

/** Country and ZIP go with every card; the rest is asked for where the shop requires it. */
const isRequired = (session: CheckoutSession) =>
  session.billing_address_collection === "required" && needsMethod(session);

export function addressFields(session: CheckoutSession, values: Values, mistakes: Mistakes): Markup | string {
  if (!isRequired(session)) return "";
  return html`<fieldset>
    <legend>Billing address</legend>
    ${FIELDS.map((one) => field(one, values, mistakes))}
  </fieldset>`;
}

export function addressMistakes(session: CheckoutSession, values: Values): Mistakes {
  if (!isRequired(session)) return {};
  const wrong = FIELDS.filter(({ name }) => !values[name]?.trim());
  return Object.fromEntries(wrong.map(({ name, mistake }) => [name, mistake]));
}
