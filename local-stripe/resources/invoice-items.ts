import { discountParam } from "../billing/discounts/discounts";
import { applyInvoiceItemDiscounts } from "../billing/discounts/item-discounts";
import { chargeOf, chargeParams } from "../billing/invoices/item-charges";
import { deleteItem, editedItem, itemIdOf, termParams, withLines } from "../billing/invoices/line-edits";
import { createInvoiceItem, lineOf } from "../billing/invoices/pending-items";
import { findTaxRates } from "../billing/tax/given-rates";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { invalid, missing, noSuch, StripeError } from "../kit/errors";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import { currency, emptyable, flag, listOf, mergeMetadata, optional, text } from "../kit/params";
import { customers } from "../objects/customer";
import { type Invoice, invoices } from "../objects/invoice";
import { type InvoiceItem, invoiceItems } from "../objects/invoice-item";
import { subscriptions } from "../objects/subscription";
import { hidingClocks, inTimeOf } from "../objects/test-clock";

const shared = {
  ...chargeParams,
  ...termParams,
  ...optional({ discounts: emptyable(listOf(discountParam, 20)) }),
};

/** The words, with which mode it was looked for in, are this resource's own (recorded). */
function itemNamed(id: string): InvoiceItem {
  const item = invoiceItems.get(id);
  if (item) return item;
  const message = `No such Invoice Item: '${id}'(livemode=false)`;
  throw new StripeError(404, {
    type: "invalid_request_error",
    code: "resource_missing",
    message,
    param: "id",
  });
}

function refuseInvoiced(item: InvoiceItem): void {
  if (item.invoice === null) return;
  const invoice = invoices.get(item.invoice);
  // It was deleted with its draft (recorded).
  if (!invoice) throw invalid("This invoice item has been deleted.");
  if (invoice.status === "draft") return;
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
  const lines = draft.lines.data;
  const position = lines.findIndex((line) => itemIdOf(line) === item.id);
  if (gone) withLines(draft, lines.toSpliced(position, 1));
  else if (position < 0) withLines(draft, [...lines, lineOf(draft.id, item)]);
  else withLines(draft, lines.with(position, { ...lineOf(draft.id, item), id: String(lines[position]?.id) }));
}

export const invoiceItemResource: Resource = {
  routes: {
    "POST /v1/invoiceitems": call(
      { customer: text, ...shared, ...optional({ currency, invoice: text, subscription: text }) },
      ({ customer: id, invoice, subscription, currency, period, metadata, ...given }) => {
        const customer = find(customers, id, "customer");
        return inTimeOf(id, () => {
          const draft = invoice ? draftOf(invoice, id) : null;
          const what = chargeOf(given, currency ?? draft?.currency ?? customer.currency ?? "usd");
          if (!what) throw missing("amount");
          if (subscription && find(subscriptions, subscription, "subscription").customer !== id) {
            throw noSuch("subscription", subscription, "subscription");
          }
          if (draft && what.currency !== draft.currency) {
            throw invalid(`The invoice's currency is \`${draft.currency}\`; an item must have the same.`, {
              param: "currency",
            });
          }
          const made = createInvoiceItem(customer.id, {
            ...what,
            ...(given.description === undefined ? {} : { description: given.description }),
            discountable: given.discountable ?? what.amount >= 0,
            invoice: invoice ?? null,
            metadata: mergeMetadata({}, metadata),
            parent: subscription
              ? { type: "subscription_details", subscription_details: { subscription } }
              : null,
            period: period ?? { start: now(), end: now() },
            tax_rates: findTaxRates(given.tax_rates, "tax_rates"),
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

    "GET /v1/invoiceitems/:id": call({}, (_, { id }) => itemNamed(id)),

    "POST /v1/invoiceitems/:id": call(shared, (given, { id }) => {
      const item = itemNamed(id);
      refuseInvoiced(item);
      return inTimeOf(item.customer, () => {
        const { discounts, ...edit } = given;
        const updated = invoiceItems.put(editedItem(applyInvoiceItemDiscounts(item, discounts), edit));
        refreshLine(updated);
        return updated;
      });
    }),

    "DELETE /v1/invoiceitems/:id": call({}, (_, { id }) => {
      const item = itemNamed(id);
      refuseInvoiced(item);
      return inTimeOf(item.customer, () => {
        refreshLine(item, true);
        return deleteItem(item);
      });
    }),
  },
};
