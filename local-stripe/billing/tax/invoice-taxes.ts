import { customers } from "../../objects/customer";
import { type Invoice, type InvoiceLineItem, lineList } from "../../objects/invoice";
import { hiddenPrices, prices } from "../../objects/price";
import { shownTaxIds } from "../../objects/tax-id";
import { automaticTax, byHand, isCharged, type Reason, type Taxation } from "./automatic-tax";
import { ratesOf } from "./line-rates";
import { type Place, placeOf } from "./places";
import { type TaxAmount, taxAmounts, withoutInclusive } from "./tax-amounts";
import { byRate, sumOf, type Tax } from "./tax-sums";

/**
 * The draft with the tax of each line and altogether: on what discounts and credits leave
 * (https://docs.stripe.com/tax/tax-rates). It follows its customer, who may still become exempt (type: the comments of
 * `Stripe.Invoice.customer_tax_exempt` and `…customer_tax_ids`).
 */
export function withTaxes(untaxed: Invoice): Invoice {
  const customer = customers.must(untaxed.customer ?? "");
  const place = placeOf(customer);
  const invoice: Invoice = {
    ...untaxed,
    automatic_tax: automaticTaxOf(untaxed, place),
    customer_tax_exempt: customer.tax_exempt ?? "none",
    customer_tax_ids: shownTaxIds(customer.id),
  };
  const taxed = invoice.lines.data.map((line) => {
    const { rates, reason } = taxationOf(invoice, line, place);
    const net = line.amount - sumOf((line.pretax_credit_amounts ?? []).map(({ amount }) => amount));
    const taxes = taxAmounts(net, rates).map((tax) => toTax(tax, reason));
    const untaxedAmount = isCharged(reason) ? withoutInclusive(line.amount, rates) : line.amount;
    return { line: { ...line, taxes }, untaxedAmount };
  });
  return {
    ...invoice,
    lines: lineList(
      invoice.id,
      taxed.map(({ line }) => line),
    ),
    subtotal_excluding_tax: sumOf(taxed.map(({ untaxedAmount }) => untaxedAmount)),
    total_taxes: byRate(taxed.flatMap(({ line }) => line.taxes)),
  };
}

/** There is no tax yet while nobody knows where the customer is (type: `Stripe.Invoice.AutomaticTax.status`). */
const automaticTaxOf = ({ automatic_tax: before }: Invoice, place: Place | null): Invoice["automatic_tax"] =>
  before.enabled
    ? {
        ...before,
        liability: { type: "self" },
        provider: "stripe",
        status: place ? "complete" : "requires_location_inputs",
      }
    : before;

function taxationOf(invoice: Invoice, line: InvoiceLineItem, place: Place | null): Taxation {
  if (!invoice.automatic_tax.enabled) return byHand(ratesOf(invoice, line), invoice.customer_tax_exempt);
  if (!place) return byHand([], "none");
  const id = line.pricing?.price_details?.price ?? "";
  return automaticTax(place, prices.get(id) ?? hiddenPrices.get(id), invoice.customer, line.currency);
}

function toTax({ amount, rate, taxable }: TaxAmount, reason: Reason): Tax {
  return {
    amount: isCharged(reason) ? amount : 0,
    tax_behavior: rate.inclusive ? "inclusive" : "exclusive",
    tax_rate_details: { tax_rate: rate.id },
    taxability_reason: reason,
    taxable_amount: isCharged(reason) ? taxable : 0,
    type: "tax_rate_details",
  };
}

/** A final invoice whose customer nobody could place goes without (type: `…AutomaticTax.disabled_reason`). */
export const withoutUnknownTax = (draft: Invoice): Invoice =>
  draft.automatic_tax.status === "requires_location_inputs"
    ? {
        ...draft,
        automatic_tax: {
          ...draft.automatic_tax,
          disabled_reason: "finalization_requires_location_inputs",
          enabled: false,
        },
      }
    : draft;
