import { html } from "hono/html";
import { needsMethod } from "../../billing/checkout/submission";
import type { CheckoutSession } from "../../objects/checkout-session";
import { field } from "../card-fields";
import type { Mistakes, Values } from "../card-form";
import type { Markup } from "../layout";

const FIELDS = [
  { name: "line1", label: "Address", autocomplete: "address-line1", mistake: "Enter your address." },
  { name: "line2", label: "Apartment, suite", autocomplete: "address-line2", optional: true },
  { name: "city", label: "City", autocomplete: "address-level2", mistake: "Enter your city." },
  { name: "state", label: "State or region", autocomplete: "address-level1", optional: true },
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
  const wrong = FIELDS.flatMap((one) =>
    "mistake" in one && !values[one.name]?.trim() ? [[one.name, one.mistake] as const] : [],
  );
  return Object.fromEntries(wrong);
}
