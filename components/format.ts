/** One fixed locale and UTC, so that the server and the browser always print the same. */

function money(amount: number, currency: string, trailingZeroDisplay: "auto" | "stripIfInteger"): string {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency, trailingZeroDisplay });
  // Minor units per major unit differ: 100 for USD, 1 for JPY.
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** A sum that was or will be paid: 1900 → "$19.00". */
export const formatMoney = (amount: number, currency: string) => money(amount, currency, "auto");

/** A price on a tag: 1900 → "$19", 1950 → "$19.50". */
export const formatPrice = (amount: number, currency: string) => money(amount, currency, "stripIfInteger");

const day = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });
const shortDay = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });

/** "November 23, 2026" */
export const formatDate = (date: Date) => day.format(date);

/** "Nov 23, 2026", for tables. */
export const formatShortDate = (date: Date) => shortDay.format(date);

type Interval = string | null;

/** "a month", "a year" or "once". */
export const perInterval = (interval: Interval) => (interval ? `a ${interval}` : "once");

/** "monthly", "yearly" or nothing for a one-time purchase. */
export const everyInterval = (interval: Interval) => (interval ? `${interval}ly` : "");

/** "AIaaS Pro, monthly", "Micro-Feature Development" */
export const formatProduct = (product: { name: string; interval: Interval }) =>
  [product.name, everyInterval(product.interval)].filter(Boolean).join(", ");

/** "$99.00 a month" */
export const formatTerms = (price: { unitAmount: number; currency: string; interval: Interval }) =>
  `${formatMoney(price.unitAmount, price.currency)} ${perInterval(price.interval)}`;
