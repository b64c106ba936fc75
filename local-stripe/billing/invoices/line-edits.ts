import type { z } from "zod";
import { now } from "../../kit/clock";
import { invalid, missing, noSuch } from "../../kit/errors";
import { emit } from "../../kit/events";
import { find } from "../../kit/lookup";
import {
  choice,
  emptyable,
  flag,
  group,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  text,
  timestamp,
} from "../../kit/params";
import { tombstones } from "../../kit/store";
import { type Invoice, type InvoiceLineItem, invoices, lineList } from "../../objects/invoice";
import { type InvoiceItem, invoiceItems } from "../../objects/invoice-item";
import { lineTaxRates } from "../../objects/line-rates";
import { prices } from "../../objects/price";

import { amountOf, times } from "../money/amounts";
import { changedRatesParam, findTaxRates } from "../tax/given-rates";
import { withRates } from "../tax/line-rates";
import { withTotals } from "./invoices";
import { chargeOf, chargeParams } from "./item-charges";
import { createInvoiceItem, lineOf } from "./pending-items";

/** The parameters of a line beside its amount. */
export const termParams = optional({
  description: emptyable(text),
  discountable: flag,
  metadata,
  period: group({ end: timestamp, start: timestamp }),
  tax_rates: changedRatesParam,
});

export const editParams = group({ ...chargeParams, ...termParams });
const MOST_LINES = 250;
export const addParams = listOf(
  group({ ...chargeParams, ...termParams, ...optional({ invoice_item: text }) }),
  MOST_LINES,
);
export const updateParams = listOf(group({ id: text, ...chargeParams, ...termParams }), MOST_LINES);
export const removeParams = listOf(group({ behavior: choice("delete", "unassign"), id: text }), MOST_LINES);

type Edit = z.output<typeof editParams>;

/** Every line of these is an invoice item of its own, and stands before those that were there (recorded). */
export function addLines(draft: Invoice, given: z.output<typeof addParams>): Invoice {
  const added = given.map((line, position) => {
    const param = `lines[${position}]`;
    return lineOf(
      draft.id,
      line.invoice_item ? claim(draft, line.invoice_item, param) : make(draft, line, param),
    );
  });
  return withLines(draft, [...added.reverse(), ...draft.lines.data]);
}

function claim(draft: Invoice, id: string, param: string): InvoiceItem {
  const item = find(invoiceItems, id, `${param}[invoice_item]`);
  if (item.customer !== draft.customer || item.invoice !== null) {
    throw noSuch("invoiceitem", id, `${param}[invoice_item]`);
  }
  return invoiceItems.put({ ...item, invoice: draft.id });
}

function make(draft: Invoice, line: Edit, param: string): InvoiceItem {
  const charge = chargeOf(line, draft.currency, { param });
  if (!charge) throw missing(`${param}[amount]`);
  return createInvoiceItem(String(draft.customer), {
    ...charge,
    ...(line.description === undefined ? {} : { description: line.description }),
    discountable: line.discountable ?? charge.amount >= 0,
    invoice: draft.id,
    metadata: mergeMetadata({}, line.metadata),
    period: line.period ?? { start: now(), end: now() },
    tax_rates: findTaxRates(line.tax_rates, `${param}[tax_rates]`),
  });
}

export function updateLines(draft: Invoice, given: z.output<typeof updateParams>): Invoice {
  const changed = new Map(
    given.map(({ id, ...line }, position) => {
      const param = `lines[${position}]`;
      return [id, withEdit(findLine(draft, id, `${param}[id]`), line, param)];
    }),
  );
  return withLines(
    draft,
    draft.lines.data.map((line) => changed.get(line.id) ?? line),
  );
}

/** The line with what was asked for; what a subscription bills has its amount from there (inferred). */
export function withEdit(line: InvoiceLineItem, edit: Edit, param = ""): InvoiceLineItem {
  const item = itemOf(line);
  if (item) {
    const before = item.quantity ?? 1;
    const changed = invoiceItems.put(editedItem(item, edit, { before, param }));
    return { ...lineOf(String(line.invoice), changed), id: line.id };
  }
  const { description, discountable, metadata, period, tax_rates, ...charge } = edit;
  if (Object.values(charge).some((value) => value !== undefined)) {
    throw invalid("You can only change the amount of lines that are invoice items.", param ? { param } : {});
  }
  if (tax_rates !== undefined) {
    lineTaxRates.delete(line.id);
    withRates(line, findTaxRates(tax_rates, param ? `${param}[tax_rates]` : "tax_rates"));
  }
  return {
    ...line,
    ...(description === undefined ? {} : { description }),
    ...(discountable === undefined ? {} : { discountable }),
    ...(period === undefined ? {} : { period }),
    metadata: mergeMetadata(line.metadata, metadata),
  };
}

export function editedItem(
  item: InvoiceItem,
  edit: Edit,
  where: Parameters<typeof chargeOf>[2] = { before: item.quantity ?? 1 },
): InvoiceItem {
  const { description, discountable, period, metadata, tax_rates: rates } = edit;
  const charge = chargeOf(edit, item.currency, where) ?? timesPrice(item, edit.quantity);
  const named = (field: string) => (where?.param ? `${where.param}[${field}]` : field);
  return {
    ...item,
    ...charge,
    ...(charge ? { net_amount: charge.amount, quantity_decimal: String(charge.quantity) } : {}),
    ...(description === undefined ? {} : { description }),
    ...(discountable === undefined ? {} : { discountable }),
    ...(period === undefined ? {} : { period }),
    ...(rates === undefined ? {} : { tax_rates: findTaxRates(rates, named("tax_rates"), item.tax_rates) }),
    metadata: mergeMetadata(item.metadata ?? {}, metadata),
  };
}

/** Another quantity alone is so many of what the item costs each; of a share of a price there is no other. */
function timesPrice(item: InvoiceItem, quantity: number | undefined) {
  const each = item.pricing?.unit_amount_decimal;
  if (quantity === undefined || !each) return undefined;
  const price = prices.get(item.pricing?.price_details?.price ?? "");
  return { amount: price ? amountOf(price, quantity) : times(each, quantity), quantity };
}

/** Deletes what is behind a line, or lets it wait for another invoice (type: `Stripe.InvoiceRemoveLinesParams`). */
export function removeLines(draft: Invoice, given: z.output<typeof removeParams>): Invoice {
  const gone = new Set<string>();
  for (const [position, { id, behavior }] of given.entries()) {
    const param = `lines[${position}][id]`;
    const item = itemOf(findLine(draft, id, param));
    if (!item && behavior === "unassign") {
      throw invalid("You can only unassign lines that are invoice items.", { param });
    }
    if (item && behavior === "unassign") invoiceItems.put({ ...item, invoice: null });
    if (item && behavior === "delete") deleteItem(item);
    gone.add(id);
  }
  return withLines(
    draft,
    draft.lines.data.filter((line) => !gone.has(line.id)),
  );
}

export function deleteItem(item: InvoiceItem) {
  invoiceItems.delete(item.id);
  emit("invoiceitem.deleted", item);
  return tombstones.put({ id: item.id, object: "invoiceitem", deleted: true });
}

export function findLine(draft: Invoice, id: string, param: string): InvoiceLineItem {
  const line = draft.lines.data.find((one) => one.id === id);
  if (!line) throw noSuch("invoice line item", id, param);
  return line;
}

export const itemIdOf = ({ parent }: InvoiceLineItem): string | null =>
  parent?.invoice_item_details?.invoice_item ?? parent?.subscription_item_details?.invoice_item ?? null;

const itemOf = (line: InvoiceLineItem): InvoiceItem | undefined => invoiceItems.get(itemIdOf(line) ?? "");

export function withLines(draft: Invoice, lines: readonly InvoiceLineItem[]): Invoice {
  const changed = invoices.put(withTotals({ ...draft, lines: lineList(draft.id, lines) }));
  emit("invoice.updated", changed, draft);
  return changed;
}
