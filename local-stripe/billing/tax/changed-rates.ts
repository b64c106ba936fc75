import { invoices } from "../../objects/invoice";
import { invoiceItems } from "../../objects/invoice-item";
import { lineTaxRates } from "../../objects/line-rates";
import { itemList, subscriptions } from "../../objects/subscription";
import type { TaxRate } from "../../objects/tax-rate";

/** Everything that has a rate shows it whole, and as it is now; what it takes never changes. */
export function refreshRate(rate: TaxRate): void {
  const isIn = (rates: readonly TaxRate[] | null | undefined) => rates?.some(({ id }) => id === rate.id);
  const renewed = (rates: readonly TaxRate[] | null | undefined) =>
    (rates ?? []).map((one) => (one.id === rate.id ? rate : one));
  for (const subscription of subscriptions.all()) {
    const { default_tax_rates: rates, id, items } = subscription;
    if (!isIn(rates) && !items.data.some(({ tax_rates }) => isIn(tax_rates))) continue;
    const changed = items.data.map((item) => ({ ...item, tax_rates: renewed(item.tax_rates) }));
    subscriptions.put({ ...subscription, default_tax_rates: renewed(rates), items: itemList(id, changed) });
  }
  for (const invoice of invoices.all()) {
    const { default_tax_rates: rates } = invoice;
    if (isIn(rates)) invoices.put({ ...invoice, default_tax_rates: renewed(rates) });
  }
  for (const item of invoiceItems.all()) {
    if (isIn(item.tax_rates)) invoiceItems.put({ ...item, tax_rates: renewed(item.tax_rates) });
  }
  for (const line of lineTaxRates.all()) {
    if (isIn(line.rates)) lineTaxRates.put({ ...line, rates: renewed(line.rates) });
  }
}
