import type { DiscountTerms } from "../../objects/discount";
import { divideRounded } from "../money/amounts";

/** A line as a discount sees it. */
export interface Discountable {
  readonly amount: number;
  readonly currency: string;
  readonly discountable: boolean;
  readonly product: string | null;
  /** Discounts of this line alone. */
  readonly discounts?: readonly string[] | null;
}

/**
 * Computes how much each discount takes off each line: one row per discount, one amount per line. They apply one
 * after another, each to what the former ones left, and never to credits.
 */
export function discountAmounts(
  lines: readonly Discountable[],
  discounts: readonly DiscountTerms[],
): number[][] {
  const ofLines = new Set(lines.flatMap((line) => line.discounts ?? []));
  const left = lines.map((line) => (line.discountable ? Math.max(0, line.amount) : 0));
  return discounts.map((terms) => {
    const reaches = (line: Discountable) =>
      applies(terms, line) && (!ofLines.has(terms.id) || line.discounts?.includes(terms.id));
    const bases = left.map((amount, at) => (reaches(lines[at] as Discountable) ? amount : 0));
    const off = spread(totalOff(terms, sum(bases)), bases);
    for (const [at, amount] of off.entries()) left[at] = (left[at] ?? 0) - amount;
    return off;
  });
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

function applies({ coupon, products }: DiscountTerms, line: Discountable): boolean {
  if (coupon.amount_off !== null && coupon.currency !== line.currency) return false;
  return products === null || (line.product !== null && products.includes(line.product));
}

const DECIMALS = 12;
const HUNDRED_PERCENT = 100n * 10n ** BigInt(DECIMALS);

function totalOff({ coupon }: DiscountTerms, base: number): number {
  if (coupon.amount_off !== null) return Math.min(coupon.amount_off, base);
  const percent = BigInt((coupon.percent_off ?? 0).toFixed(DECIMALS).replace(".", ""));
  return divideRounded(BigInt(base) * percent, HUNDRED_PERCENT);
}

/** Shares `total` out in proportion to `bases`, to the cent: no share exceeds its base, for the total does not. */
export function spread(total: number, bases: readonly number[]): number[] {
  const whole = BigInt(sum(bases));
  if (whole === 0n) return bases.map(() => 0);
  let behind = 0n;
  let shared = 0;
  return bases.map((base) => {
    behind += BigInt(base);
    const upToHere = divideRounded(BigInt(total) * behind, whole);
    const share = upToHere - shared;
    shared = upToHere;
    return share;
  });
}
