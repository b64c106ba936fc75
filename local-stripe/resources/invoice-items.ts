import { findOrCreatePrice, priceDataParam } from "../billing/catalog/given-prices";
import { productName } from "../billing/catalog/names";
import { discountParam } from "../billing/discounts/discounts";
import { applyInvoiceItemDiscounts } from "../billing/discounts/item-discounts";
import { withTotals } from "../billing/invoices/invoices";
import { createInvoiceItem, lineOf } from "../billing/invoices/pending-items";
import { amountOf } from "../billing/money/amounts";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { exclusive, invalid, missing, noSuch } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import {
  currency,
  emptyable,
  flag,
  group,
  integer,
  integerFrom,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  text,
  timestamp,
} from "../kit/params";
import { tombstones } from "../kit/store";
import { customers } from "../objects/customer";
import { type Invoice, invoices, lineList, pricingOf } from "../objects/invoice";
import { type InvoiceItem, invoiceItems } from "../objects/invoice-item";
import { subscriptions } from "../objects/subscription";
import { hidingClocks, inTimeOf } from "../objects/test-clock";

const shared = optional({
  amount: integer,
  description: emptyable(text),
  discountable: flag,
  discounts: emptyable(listOf(discountParam, 20)),
  metadata,
  period: group({ end: timestamp, start: timestamp }),
  price_data: priceDataParam,
  pricing: group(optional({ price: text })),
  quantity: integerFrom(0),
});

interface Charged {
  readonly amount?: number | undefined;
  readonly price_data?: Parameters<typeof findOrCreatePrice>[0]["price_data"];
  readonly pricing?: { readonly price?: string | undefined } | undefined;
  readonly quantity?: number | undefined;
}

/** An amount, or a price of which there are so many. */
function priced({ amount, price_data, pricing, quantity = 1 }: Charged, inCurrency?: string) {
  const price = findOrCreatePrice({ price: pricing?.price, price_data }, "pricing", inCurrency);
  if (price && amount !== undefined) {
    throw exclusive("amount", "pricing");
  }
  if (!price) return amount === undefined ? undefined : { amount, quantity };
  return {
    amount: amountOf(price, quantity),
    currency: price.currency,
    description: productName(price),
    pricing: pricingOf(price),
    quantity,
  };
}

function refuseInvoiced(item: InvoiceItem): void {
  if (invoices.get(item.invoice ?? "")?.status === "draft" || item.invoice === null) return;
  throw invalid("You cannot change an invoice item that is attached to a finalized invoice.", {
    code: "invoice_not_editable",
  });
}

/** The customer's own draft, which an item is to be put on. */
function draftOf(id: string, customer: string): Invoice {
  const invoice = find(invoices, id, "invoice");
  if (invoice.customer !== customer) throw noSuch("invoice", id, "invoice");
  if (invoice.status === "draft") return invoice;
  throw invalid("The invoice is no longer a draft.", { code: "invoice_not_editable", param: "invoice" });
}

/** An item of a draft is one of its lines. */
function refreshLine(item: InvoiceItem, gone = false): void {
  const draft = invoices.get(item.invoice ?? "");
  if (!draft) return;
  const others = draft.lines.data.filter(
    ({ parent }) => parent?.invoice_item_details?.invoice_item !== item.id,
  );
  const lines = lineList(draft.id, gone ? others : [...others, lineOf(draft.id, item)]);
  emit("invoice.updated", invoices.put(withTotals({ ...draft, lines })), draft);
}

export const invoiceItemResource: Resource = {
  routes: {
    "POST /v1/invoiceitems": call(
      { customer: text, ...shared, ...optional({ currency, invoice: text, subscription: text }) },
      ({ customer: id, invoice, subscription, currency, period, metadata, ...given }) => {
        const customer = find(customers, id, "customer");
        return inTimeOf(id, () => {
          const draft = invoice ? draftOf(invoice, id) : null;
          const what = priced(given, currency ?? draft?.currency);
          if (!what) throw missing("amount");
          if (subscription && find(subscriptions, subscription, "subscription").customer !== id) {
            throw noSuch("subscription", subscription, "subscription");
          }
          const inCurrency = { currency: currency ?? draft?.currency ?? customer.currency ?? "usd", ...what };
          if (draft && inCurrency.currency !== draft.currency) {
            throw invalid(`The invoice's currency is \`${draft.currency}\`; an item must have the same.`, {
              param: "currency",
            });
          }
          const made = createInvoiceItem(customer.id, {
            ...inCurrency,
            ...(given.description === undefined ? {} : { description: given.description }),
            discountable: given.discountable ?? what.amount >= 0,
            invoice: invoice ?? null,
            metadata: mergeMetadata({}, metadata),
            parent: subscription
              ? { type: "subscription_details", subscription_details: { subscription } }
              : null,
            period: period ?? { start: now(), end: now() },
          });
          const item = invoiceItems.put(applyInvoiceItemDiscounts(made, given.discounts));
          refreshLine(item);
          return item;
        });
      },
    ),

    "GET /v1/invoiceitems": list(
      { ...createdParam, ...optional({ customer: idOf(customers), invoice: idOf(invoices), pending: flag }) },
      ({ customer, invoice, pending }) =>
        hidingClocks(invoiceItems.where({ customer, invoice }), customer, invoice).filter(
          (item) => pending === undefined || pending === (item.invoice === null),
        ),
    ),

    "GET /v1/invoiceitems/:id": call({}, (_, { id }) => find(invoiceItems, id)),

    "POST /v1/invoiceitems/:id": call(shared, ({ metadata, ...given }, { id }) => {
      const item = find(invoiceItems, id);
      refuseInvoiced(item);
      return inTimeOf(item.customer, () => {
        const { description, discountable, period } = given;
        const updated = invoiceItems.put({
          ...applyInvoiceItemDiscounts(item, given.discounts),
          ...priced({ quantity: item.quantity, ...given }, item.currency),
          ...(description === undefined ? {} : { description }),
          ...(discountable === undefined ? {} : { discountable }),
          ...(period === undefined ? {} : { period }),
          metadata: mergeMetadata(item.metadata ?? {}, metadata),
        });
        refreshLine(updated);
        return updated;
      });
    }),

    "DELETE /v1/invoiceitems/:id": call({}, (_, { id }) => {
      const item = find(invoiceItems, id);
      refuseInvoiced(item);
      return inTimeOf(item.customer, () => {
        invoiceItems.delete(id);
        refreshLine(item, true);
        emit("invoiceitem.deleted", item);
        return tombstones.put({ id, object: "invoiceitem", deleted: true });
      });
    }),
  },
};
