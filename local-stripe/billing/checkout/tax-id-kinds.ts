import type { Customer } from "../../objects/customer";
import { createTaxId, isTaxId } from "../tax/tax-ids";

/** A country's letters begin a European number; without any it is taken for an American one. */
export function kindOf(taxId: string): "eu_vat" | "unknown" | "us_ein" {
  if (/^[A-Z]{2}\w{2,13}$/.test(taxId)) return "eu_vat";
  return /^\d{2}-?\d{7}$/.test(taxId) ? "us_ein" : "unknown";
}

/** The customer's own from now on, if it is one (https://docs.stripe.com/tax/checkout/tax-ids). */
export function keepTaxId({ id }: Customer, value: string | null): void {
  if (value === null) return;
  const given = { type: kindOf(value), value };
  if (given.type !== "unknown" && isTaxId(given)) createTaxId(id, given);
}
