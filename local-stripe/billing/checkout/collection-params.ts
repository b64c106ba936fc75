import { choice, emptyable, flag, group, integerFrom, listOf, optional, textUpTo } from "../../kit/params";
import { SHIPPABLE_COUNTRIES } from "./shippable-countries";

/** The longest answer to a text or numeric field (https://docs.stripe.com/payments/checkout/custom-components). */
const LONGEST_ANSWER = 255;

const typed = group(
  optional({
    default_value: textUpTo(LONGEST_ANSWER),
    maximum_length: integerFrom(1, LONGEST_ANSWER),
    minimum_length: integerFrom(1, LONGEST_ANSWER),
  }),
);

const customField = group({
  key: textUpTo(200),
  label: group({ custom: textUpTo(100), type: choice("custom") }),
  type: choice("dropdown", "numeric", "text"),
  ...optional({
    dropdown: group({
      options: listOf(group({ label: textUpTo(100), value: textUpTo(100) })),
      ...optional({ default_value: textUpTo(100) }),
    }),
    numeric: typed,
    optional: flag,
    text: typed,
  }),
});

const words = emptyable(group({ message: textUpTo(1200) }));
const name = group({ enabled: flag, ...optional({ optional: flag }) });
const update = choice("auto", "never");

/** The parameters by which a shop asks its customers for more (type: `Stripe.Checkout.SessionCreateParams`). */
export const collectionParams = optional({
  billing_address_collection: choice("auto", "required"),
  consent_collection: group(
    optional({
      payment_method_reuse_agreement: group({ position: choice("auto", "hidden") }),
      promotions: choice("auto", "none"),
      terms_of_service: choice("none", "required"),
    }),
  ),
  custom_fields: listOf(customField),
  custom_text: group(
    optional({
      after_submit: words,
      shipping_address: words,
      submit: words,
      terms_of_service_acceptance: words,
    }),
  ),
  customer_update: group(optional({ address: update, name: update, shipping: update })),
  name_collection: group(optional({ business: name, individual: name })),
  phone_number_collection: group({ enabled: flag }),
  shipping_address_collection: group({ allowed_countries: listOf(choice(...SHIPPABLE_COUNTRIES)) }),
  tax_id_collection: group({ enabled: flag, ...optional({ required: choice("if_supported", "never") }) }),
});
