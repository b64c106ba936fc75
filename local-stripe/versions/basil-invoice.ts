import { isPlain, type Plain } from "../kit/diff";
import type { InvoiceLineItem } from "../objects/invoice";
import { invoicePayments } from "../objects/invoice-payment";
import { ownRates } from "../objects/line-rates";
import { paymentIntents } from "../objects/payment-intent";
import { planOf, prices } from "../objects/price";

/** Invoices, their lines and what waits for one, as they were before 2025-03-31.basil. */

export function invoiceBeforeBasil(invoice: Plain): Plain {
  const {
    parent,
    payments: _,
    confirmation_secret: __,
    total_taxes,
    amount_overpaid: ___,
    ...rest
  } = invoice;
  const details = partOf(parent, "subscription_details");
  const payment = invoicePayments.where({ invoice: String(invoice.id) }).find(({ is_default }) => is_default);
  const intent = payment?.payment.payment_intent ?? null;
  const taxes = taxAmounts(total_taxes);
  const isPaid = invoice.status === "paid";
  return {
    ...rest,
    application_fee_amount: null,
    charge: intent === null ? null : (paymentIntents.get(intent)?.latest_charge ?? null),
    discount: null,
    paid: isPaid,
    paid_out_of_band: isPaid && Number(invoice.amount_due) > 0 && payment?.status !== "paid",
    payment_intent: intent,
    quote: null,
    subscription: details?.subscription ?? null,
    subscription_details: { metadata: details?.metadata ?? null },
    tax: taxes.length ? taxes.reduce((sum, { amount }) => sum + amount, 0) : null,
    total_tax_amounts: taxes,
    transfer_data: null,
  };
}

export function lineBeforeBasil(line: Plain): Plain {
  const { parent, pricing, taxes, ...rest } = line;
  // A line of a checkout is another object of the same name.
  if (parent === undefined) return line;
  const ofSubscription = partOf(parent, "subscription_item_details");
  const details = ofSubscription ?? partOf(parent, "invoice_item_details");
  const invoiceItem = details?.invoice_item ?? null;
  return {
    ...rest,
    ...pricedAt(pricing),
    ...(invoiceItem === null ? {} : { invoice_item: invoiceItem }),
    proration: details?.proration ?? false,
    proration_details: details?.proration_details ?? { credited_items: null },
    subscription: details?.subscription ?? null,
    ...(ofSubscription ? { subscription_item: ofSubscription.subscription_item } : {}),
    tax_amounts: taxAmounts(taxes),
    tax_rates: ownRates(line as unknown as InvoiceLineItem),
    type: invoiceItem === null && ofSubscription ? "subscription" : "invoiceitem",
  };
}

export function invoiceItemBeforeBasil(item: Plain): Plain {
  const { parent, pricing, ...rest } = item;
  const details = partOf(parent, "subscription_details");
  const decimal = isPlain(pricing) ? (pricing.unit_amount_decimal ?? null) : null;
  const isWhole = typeof decimal === "string" && /^-?\d+$/.test(decimal);
  return {
    ...rest,
    ...pricedAt(pricing),
    subscription: details?.subscription ?? null,
    ...(details?.subscription_item ? { subscription_item: details.subscription_item } : {}),
    unit_amount: isWhole ? Number(decimal) : null,
    unit_amount_decimal: decimal,
  };
}

function partOf(parent: unknown, name: string): Plain | null {
  const part = isPlain(parent) ? parent[name] : null;
  return isPlain(part) ? part : null;
}

/** The whole price, and what it was called before there were prices. */
function pricedAt(pricing: unknown): Plain {
  const price = prices.get(String(partOf(pricing, "price_details")?.price));
  return { price: price ?? null, plan: price?.recurring ? planOf(price) : null };
}

interface Tax {
  readonly amount: number;
  readonly tax_behavior: string;
  readonly tax_rate_details: { readonly tax_rate: string } | null;
  readonly taxability_reason: string;
  readonly taxable_amount: number | null;
}

const taxAmounts = (taxes: unknown) =>
  ((taxes ?? []) as Tax[]).map(({ amount, tax_behavior, tax_rate_details, ...reason }) => ({
    amount,
    inclusive: tax_behavior === "inclusive",
    tax_rate: tax_rate_details?.tax_rate ?? null,
    // Rates given by hand had no reason (type of those releases; inferred).
    taxability_reason: reason.taxability_reason === "not_available" ? null : reason.taxability_reason,
    taxable_amount: reason.taxable_amount,
  }));
