import { customers } from "../../objects/customer";
import { type Invoice, type InvoiceLineItem, lineList } from "../../objects/invoice";
import { shownTaxIds } from "../../objects/tax-id";
import { ratesOf } from "./line-rates";
import { type TaxAmount, taxAmounts, withoutInclusive } from "./tax-amounts";
import { byRate, sumOf, type Tax } from "./tax-sums";

/**
 * The invoice with the tax of each line and altogether: on what discounts and credits leave
 * (https://docs.stripe.com/tax/tax-rates). A draft follows its customer, who may still become exempt (type:
 * the comments of `Stripe.Invoice.customer_tax_exempt` and `…customer_tax_ids`).
 */
export function withTaxes(untaxed: Invoice): Invoice {
  const customer = customers.get(untaxed.customer ?? "");
  const isDraft = untaxed.status === "draft";
  const invoice =
    isDraft && customer
      ? {
          ...untaxed,
          customer_tax_exempt: customer.tax_exempt ?? "none",
          customer_tax_ids: shownTaxIds(customer.id),
        }
      : untaxed;
  const lines = invoice.lines.data.map((line) => ({ ...line, taxes: taxesOf(invoice, line) }));
  return {
    ...invoice,
    lines: lineList(invoice.id, lines),
    subtotal_excluding_tax: sumOf(
      lines.map((line) =>
        isTaxed(invoice) ? withoutInclusive(line.amount, ratesOf(invoice, line)) : line.amount,
      ),
    ),
    total_taxes: byRate(lines.flatMap(({ taxes }) => taxes)),
  };
}

const isTaxed = ({ customer_tax_exempt: exempt }: Invoice) => exempt === "none";

function taxesOf(invoice: Invoice, line: InvoiceLineItem): Tax[] {
  const net = line.amount - sumOf((line.pretax_credit_amounts ?? []).map(({ amount }) => amount));
  const reason = isTaxed(invoice) ? "not_available" : EXEMPTIONS[invoice.customer_tax_exempt ?? ""];
  return taxAmounts(net, ratesOf(invoice, line)).map((tax) => toTax(tax, reason ?? "not_available"));
}

/** Nobody else owes the tax of the first; the second owes it to their own authority (types). */
const EXEMPTIONS: Readonly<Record<string, Tax["taxability_reason"]>> = {
  exempt: "customer_exempt",
  reverse: "reverse_charge",
};

/** Rates given by hand have no reason to tell (type: `not_available`; inferred). */
function toTax({ amount, rate, taxable }: TaxAmount, reason: Tax["taxability_reason"]): Tax {
  const isCharged = reason === "not_available";
  return {
    amount: isCharged ? amount : 0,
    tax_behavior: rate.inclusive ? "inclusive" : "exclusive",
    tax_rate_details: { tax_rate: rate.id },
    taxability_reason: reason,
    taxable_amount: isCharged ? taxable : 0,
    type: "tax_rate_details",
  };
}
