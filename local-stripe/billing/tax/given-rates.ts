import { invalid } from "../../kit/errors";
import { find } from "../../kit/lookup";
import { emptyable, listOf, text } from "../../kit/params";
import { type TaxRate, taxRates } from "../../objects/tax-rate";

const MOST_RATES = 10;

/** So many at most on a line, or on everything (https://docs.stripe.com/invoicing/taxes/tax-rates). */
export const ratesParam = listOf(text, MOST_RATES);
export const changedRatesParam = emptyable(ratesParam);

/** The rates with these ids. One that is archived stays only where it is (type: the comment of `TaxRate.active`). */
export function findTaxRates(
  ids: readonly string[] | null | undefined,
  param: string,
  before: readonly TaxRate[] | null = [],
): TaxRate[] {
  return (ids ?? []).map((id, position) => {
    const rate = find(taxRates, id, `${param}[${position}]`);
    if (rate.active || before?.some((had) => had.id === id)) return rate;
    throw invalid(`The tax rate ${id} is archived and cannot be used for anything new.`, {
      param: `${param}[${position}]`,
    });
  });
}
