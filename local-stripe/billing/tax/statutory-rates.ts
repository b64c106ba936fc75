import { Table } from "../../kit/store";
import { EUROPEAN_UNION } from "./countries";
import type { Place } from "./places";

/**
 * A stand-in for what Stripe knows: the standard rates of some countries and states in percent, as they were in 2026,
 * without cities, reduced rates and exempt goods. `/__local/tax_rate` sets another one.
 */
const RATES: Readonly<Record<string, number>> = Object.fromEntries(
  `AT 20, BE 21, BG 20, CY 19, CZ 21, DE 19, DK 25, EE 24, ES 21, FI 25.5, FR 20, GR 24, HR 25, HU 27, IE 23, IT 22,
   LT 21, LU 17, LV 21, MT 18, NL 21, PL 23, PT 23, RO 21, SE 25, SI 22, SK 23, GB 20, CH 8.1, NO 25, AU 10, NZ 15,
   CA 5, JP 10, SG 9, IN 18, US-CA 7.25, US-NY 4, US-TX 6.25, US-WA 6.5`
    .split(/,\s+/)
    .map((entry) => entry.trim().split(" "))
    .map(([place, percent]) => [place, Number(percent)]),
);

const changed = new Table<{ readonly id: string; readonly percentage: number }>("statutory_rate", "");

/** `US-CA`, `DE`: each state of the US has a rate of its own. */
export const placeKey = ({ country, state }: Place): string => (country === "US" ? `US-${state}` : country);

export const statutoryRate = (place: Place): number =>
  changed.get(placeKey(place))?.percentage ?? RATES[placeKey(place)] ?? 0;

export const setStatutoryRate = (place: string, percentage: number) => changed.put({ id: place, percentage });

const GST = new Set(["AU", "CA", "IN", "NZ", "SG"]);

/** By its name and type, as people there call it. */
export function taxNameOf({ country }: Place): {
  display_name: string;
  tax_type: "gst" | "jct" | "sales_tax" | "vat";
} {
  if (country === "US") return { display_name: "Sales Tax", tax_type: "sales_tax" };
  if (country === "JP") return { display_name: "JCT", tax_type: "jct" };
  return GST.has(country)
    ? { display_name: "GST", tax_type: "gst" }
    : { display_name: "VAT", tax_type: "vat" };
}

export const isInUnion = ({ country }: Place): boolean => EUROPEAN_UNION.includes(country);
