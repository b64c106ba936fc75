import type { CheckoutSession } from "../../objects/checkout-session";
import type { Given } from "./session-params";

type CustomField = CheckoutSession["custom_fields"][number];

/** The shop asks its customer for this, as the session tells it. */
export function collectionOf(given: Given): Partial<CheckoutSession> {
  const { consent_collection: consent, custom_text: words = {}, name_collection: names } = given;
  const countries = given.shipping_address_collection?.allowed_countries;
  return {
    billing_address_collection: given.billing_address_collection ?? null,
    consent_collection: consent
      ? {
          payment_method_reuse_agreement: consent.payment_method_reuse_agreement ?? null,
          promotions: consent.promotions ?? null,
          terms_of_service: consent.terms_of_service ?? null,
        }
      : null,
    custom_fields: (given.custom_fields ?? []).map(toCustomField),
    custom_text: {
      after_submit: words.after_submit ?? null,
      shipping_address: words.shipping_address ?? null,
      submit: words.submit ?? null,
      terms_of_service_acceptance: words.terms_of_service_acceptance ?? null,
    },
    phone_number_collection: { enabled: given.phone_number_collection?.enabled ?? false },
    shipping_address_collection: countries ? { allowed_countries: countries } : null,
    ...(names
      ? {
          name_collection: {
            ...(names.business ? { business: { optional: false, ...names.business } } : {}),
            ...(names.individual ? { individual: { optional: false, ...names.individual } } : {}),
          },
        }
      : {}),
    ...(given.tax_id_collection
      ? { tax_id_collection: { required: "never", ...given.tax_id_collection } }
      : {}),
  };
}

function toCustomField(field: NonNullable<Given["custom_fields"]>[number]): CustomField {
  const { key, label, type } = field;
  const shared = { key, label, optional: field.optional ?? false, type };
  if (type === "dropdown" && field.dropdown) {
    const { default_value = null, options } = field.dropdown;
    return { ...shared, dropdown: { default_value, options, value: null } };
  }
  const given = field[type as "numeric" | "text"];
  const typed = {
    default_value: given?.default_value ?? null,
    maximum_length: given?.maximum_length ?? null,
    minimum_length: given?.minimum_length ?? null,
    value: null,
  };
  return type === "numeric" ? { ...shared, numeric: typed } : { ...shared, text: typed };
}
