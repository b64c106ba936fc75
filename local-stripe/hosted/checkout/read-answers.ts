import { phoneNumber } from "../../billing/checkout/answers";
import type { Answers, CheckoutSession } from "../../objects/checkout-session";
import type { Values } from "../card-form";
import { readConsents } from "./consents";
import { fieldName } from "./custom-fields";
import { readNames } from "./names";
import { readShipping } from "./shipping-fields";

/** Everything on the form that the shop asks for beside the payment. */
export function readAnswers(session: CheckoutSession, values: Values): Answers {
  const fields = session.custom_fields.map((one) => [one.key, values[fieldName(one)]?.trim() ?? ""]);
  return {
    ...readConsents(values),
    ...readNames(session, values),
    customFields: Object.fromEntries(fields),
    phone: session.phone_number_collection?.enabled ? phoneNumber(values.phone ?? "") : null,
    shipping: readShipping(session, values),
  };
}
