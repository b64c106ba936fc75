import { Table } from "../kit/store";
import type { InvoiceLineItem } from "./invoice";
import { invoiceItems } from "./invoice-item";
import type { TaxRate } from "./tax-rate";

/** The rates of an invoice's line that are neither its invoice item's nor the invoice's own; a line does not show them. */
export const lineTaxRates = new Table<{ readonly id: string; readonly rates: readonly TaxRate[] }>(
  "line_tax_rates",
  "",
);

/** The rates that were given for a line alone: to its invoice item, or when it was made. */
export function ownRates({ id, parent }: Pick<InvoiceLineItem, "id" | "parent">): readonly TaxRate[] {
  const { invoice_item_details: ofItem, subscription_item_details: ofSubscription } = parent ?? {};
  const item = invoiceItems.get(ofItem?.invoice_item ?? ofSubscription?.invoice_item ?? "");
  return item?.tax_rates?.length ? item.tax_rates : (lineTaxRates.get(id)?.rates ?? []);
}
