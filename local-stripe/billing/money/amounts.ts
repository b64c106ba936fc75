import type { Price } from "../../objects/price";

const SCALE = 10n ** 12n;

/** Exact division, halves away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): number {
  const sign = numerator < 0n !== denominator < 0n ? -1n : 1n;
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  return Number((sign * (2n * n + d)) / (2n * d));
}

/**
 * A unit price may have up to twelve decimals of a cent (type: the comment of `Stripe.Price.unit_amount_decimal`);
 * only the product is rounded.
 */
export function amountOf(price: Pick<Price, "unit_amount_decimal">, quantity: number): number {
  const [whole = "0", fraction = ""] = (price.unit_amount_decimal ?? "0").split(".");
  const sign = whole.startsWith("-") ? -1n : 1n;
  const scaled = BigInt(whole) * SCALE + sign * BigInt(fraction.padEnd(12, "0"));
  return divideRounded(scaled * BigInt(quantity), SCALE);
}

/** The share of an amount that falls on `part` of `whole` seconds; each is rounded down, a credit too (recorded). */
export function shareOf(amount: number, part: number, whole: number): number {
  const [numerator, denominator] = [BigInt(amount) * BigInt(part), BigInt(whole)];
  const towardsZero = numerator / denominator;
  const isBelow = numerator < 0n && numerator % denominator !== 0n;
  return Number(isBelow ? towardsZero - 1n : towardsZero);
}

const WITHOUT_MINOR_UNIT = new Set(
  "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split(" "),
);

/** For people: `$20.00`, `¥500`. */
export function formatAmount(
  amount: number,
  currency: string,
  currencyDisplay: "narrowSymbol" | "symbol" = "symbol",
): string {
  const decimals = WITHOUT_MINOR_UNIT.has(currency) ? 0 : 2;
  const style = { style: "currency", currency, currencyDisplay, minimumFractionDigits: decimals } as const;
  return new Intl.NumberFormat("en-US", style).format(amount / 10 ** decimals);
}
