import { formatAmount } from "../billing/money/amounts";
import type { Coupon } from "../objects/coupon";

const days = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });

/** `March 4, 2026`; like all of Stripe's dates, in UTC. */
export const day = (seconds: number): string => days.format(seconds * 1000);

const countries = new Intl.DisplayNames("en", { type: "region" });

export const countryName = (code: string): string => countries.of(code) ?? code;

/** `20% off for 3 months`; of a single payment only `20% off`. */
export function offText(coupon: Coupon, once = false): string {
  const { amount_off, percent_off, currency, duration, duration_in_months: months } = coupon;
  const off = amount_off === null ? `${percent_off}%` : formatAmount(amount_off, currency ?? "usd");
  if (once || duration === "forever") return `${off} off`;
  if (duration === "once") return `${off} off the first payment`;
  return `${off} off for ${months === 1 ? "a month" : `${months} months`}`;
}

interface Instrument {
  readonly card?: { readonly brand: string | null; readonly last4: string | null } | null;
  readonly sepa_debit?: { readonly last4: string | null } | null;
  readonly us_bank_account?: { readonly bank_name: string | null; readonly last4: string | null } | null;
}

/** `Visa •••• 4242`, of a payment method or of what a charge shows of it. */
export function methodName({ card, sepa_debit: sepa, us_bank_account: account }: Instrument): string {
  const brand = card?.brand ?? "";
  const name = card
    ? brand.charAt(0).toUpperCase() + brand.slice(1)
    : sepa
      ? "SEPA debit"
      : account?.bank_name;
  return `${name ?? "Payment method"} •••• ${(card ?? sepa ?? account)?.last4 ?? ""}`;
}
