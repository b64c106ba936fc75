import { html } from "hono/html";
import type { CheckoutSession } from "../../objects/checkout-session";
import { field } from "../card-fields";
import type { Mistakes, Values } from "../card-form";
import type { Markup } from "../layout";

/** The e-mail, which is fixed where it is known, and the phone number where the shop asks for it. */
export function contactFields(session: CheckoutSession, values: Values, mistakes: Mistakes): Markup {
  const known = session.customer_details?.email;
  const email = { name: "email", label: "Email", autocomplete: "email", type: "email" } as const;
  const phone = {
    name: "phone",
    label: "Phone number",
    autocomplete: "tel",
    type: "tel",
    longest: 20,
  } as const;
  return html`
    ${field({ ...email, readonly: Boolean(known) }, known ? { email: known } : values, mistakes)}
    ${session.phone_number_collection?.enabled ? field(phone, values, mistakes) : ""}`;
}
