import { html } from "hono/html";
import { type CustomField, partOf } from "../../billing/checkout/custom-field-answers";
import type { CheckoutSession } from "../../objects/checkout-session";
import { field } from "../card-fields";
import type { Mistakes, Values } from "../card-form";
import type { Markup } from "../layout";
import { selectField } from "../select-field";

export const fieldName = ({ key }: CustomField) => `custom_fields[${key}]`;

/** The page begins with these answers. */
export const defaultAnswers = ({ custom_fields }: CheckoutSession): Values =>
  Object.fromEntries(custom_fields.map((one) => [fieldName(one), partOf(one)?.default_value ?? ""]));

export function customFields(session: CheckoutSession, values: Values, mistakes: Mistakes): Markup | string {
  const { custom_fields: fields } = session;
  if (fields.length === 0) return "";
  return html`<fieldset>
    <legend>Additional information</legend>
    ${fields.map((one) => customField(one, values, mistakes))}
  </fieldset>`;
}

function customField(one: CustomField, values: Values, mistakes: Mistakes): Markup {
  const shared = {
    name: fieldName(one),
    label: one.label.custom ?? one.key,
    autocomplete: "off",
    optional: one.optional,
  };
  if (one.dropdown) {
    const options = one.dropdown.options.map(({ label, value }) => [value, label] as const);
    return selectField({ ...shared, options: [["", "Choose one"], ...options] }, values, mistakes);
  }
  const longest = (one.numeric ?? one.text)?.maximum_length ?? undefined;
  return field({ ...shared, numeric: Boolean(one.numeric), longest }, values, mistakes);
}
