import type { Invoice, InvoiceLineItem } from "../../objects/invoice";
import { lineTaxRates, ownRates } from "../../objects/line-rates";
import type { TaxRate } from "../../objects/tax-rate";

/** The line, for which these rates count instead of its invoice's; without any of them the invoice's do. */
export function withRates(
  line: InvoiceLineItem,
  rates: readonly TaxRate[] | null | undefined,
): InvoiceLineItem {
  if (rates?.length) lineTaxRates.put({ id: line.id, rates });
  return line;
}

/** Rates of a line stand in for those of the invoice (type: the comment of `Stripe.InvoiceItem.tax_rates`). */
export function ratesOf({ default_tax_rates }: Invoice, line: InvoiceLineItem): readonly TaxRate[] {
  const own = ownRates(line);
  return own.length > 0 ? own : default_tax_rates;
}
