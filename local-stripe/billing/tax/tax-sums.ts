import type { InvoiceLineItem } from "../../objects/invoice";

export type Tax = NonNullable<InvoiceLineItem["taxes"]>[number];

export const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);

/** One sum for each rate, and for each reason (type: the comment of `Stripe.Invoice.total_taxes`). */
export function byRate(taxes: readonly Tax[]): Tax[] {
  const sums = new Map<string, Tax>();
  for (const tax of taxes) {
    const key = `${tax.tax_rate_details?.tax_rate} ${tax.taxability_reason} ${tax.tax_behavior}`;
    const had = sums.get(key);
    sums.set(key, {
      ...tax,
      amount: tax.amount + (had?.amount ?? 0),
      taxable_amount: (tax.taxable_amount ?? 0) + (had?.taxable_amount ?? 0),
    });
  }
  return [...sums.values()];
}

/** The sum of taxes, or of those alone that come on top. */
export const taxIn = (
  taxes: readonly Pick<Tax, "amount" | "tax_behavior">[] | null,
  behavior?: "exclusive",
): number =>
  sumOf(
    (taxes ?? [])
      .filter(({ tax_behavior }) => behavior === undefined || tax_behavior === behavior)
      .map(({ amount }) => amount),
  );
