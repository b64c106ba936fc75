import { html } from "hono/html";
import type { CheckoutSession, ShippingDetails } from "../../objects/checkout-session";
import { field } from "../card-fields";
import type { Mistakes, Values } from "../card-form";
import { countryName } from "../format";
import type { Markup } from "../layout";
import { selectField } from "../select-field";
import { words } from "./words";

const LINES = {
  name: { name: "shipping[name]", label: "Full name", autocomplete: "shipping name" },
  line1: { name: "shipping[address][line1]", label: "Address", autocomplete: "shipping address-line1" },
  line2: {
    name: "shipping[address][line2]",
    label: "Apartment, suite",
    autocomplete: "shipping address-line2",
    optional: true,
  },
  city: { name: "shipping[address][city]", label: "City", autocomplete: "shipping address-level2" },
  state: {
    name: "shipping[address][state]",
    label: "State or region",
    autocomplete: "shipping address-level1",
    perhaps: true,
  },
  postal_code: {
    name: "shipping[address][postal_code]",
    label: "Postal code",
    autocomplete: "shipping postal-code",
    perhaps: true,
  },
} as const;
const COUNTRY = "shipping[address][country]";

/** The name and the address to ship to, in the countries to which the shop ships. */
export function shippingFields(
  session: CheckoutSession,
  values: Values,
  mistakes: Mistakes,
): Markup | string {
  const countries = session.shipping_address_collection?.allowed_countries;
  if (!countries) return "";
  const line = (key: keyof typeof LINES) => field(LINES[key], values, mistakes);
  const options = countries.map((code) => [code, countryName(code)] as const);
  const country = { name: COUNTRY, label: "Country", autocomplete: "shipping country", options };
  return html`<fieldset>
    <legend>Shipping information</legend>
    ${line("name")} ${selectField(country, values, mistakes)} ${line("line1")} ${line("line2")}
    <div class="pair">${line("city")} ${line("postal_code")}</div>
    ${line("state")} ${words(session.custom_text.shipping_address)}
  </fieldset>`;
}

export function readShipping(session: CheckoutSession, values: Values): ShippingDetails | null {
  if (!session.shipping_address_collection) return null;
  const typed = (name: string) => values[name]?.trim() || null;
  return {
    name: typed(LINES.name.name) ?? "",
    address: {
      city: typed(LINES.city.name),
      country: typed(COUNTRY),
      line1: typed(LINES.line1.name),
      line2: typed(LINES.line2.name),
      postal_code: typed(LINES.postal_code.name),
      state: typed(LINES.state.name),
    },
  };
}
