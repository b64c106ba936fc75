import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import type { Customer } from "./customer";

export type InvoiceItem = Wire<Stripe.InvoiceItem>;

/** An item that is still to be put on an invoice has none; `pending` finds it by its customer. */
export const invoiceItems = new Table<InvoiceItem, "customer" | "invoice" | "pending">("invoiceitem", "ii_", {
  customer: (item) => item.customer,
  invoice: (item) => item.invoice,
  pending: (item) => (item.invoice === null ? item.customer : null),
});

export const subscriptionOfItem = (item: InvoiceItem): string | null =>
  item.parent?.subscription_details?.subscription ?? null;

type Given = Partial<InvoiceItem> & Pick<InvoiceItem, "amount" | "currency" | "period">;

export function buildInvoiceItem(customer: Customer, given: Given): InvoiceItem {
  return {
    id: newId("ii_1"),
    object: "invoiceitem",
    customer: customer.id,
    customer_account: null,
    date: now(),
    description: null,
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    net_amount: given.amount,
    parent: null,
    pricing: null,
    proration: false,
    quantity: 1,
    quantity_decimal: String(given.quantity ?? 1),
    tax_rates: [],
    test_clock: customer.test_clock ?? null,
    ...given,
  };
}
