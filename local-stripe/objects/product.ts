import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type Product = Wire<Stripe.Product>;

export const products = new Table<Product, "active">("product", "prod_", {
  active: (product) => product.active,
});

/** Products of hidden prices. */
export const hiddenProducts = new Table<Product>("hidden_product", "prod_");

export function buildProduct(given: Partial<Product> & Pick<Product, "name">): Product {
  const created = now();
  return {
    id: newId("prod_", 14),
    object: "product",
    active: true,
    created,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: "service",
    unit_label: null,
    updated: created,
    url: null,
    ...given,
  };
}
