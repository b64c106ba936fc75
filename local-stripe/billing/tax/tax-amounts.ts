import type { TaxRate } from "../../objects/tax-rate";
import { divideRounded } from "../money/amounts";

/** The tax of one rate on one amount. */
export interface TaxAmount {
  readonly amount: number;
  readonly rate: TaxRate;
  readonly taxable: number;
}

const DECIMALS = 4;
const WHOLE = 100n * 10n ** BigInt(DECIMALS);

const scaled = ({ percentage }: Pick<TaxRate, "percentage">): bigint =>
  BigInt(percentage.toFixed(DECIMALS).replace(".", ""));

const sumOf = (amounts: readonly bigint[]) => amounts.reduce((sum, one) => sum + one, 0n);

/**
 * Taxes an amount from which everything is off already that comes before tax. An inclusive tax is a part of the amount
 * and an exclusive one comes on top of it (https://docs.stripe.com/tax/tax-rates); each is rounded by itself, line by
 * line, a half away from zero (https://support.stripe.com/questions/rounding-rules-for-stripe-fees). With both on one
 * line, the exclusive one is on what the amount is without the inclusive one (inferred).
 */
export function taxAmounts(amount: number, rates: readonly TaxRate[]): TaxAmount[] {
  const included = sumOf(rates.filter(({ inclusive }) => inclusive).map(scaled));
  const parts = rates.map((rate) =>
    rate.inclusive ? divideRounded(BigInt(amount) * scaled(rate), WHOLE + included) : 0,
  );
  const taxable = amount - parts.reduce((sum, part) => sum + part, 0);
  return rates.map((rate, at) => ({
    amount: rate.inclusive ? (parts[at] ?? 0) : divideRounded(BigInt(taxable) * scaled(rate), WHOLE),
    rate,
    taxable,
  }));
}

/** The amount without the tax that it includes. */
export const withoutInclusive = (amount: number, rates: readonly TaxRate[]): number =>
  taxAmounts(
    amount,
    rates.filter(({ inclusive }) => inclusive),
  ).reduce((left, tax) => left - tax.amount, amount);
