import { html } from "hono/html";
import { needsTaxId } from "../../billing/checkout/answers";
import type { CheckoutSession } from "../../objects/checkout-session";
import { field } from "../card-fields";
import type { Mistakes, Values } from "../card-form";
import type { Markup } from "../layout";

const LONGEST = 150;
const INDIVIDUAL = { name: "individual_name", label: "Full name", autocomplete: "name", longest: LONGEST };
const BUSINESS = {
  name: "business_name",
  label: "Business name",
  autocomplete: "organization",
  longest: LONGEST,
};
const TAX_ID = { name: "tax_id", label: "Tax ID", autocomplete: "off", longest: LONGEST };

/** The names of the buyer, as a person and as a business, and the number by which a business is taxed. */
export function nameFields(session: CheckoutSession, values: Values, mistakes: Mistakes): Markup {
  const { business, individual } = session.name_collection ?? {};
  const taxed = session.tax_id_collection?.enabled ?? false;
  const asksBusiness = business?.enabled || taxed;
  // Nobody has to be a business to be asked for a tax id.
  const optional = business?.enabled ? business.optional : true;
  return html`
    ${individual?.enabled ? field({ ...INDIVIDUAL, optional: individual.optional }, values, mistakes) : ""}
    ${
      asksBusiness
        ? html`<fieldset>
            <legend>Purchasing as a business</legend>
            ${field({ ...BUSINESS, optional }, values, mistakes)}
            ${taxed ? field({ ...TAX_ID, optional: !needsTaxId(session) }, values, mistakes) : ""}
          </fieldset>`
        : ""
    }`;
}

export function readNames(session: CheckoutSession, values: Values) {
  const { business, individual } = session.name_collection ?? {};
  const taxed = session.tax_id_collection?.enabled ?? false;
  const typed = (isAsked: boolean | undefined, name: string) => (isAsked && values[name]?.trim()) || null;
  return {
    businessName: typed(business?.enabled || taxed, BUSINESS.name),
    individualName: typed(individual?.enabled, INDIVIDUAL.name),
    taxId: typed(taxed, TAX_ID.name)?.toUpperCase() ?? null,
  };
}
