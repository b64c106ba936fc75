import { isMetered, type Price, type Tier, tiersOf } from "../../objects/price";

const SCALE = 10n ** 12n;

/** Exact division, halves away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): number {
  const sign = numerator < 0n !== denominator < 0n ? -1n : 1n;
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  return Number((sign * (2n * n + d)) / (2n * d));
}

/** A part of what a quantity costs: an invoice shows each on a line of its own. */
export interface Portion {
  readonly amount: number;
  /** Nothing of a tier's flat fee (recorded). */
  readonly quantity: number;
  /** Null of a tier's flat fee: it is the amount of no unit. */
  readonly unitAmount: string | null;
  /** Counted from 1; null where there are no tiers. */
  readonly tier: number | null;
}

/** Paid ahead for a period: nothing of what is billed by its usage. */
export const amountAhead = (price: Price, quantity: number): number =>
  isMetered(price) ? 0 : amountOf(price, quantity);

export const amountOf = (price: Price, quantity: number): number =>
  portionsOf(price, quantity).reduce((sum, { amount }) => sum + amount, 0);

export function portionsOf(price: Price, quantity: number): Portion[] {
  const tiers = tiersOf(price);
  if (tiers) return price.tiers_mode === "volume" ? volume(tiers, quantity) : graduated(tiers, quantity);
  const unitAmount = price.unit_amount_decimal ?? "0";
  return [{ amount: times(unitAmount, transformed(price, quantity)), quantity, unitAmount, tier: null }];
}

/**
 * A unit price may have up to twelve decimals of a cent (type: the comment of `Stripe.Price.unit_amount_decimal`);
 * only the product is rounded.
 */
export function times(unitAmount: string, quantity: number): number {
  const [whole = "0", fraction = ""] = unitAmount.split(".");
  const sign = whole.startsWith("-") ? -1n : 1n;
  const scaled = BigInt(whole) * SCALE + sign * BigInt(fraction.padEnd(12, "0"));
  return divideRounded(scaled * BigInt(quantity), SCALE);
}

/** Packages are sold whole (https://docs.stripe.com/billing/subscriptions/usage-based/transform-quantities). */
function transformed({ transform_quantity: transform }: Price, quantity: number): number {
  if (!transform) return quantity;
  const packages = quantity / transform.divide_by;
  return transform.round === "up" ? Math.ceil(packages) : Math.floor(packages);
}

/**
 * All units cost what the tier of the last one says; the first tier is also that of nothing
 * (https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing).
 */
function volume(tiers: readonly Tier[], quantity: number): Portion[] {
  const at = tiers.findIndex(({ up_to }) => quantity <= (up_to ?? Infinity));
  return portionsIn(tiers[at] as Tier, at + 1, quantity);
}

/** Each unit costs what its own tier says; the first tier's flat fee is due for nothing too (the same page). */
function graduated(tiers: readonly Tier[], quantity: number): Portion[] {
  return tiers.flatMap((tier, at) => {
    const below = tiers[at - 1]?.up_to ?? 0;
    const units = Math.min(quantity, tier.up_to ?? Infinity) - below;
    return at > 0 && units <= 0 ? [] : portionsIn(tier, at + 1, units);
  });
}

/** A tier's units, and its flat fee if it has one (recorded: two lines, each rounded). */
function portionsIn(tier: Tier, number: number, quantity: number): Portion[] {
  const unitAmount = tier.unit_amount_decimal ?? "0";
  const units = { amount: times(unitAmount, quantity), quantity, unitAmount, tier: number };
  if (tier.flat_amount_decimal === null) return [units];
  const flat = { amount: times(tier.flat_amount_decimal, 1), quantity: 0, unitAmount: null, tier: number };
  return [units, flat];
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

const decimalsOf = (currency: string) => (WITHOUT_MINOR_UNIT.has(currency) ? 0 : 2);

/** So many of the smallest unit are one of the currency. */
export const minorUnits = (currency: string): number => 10 ** decimalsOf(currency);

/** For people: `$20.00`, `¥500`. */
export function formatAmount(
  amount: number,
  currency: string,
  currencyDisplay: "narrowSymbol" | "symbol" = "symbol",
): string {
  const decimals = decimalsOf(currency);
  const style = { style: "currency", currency, currencyDisplay, minimumFractionDigits: decimals } as const;
  return new Intl.NumberFormat("en-US", style).format(amount / minorUnits(currency));
}

/** A price of a unit may be a part of a cent: `$0.036`. */
export function formatUnitAmount(decimal: string, currency: string): string {
  const decimals = decimalsOf(currency);
  const [whole = "0", fraction = ""] = decimal.split(".");
  const digits = fraction.replace(/0+$/, "").length + decimals;
  const style = { style: "currency", currency, minimumFractionDigits: decimals } as const;
  const format = new Intl.NumberFormat("en-US", { ...style, maximumFractionDigits: digits });
  const padded = whole.padStart(decimals + 1, "0");
  const point = padded.length - decimals;
  return format.format(
    `${padded.slice(0, point)}.${padded.slice(point)}${fraction}` as Intl.StringNumericLiteral,
  );
}
