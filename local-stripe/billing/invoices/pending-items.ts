import { emit } from "../../kit/events";
import { customers } from "../../objects/customer";
import { buildLine, type InvoiceLineItem } from "../../objects/invoice";
import {
  buildInvoiceItem,
  type InvoiceItem,
  invoiceItems,
  subscriptionOfItem,
} from "../../objects/invoice-item";
import { debits } from "./debits";

export function createInvoiceItem(
  customer: string,
  given: Parameters<typeof buildInvoiceItem>[1],
): InvoiceItem {
  const item = invoiceItems.put(buildInvoiceItem(customers.must(customer), given));
  emit("invoiceitem.created", item);
  return item;
}

/**
 * Items that wait for the next invoice of the subscription, or of the customer if they name no subscription
 * (https://docs.stripe.com/api/invoiceitems/object).
 */
export function pendingItems(customer: string, subscription: string | null): InvoiceItem[] {
  return invoiceItems
    .where({ pending: customer })
    .filter((item) => subscriptionOfItem(item) === null || subscriptionOfItem(item) === subscription);
}

/** Puts what waits on the invoice, as its lines, newest first (type: the comment of `Stripe.Invoice.lines`). */
export function claimPending(
  invoice: string,
  customer: string,
  subscription: string | null,
): InvoiceLineItem[] {
  return pendingItems(customer, subscription)
    .reverse()
    .map((item) => {
      const line = lineOf(invoice, invoiceItems.put({ ...item, invoice }));
      const debited = debits.get(item.parent?.subscription_details?.subscription_item ?? "");
      if (debited && "invoice_item" in debited.on && debited.on.invoice_item === item.id) {
        debits.put({ ...debited, on: { invoice, invoice_line_items: [line.id] } });
      }
      return line;
    });
}

export function lineOf(invoice: string, item: InvoiceItem): InvoiceLineItem {
  return buildLine(invoice, {
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discountable: item.discountable,
    discounts: item.discounts ?? [],
    metadata: item.metadata ?? {},
    parent: parentOf(item),
    period: item.period,
    pricing: item.pricing && { ...item.pricing, type: "price_details" },
    quantity: item.quantity,
    subscription: subscriptionOfItem(item),
  });
}

/** A proration stands for the subscription item that it is about; anything else only for itself. */
function parentOf(item: InvoiceItem): InvoiceLineItem["parent"] {
  const { subscription = null, subscription_item } = item.parent?.subscription_details ?? {};
  const credited = item.proration_details?.credited_items?.invoice_line_item_details ?? null;
  const shared = {
    invoice_item: item.id,
    proration: item.proration,
    proration_details: { credited_items: credited },
    subscription,
  };
  return subscription_item
    ? {
        type: "subscription_item_details",
        invoice_item_details: null,
        subscription_item_details: { ...shared, subscription_item },
      }
    : { type: "invoice_item_details", invoice_item_details: shared, subscription_item_details: null };
}
