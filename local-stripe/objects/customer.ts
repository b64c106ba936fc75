import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId, randomText } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type Customer = Wire<Stripe.Customer>;

export const customers = new Table<Customer, "email" | "test_clock">("customer", "cus_", {
  email: (customer) => customer.email,
  test_clock: (customer) => customer.test_clock,
});

export function buildCustomer(given: Partial<Customer>): Customer {
  return {
    id: newId("cus_", 14),
    object: "customer",
    address: null,
    balance: 0,
    created: now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
    ...given,
  };
}
