/** One fixed locale and UTC, so that the server and the browser always print the same. */

/**
 * Stripe's own lists; the runtime's differ from them, and from one another: to ICU the krona has no minor unit, to
 * Stripe 200000 ISK are 2,000 kronur. https://docs.stripe.com/currencies#zero-decimal
 */
const ZERO_DECIMAL = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" ");
/** https://docs.stripe.com/currencies#three-decimal */
const THREE_DECIMAL = "BHD JOD KWD OMR TND".split(" ");
/** Two decimals that have to be zero: https://docs.stripe.com/currencies#special-cases */
const WHOLE = "ISK UGX".split(" ");

/** Counts the decimals of Stripe's minor unit: 1900 are $19.00, ¥1,900 or KWD 1.900. */
export function minorUnitDigits(currency: string): 0 | 2 | 3 {
  const code = currency.toUpperCase();
  if (ZERO_DECIMAL.includes(code)) return 0;
  return THREE_DECIMAL.includes(code) ? 3 : 2;
}

/** @param amount minor units; `decimals` of them beyond the minor unit */
function money(amount: number, currency: string, isTag: boolean, decimals = 0): string {
  const digits = minorUnitDigits(currency);
  const value = amount / 10 ** digits;
  const isWhole = WHOLE.includes(currency.toUpperCase()) && Number.isInteger(value);
  return new Intl.NumberFormat("en-US", {
    style: "currency",
    currency,
    minimumFractionDigits: isWhole ? 0 : digits,
    maximumFractionDigits: digits + decimals,
    trailingZeroDisplay: isTag ? "stripIfInteger" : "auto",
  }).format(value);
}

/** A sum that was or will be paid: 1900 → "$19.00". */
export const formatMoney = (amount: number, currency: string) => money(amount, currency, false);

/** A price on a tag: 1900 → "$19", 1950 → "$19.50". */
export const formatPrice = (amount: number, currency: string) => money(amount, currency, true);

/** A price with a fraction of the minor unit: "1250.5" → "$12.505". */
export const formatUnitPrice = (unitAmountDecimal: string, currency: string) =>
  money(Number(unitAmountDecimal), currency, false, unitAmountDecimal.split(".")[1]?.length ?? 0);

const day = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });
const shortDay = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });

/** "November 23, 2026" */
export const formatDate = (date: Date) => day.format(date);

/** "Nov 23, 2026", for tables. */
export const formatShortDate = (date: Date) => shortDay.format(date);

type Interval = string | null;

/** "a month", "every 3 months" or "once". */
export function perInterval(interval: Interval, count = 1): string {
  if (!interval) return "once";
  return count === 1 ? `a ${interval}` : `every ${count} ${interval}s`;
}

const ADVERBS: Record<string, string> = { day: "daily", week: "weekly", month: "monthly", year: "yearly" };

/** "monthly", "every 3 months" or nothing for a one-time purchase. */
export function everyInterval(interval: Interval, count = 1): string {
  if (!interval) return "";
  return count === 1 ? (ADVERBS[interval] ?? `every ${interval}`) : `every ${count} ${interval}s`;
}

/** "AIaaS Pro, monthly", "Micro-Feature Development" */
export const formatProduct = (product: { name: string; interval: Interval; intervalCount?: number }) =>
  [product.name, everyInterval(product.interval, product.intervalCount)].filter(Boolean).join(", ");

/** "$99.00 a month" */
export const formatTerms = (price: {
  unitAmount: number;
  currency: string;
  interval: Interval;
  intervalCount?: number;
}) => `${formatMoney(price.unitAmount, price.currency)} ${perInterval(price.interval, price.intervalCount)}`;
