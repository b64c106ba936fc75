import { formatAmount } from "../billing/money";
import type { Coupon } from "../objects/coupon";

const days = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });
const moments = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});

/** `March 4, 2026`; like all of Stripe's dates, in UTC. */
export const day = (seconds: number): string => days.format(seconds * 1000);
export const moment = (seconds: number): string => moments.format(seconds * 1000);

/** `20% off for 3 months`; of a single payment only `20% off`. */
export function offText(coupon: Coupon, once = false): string {
  const { amount_off, percent_off, currency, duration, duration_in_months: months } = coupon;
  const off = amount_off === null ? `${percent_off}%` : formatAmount(amount_off, currency ?? "usd");
  if (once || duration === "forever") return `${off} off`;
  if (duration === "once") return `${off} off the first payment`;
  return `${off} off for ${months === 1 ? "a month" : `${months} months`}`;
}
