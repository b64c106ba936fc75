import { html } from "hono/html";
import type { CheckoutSession, Submission } from "../../objects/checkout-session";
import type { Values } from "../card-form";
import type { Markup } from "../layout";

const isAsked = ({ tax_id_collection }: CheckoutSession) => tax_id_collection?.enabled ?? false;

const FIELDS = [
  { name: "business_name", label: "Business name (optional)", autocomplete: "organization" },
  { name: "tax_id", label: "Tax ID (optional)", autocomplete: "off" },
] as const;

/** For whoever buys as a business. Nobody has to. */
export function businessFields(session: CheckoutSession, values: Values): Markup | string {
  if (!isAsked(session)) return "";
  return html`<fieldset>
    <legend>Purchasing as a business</legend>
    ${FIELDS.map(
      ({ name, label, autocomplete }) => html`<div class="field">
        <label for="${name}">${label}</label>
        <input id="${name}" name="${name}" value="${values[name] ?? ""}" autocomplete="${autocomplete}" maxlength="150">
      </div>`,
    )}
  </fieldset>`;
}

export function readBusiness(session: CheckoutSession, values: Values): Pick<Submission, "business"> {
  if (!isAsked(session)) return {};
  const name = values.business_name?.trim() || null;
  return { business: { name, taxId: values.tax_id?.trim().toUpperCase() || null } };
}
