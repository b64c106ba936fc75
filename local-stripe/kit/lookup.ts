import { noSuch, type StripeError } from "./errors";
import { text } from "./params";
import type { Table } from "./store";

/** By object: Stripe's word for it in a complaint, where that is not the object's own name (recorded for most). */
const NOUNS: Readonly<Record<string, string>> = {
  balance_transaction: "balance transaction",
  "billing.credit_balance_transaction": "credit balance transaction",
  "billing.credit_grant": "credit grant",
  "billing.meter": "meter",
  "entitlements.active_entitlement": "entitlement",
  "entitlements.feature": "feature",
  payment_method: "PaymentMethod",
  promotion_code: "promotion code",
  tax_id: "tax ID",
  tax_rate: "tax rate",
  setup_intent: "setupintent",
  shipping_rate: "shipping rate",
  webhook_endpoint: "webhook endpoint",
  "billing_portal.configuration": "configuration",
};

export const nounOf = (object: string): string => NOUNS[object] ?? object;

/**
 * The `param` of a 404 is the name that the API's description gives to the place in the URL, but `id` for customers,
 * charges, products and subscriptions (recorded of these and of seven that keep the name; inferred for the others).
 */
const PATH_PARAMS: Readonly<Record<string, string>> = {
  balance_transaction: "id",
  charge: "id",
  customer: "id",
  event: "id",
  "entitlements.active_entitlement": "id",
  "entitlements.feature": "id",
  product_feature: "id",
  invoiceitem: "id",
  product: "id",
  subscription: "id",
  tax_id: "id",
  "billing_portal.configuration": "configuration",
  "checkout.session": "session",
  payment_intent: "intent",
  setup_intent: "intent",
  shipping_rate: "shipping_rate_token",
  subscription_item: "item",
  subscription_schedule: "schedule",
};

/** Stripe's complaint about an id in the URL. */
export function notFound(object: string, id: string): StripeError {
  return noSuch(nounOf(object), id, PATH_PARAMS[object] ?? object, 404);
}

type Found<T extends { readonly id: string }> = Pick<Table<T>, "get" | "name">;

/** The row with this id, or Stripe's complaint: about the URL, or about the parameter that named it. */
export function find<T extends { readonly id: string }>(table: Found<T>, id: string, param?: string): T {
  const row = table.get(id);
  if (row) return row;
  throw param === undefined ? notFound(table.name, id) : noSuch(nounOf(table.name), id, param);
}

/**
 * A filter of a list: an id that does not exist is refused (REAL_STRIPE.md, recorded for invoices of a customer), as is
 * that of a deleted object (recorded for payment methods of a customer).
 */
export const idOf = (table: Found<{ readonly id: string }>) =>
  text.superRefine((id, context) => {
    if (table.get(id)) return;
    const message = `No such ${nounOf(table.name)}: '${id}'`;
    context.addIssue({ code: "custom", message, params: { code: "resource_missing" } });
  });
