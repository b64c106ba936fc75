import type { Invoice } from "../../objects/invoice";
import { type TaxRate, taxRates } from "../../objects/tax-rate";

type Tax = NonNullable<Invoice["total_taxes"]>[number];

/** `VAT Germany 19% (inclusive)`: a rate's name, its jurisdiction and what it takes. */
export const rateLabel = ({ display_name, inclusive, jurisdiction, percentage }: TaxRate): string =>
  `${[display_name, jurisdiction].filter(Boolean).join(" ")} ${percentage}%${inclusive ? " (inclusive)" : ""}`;

/** The same of a tax, with who does not pay it. */
export function taxLabel({ tax_rate_details, taxability_reason }: Tax): string {
  const rate = taxRates.get(tax_rate_details?.tax_rate ?? "");
  const label = rate ? rateLabel(rate) : "Tax";
  const why = REASONS[taxability_reason];
  return why ? `${label}: ${why}` : label;
}

const REASONS: Readonly<Record<string, string>> = {
  customer_exempt: "exempt",
  not_collecting: "not collected",
  reverse_charge: "reverse charge",
};
