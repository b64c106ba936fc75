import type { CheckoutSession } from "../../objects/checkout-session";

export type CustomField = CheckoutSession["custom_fields"][number];

/** The answer's own part of a field: its value, and the one that the page begins with. */
export const partOf = (field: CustomField) => field.dropdown ?? field.numeric ?? field.text;

/** Says what is wrong with an answer, or nothing. */
export function fieldMistake(field: CustomField, answer: string): string | undefined {
  if (answer === "") return field.optional ? undefined : "This field is required.";
  if (field.dropdown) {
    const known = field.dropdown.options.some(({ value }) => value === answer);
    return known ? undefined : "Choose one of the options.";
  }
  const noun = field.numeric ? "digits" : "characters";
  if (field.numeric && !/^\d+$/.test(answer)) return "Enter digits only.";
  const { maximum_length, minimum_length } = field.numeric ?? field.text ?? {};
  const least = minimum_length ?? 1;
  const most = maximum_length ?? LONGEST_ANSWER;
  if (least === most && answer.length !== least) return `Enter ${least} ${noun}.`;
  if (answer.length < least) return `Enter at least ${least} ${noun}.`;
  return answer.length > most ? `Enter at most ${most} ${noun}.` : undefined;
}

/** https://docs.stripe.com/payments/checkout/custom-components */
const LONGEST_ANSWER = 255;

/** A field that was left empty has no value. */
export function answered(field: CustomField, answer: string | undefined): CustomField {
  const value = answer || null;
  if (field.dropdown) return { ...field, dropdown: { ...field.dropdown, value } };
  if (field.numeric) return { ...field, numeric: { ...field.numeric, value } };
  return field.text ? { ...field, text: { ...field.text, value } } : field;
}
