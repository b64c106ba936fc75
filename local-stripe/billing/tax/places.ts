import { invalid } from "../../kit/errors";
import type { Customer } from "../../objects/customer";

export interface Place {
  readonly country: string;
  readonly state: string | null;
}

interface Address {
  readonly country?: string | null;
  readonly postal_code?: string | null;
  readonly state?: string | null;
}

/** Of the states that there are rates for: what their postal codes begin with. */
const ZIP_CODES: readonly (readonly [state: string, from: number, to: number])[] = [
  ["NY", 100, 149],
  ["TX", 750, 799],
  ["CA", 900, 961],
  ["WA", 980, 994],
];

function stateOfZip(zip: string): string | null {
  const start = Number(zip.slice(0, 3));
  return ZIP_CODES.find(([, from, to]) => start >= from && start <= to)?.[0] ?? null;
}

/**
 * The place where an address is taxed: a country is enough, but for the US a postal code is needed, and for Canada that
 * or a province (https://docs.stripe.com/invoicing/taxes). Null if it does not tell.
 */
export function placeOfAddress(address: Address | null | undefined): Place | null {
  const { country, postal_code: zip, state } = address ?? {};
  if (!country) return null;
  if (country === "US") {
    return /^\d{5}/.test(zip ?? "") ? { country, state: state || stateOfZip(zip as string) } : null;
  }
  if (country === "CA" && !state && !zip) return null;
  return { country, state: state || null };
}

/** Goods are taxed where they go, and else where the bill goes (https://docs.stripe.com/tax/customer-locations). */
export const placeOf = ({ address, shipping }: Pick<Customer, "address" | "shipping">): Place | null =>
  placeOfAddress(shipping?.address) ?? placeOfAddress(address);

/** Refuses to tax somebody automatically of whom nobody knows where (the words: inferred). */
export function refuseUnlocated(customer: Customer, isAutomatic: boolean | undefined): void {
  if (!isAutomatic || placeOf(customer)) return;
  throw invalid(
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
    { code: "customer_tax_location_invalid" },
  );
}
