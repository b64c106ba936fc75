import { invalid, missing } from "../../kit/errors";
import { customers } from "../../objects/customer";
import { refuseBoth } from "../tax/automatic-tax";
import { placeOf } from "../tax/places";
import type { Given } from "./session-params";

type GivenField = NonNullable<Given["custom_fields"]>[number];

const refuse = (message: string, param: string) => invalid(message, { param });

/** Refuses what a session cannot ask its customer for (https://docs.stripe.com/payments/checkout/custom-components). */
export function checkCollection(given: Given): void {
  checkCustomFields(given.custom_fields ?? []);
  checkCustomerUpdate(given);
  checkTaxLocation(given);
  checkShippingOptions(given);
  if ((given.optional_items?.length ?? 0) > MOST_OPTIONAL_ITEMS) {
    throw refuse("You can only specify up to 10 optional items for a Checkout Session.", "optional_items");
  }
}

const MOST_OPTIONAL_ITEMS = 10;
const MOST_CUSTOM_FIELDS = 3;
const MOST_SHIPPING_OPTIONS = 5;
const MOST_DROPDOWN_OPTIONS = 200;

/** Without a customer: recorded. Tax ids need the name, and the address where there is none: recorded. */
function checkCustomerUpdate({ customer, customer_update: update, tax_id_collection: taxIds }: Given): void {
  if (update && !customer) {
    throw refuse("`customer_update` can only be used with `customer`.", "customer_update");
  }
  if (!customer || !taxIds?.enabled) return;
  if (update?.name !== "auto") {
    throw refuse(
      "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.",
      "customer_update[name]",
    );
  }
  if (update.address !== "auto" && !customers.get(customer)?.address?.country) {
    throw refuse(
      "We could not find a valid address on the provided customer. To enable tax ID collection, please set `customer_update[address]` to `auto`.",
      "customer_update[address]",
    );
  }
}

/** Somebody whose address is neither known nor to be kept cannot be taxed (the words: inferred). */
function checkTaxLocation({ automatic_tax: tax, customer, customer_update: update, ...given }: Given): void {
  refuseBoth(
    tax?.enabled,
    given.subscription_data?.default_tax_rates,
    "subscription_data[default_tax_rates]",
  );
  const known = customers.get(customer ?? "");
  if (!tax?.enabled || !known || placeOf(known) || update?.address === "auto") return;
  throw invalid(
    "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save the address entered in Checkout to the Customer.",
    { code: "customer_tax_location_invalid" },
  );
}

function checkShippingOptions({ shipping_options: options = [] }: Given): void {
  if (options.length > MOST_SHIPPING_OPTIONS) {
    throw refuse("You can only specify up to 5 shipping options for a Checkout Session.", "shipping_options");
  }
  options.forEach(({ shipping_rate, shipping_rate_data }, position) => {
    const param = `shipping_options[${position}]`;
    if (shipping_rate && shipping_rate_data) {
      throw refuse("You may only specify one of `shipping_rate` and `shipping_rate_data`.", param);
    }
  });
}

function checkCustomFields(fields: readonly GivenField[]): void {
  if (fields.length > MOST_CUSTOM_FIELDS) {
    throw refuse("You can only specify up to 3 custom fields for a Checkout Session.", "custom_fields");
  }
  fields.forEach((field, position) => {
    const param = `custom_fields[${position}]`;
    if (!/^[a-z0-9]+$/i.test(field.key)) {
      throw refuse("The key of a custom field must be alphanumeric.", `${param}[key]`);
    }
    if (fields.findIndex(({ key }) => key === field.key) !== position) {
      throw refuse(`The key of a custom field must be unique: ${field.key}`, `${param}[key]`);
    }
    for (const other of ["dropdown", "numeric", "text"] as const) {
      if (field[other] === undefined || other === field.type) continue;
      throw refuse(
        `You can not pass \`${other}\` to a custom field of the type \`${field.type}\`.`,
        `${param}[${other}]`,
      );
    }
    if (field.type === "dropdown") checkDropdown(field, `${param}[dropdown]`);
    else checkTyped(field, `${param}[${field.type}]`);
  });
}

function checkDropdown({ dropdown }: GivenField, param: string): void {
  if (!dropdown?.options.length) throw missing(`${param}[options]`);
  const { default_value, options } = dropdown;
  const values = options.map(({ value }) => value);
  if (values.length > MOST_DROPDOWN_OPTIONS) {
    throw refuse("A dropdown can have up to 200 options.", `${param}[options]`);
  }
  if (values.some((value) => !/^[a-z0-9]+$/i.test(value)) || new Set(values).size < values.length) {
    throw refuse("The values of a dropdown must be alphanumeric and unique.", `${param}[options]`);
  }
  if (default_value !== undefined && !values.includes(default_value)) {
    throw refuse(`The default value is none of the options: ${default_value}`, `${param}[default_value]`);
  }
}

function checkTyped(field: GivenField, param: string): void {
  const {
    default_value: value,
    maximum_length: most,
    minimum_length: least,
  } = field[field.type as "text"] ?? {};
  if (most !== undefined && least !== undefined && least > most) {
    throw refuse("The minimum length must not be above the maximum length.", `${param}[minimum_length]`);
  }
  if (value === undefined) return;
  if (field.type === "numeric" && !/^\d+$/.test(value)) {
    throw refuse("The default value of a numeric field may have digits only.", `${param}[default_value]`);
  }
  if (value.length < (least ?? 0) || value.length > (most ?? value.length)) {
    throw refuse(
      "The default value does not have the length that the field asks for.",
      `${param}[default_value]`,
    );
  }
}
