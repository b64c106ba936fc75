import type { Answers, CheckoutSession, ShippingDetails } from "../../objects/checkout-session";
import { answered, fieldMistake } from "./custom-field-answers";

export const noAnswers: Answers = {
  businessName: null,
  customFields: {},
  individualName: null,
  phone: null,
  promotions: false,
  shipping: null,
  taxId: null,
  termsAccepted: false,
};

/** Sentences by the name that an answer has on the page and in the private call. */
export type AnswerMistakes = Readonly<Record<string, string>>;

/** Says what is missing or wrong among the answers that the shop asks for. */
export function answerMistakes(session: CheckoutSession, answers: Answers): AnswerMistakes {
  const { consent_collection, custom_fields, name_collection, phone_number_collection: phone } = session;
  const fields = custom_fields.map((field) => [
    `custom_fields[${field.key}]`,
    fieldMistake(field, answers.customFields[field.key] ?? ""),
  ]);
  const { business, individual } = name_collection ?? {};
  const all: [string, string | undefined][] = [
    ...(fields as [string, string | undefined][]),
    ["tax_id", needsTaxId(session) && !answers.taxId ? "Enter your tax ID." : undefined],
    ["phone", phone?.enabled && !answers.phone ? "Enter a valid phone number." : undefined],
    ["individual_name", needs(individual) && !answers.individualName ? "Enter your name." : undefined],
    [
      "business_name",
      needs(business) && !answers.businessName ? "Enter the name of your business." : undefined,
    ],
    [
      "consent[terms_of_service]",
      consent_collection?.terms_of_service === "required" && !answers.termsAccepted
        ? "Please accept the terms of service."
        : undefined,
    ],
  ];
  const wrong = all.filter((one): one is [string, string] => one[1] !== undefined);
  return { ...Object.fromEntries(wrong), ...shippingMistakes(session, answers.shipping) };
}

/** Of every country there is one that Stripe knows (type: the comment of `TaxIdCollection.required`; inferred). */
export const needsTaxId = ({ tax_id_collection: asked }: CheckoutSession): boolean =>
  asked?.enabled === true && asked.required === "if_supported";

const needs = (asked: { readonly enabled: boolean; readonly optional: boolean } | undefined) =>
  asked?.enabled && !asked.optional;

function shippingMistakes(session: CheckoutSession, given: ShippingDetails | null): AnswerMistakes {
  const countries = session.shipping_address_collection?.allowed_countries;
  if (!countries) return {};
  const { address, name } = given ?? { address: null, name: "" };
  const american = address?.country === "US";
  const known = countries.some((country) => country === address?.country);
  const checks: readonly (readonly [string, boolean, string])[] = [
    ["name", !name, "Enter the name of whoever receives it."],
    ["address][country", !known, "Choose a country that we ship to."],
    ["address][line1", !address?.line1, "Enter an address."],
    ["address][city", !address?.city, "Enter a city."],
    ["address][state", american && !address.state, "Enter a state."],
    ["address][postal_code", american && !isZip(address.postal_code), "Enter a ZIP code."],
  ];
  const wrong = checks.filter(([, isWrong]) => isWrong);
  return Object.fromEntries(wrong.map(([field, , sentence]) => [`shipping[${field}]`, sentence]));
}

export const isZip = (typed: string | null | undefined) => /^\d{5}(-\d{4})?$/.test(typed ?? "");

/** As it is kept: digits after a plus; where no country is given, an American number. Null if it is none. */
export function phoneNumber(typed: string): string | null {
  const digits = typed.replace(/\D/g, "");
  if (/[^\d\s().+-]/.test(typed) || digits.length < 7 || digits.length > 15) return null;
  if (typed.trim().startsWith("+")) return `+${digits}`;
  return digits.length === 10 ? `+1${digits}` : null;
}

/** The session's own share of what its customer answered. */
export function answersOn(session: CheckoutSession, answers: Answers): Partial<CheckoutSession> {
  const asked = session.consent_collection;
  const terms = asked?.terms_of_service === "required" && answers.termsAccepted;
  return {
    collected_information: {
      business_name: answers.businessName,
      individual_name: answers.individualName,
      shipping_details: answers.shipping,
    },
    consent: asked
      ? {
          promotions: asked.promotions === "auto" ? (answers.promotions ? "opt_in" : "opt_out") : null,
          terms_of_service: terms ? "accepted" : null,
        }
      : null,
    custom_fields: session.custom_fields.map((field) => answered(field, answers.customFields[field.key])),
  };
}
