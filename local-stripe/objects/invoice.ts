import type Stripe from "stripe";
import { account } from "../kit/account";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { inlineList } from "../kit/list";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import type { Customer } from "./customer";
import type { Price } from "./price";

export type Invoice = Wire<Stripe.Invoice>;
export type InvoiceLineItem = Wire<Stripe.InvoiceLineItem>;

type Index = "customer" | "subscription" | "status" | "collection_method" | "hosted_invoice_url";

export const invoices = new Table<Invoice, Index>("invoice", "in_", {
  customer: (invoice) => invoice.customer,
  subscription: (invoice) => subscriptionOf(invoice),
  status: (invoice) => invoice.status,
  collection_method: (invoice) => invoice.collection_method,
  hosted_invoice_url: (invoice) => invoice.hosted_invoice_url,
});

export const subscriptionOf = (invoice: Invoice): string | null =>
  invoice.parent?.subscription_details?.subscription ?? null;

export const lineList = (invoice: string, lines: readonly InvoiceLineItem[]) =>
  inlineList(`/v1/invoices/${invoice}/lines`, lines);

type LineGiven = Partial<InvoiceLineItem> &
  Pick<InvoiceLineItem, "amount" | "currency" | "description" | "parent" | "period" | "pricing">;

export function buildLine(invoice: string, given: LineGiven): InvoiceLineItem {
  return {
    id: newId("il_1"),
    object: "line_item",
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: 1,
    quantity_decimal: String(given.quantity ?? 1),
    subscription: null,
    subtotal: given.amount,
    taxes: [],
    ...given,
  };
}

export function pricingOf(
  price: Price,
  unit_amount_decimal = price.unit_amount_decimal,
): NonNullable<InvoiceLineItem["pricing"]> {
  return {
    type: "price_details",
    price_details: { price: price.id, product: price.product },
    unit_amount_decimal,
  };
}

/** Of a line that bills a period of a subscription item. */
export const itemParent = (subscription: string, subscription_item: string): InvoiceLineItem["parent"] => ({
  type: "subscription_item_details",
  invoice_item_details: null,
  subscription_item_details: {
    invoice_item: null,
    proration: false,
    proration_details: { credited_items: null },
    subscription,
    subscription_item,
  },
});

type Given = Partial<Invoice> & Pick<Invoice, "id" | "billing_reason" | "currency" | "lines" | "parent">;

export function buildInvoice(customer: Customer, given: Given): Invoice {
  const created = now();
  return {
    object: "invoice",
    account_country: account.country,
    account_name: account.name,
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    collection_method: "charge_automatically",
    created,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping,
    customer_tax_exempt: customer.tax_exempt ?? "none",
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: created,
    period_start: created,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: "draft",
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: customer.test_clock ?? null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: created,
    ...given,
  };
}
