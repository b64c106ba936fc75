import { now } from "../../kit/clock";
import type { Customer } from "../../objects/customer";
import { type DiscountTerms, discounts, discountTerms } from "../../objects/discount";
import { type Invoice, lineList } from "../../objects/invoice";
import { billedPrice, type Subscription, type SubscriptionItem } from "../../objects/subscription";
import { amountAhead } from "../money/amounts";
import { discountAmounts } from "./discount-amounts";
import { endDiscount } from "./discounts";

/**
 * The discounts of a subscription or of one of its items that an invoice made now may use (type: the comment of
 * `Stripe.Discount.end`).
 */
export function discountsInForce(owner: Pick<Subscription | SubscriptionItem, "discounts">): string[] {
  return owner.discounts.filter((id) => {
    const { end } = discounts.must(id);
    return end === null || now() < end;
  });
}

/** A subscription's own discounts go before the customer's (SDK types: `InvoiceCreatePreviewParams.discounts`). */
export function discountsFor(customer: Customer, subscription: Subscription | undefined): string[] {
  const own = subscription ? discountsInForce(subscription) : [];
  return own.length > 0 || !customer.discount ? own : discountsInForce({ discounts: [customer.discount.id] });
}

/** The cost of a whole period of one item, after its own discounts and the subscription's. */
export function netAmount(subscription: Subscription, item: SubscriptionItem): number {
  const items = subscription.items.data;
  const lines = items.map((one) => ({
    amount: amountAhead(billedPrice(subscription, one), one.quantity ?? 1),
    currency: subscription.currency,
    discountable: true,
    discounts: discountsInForce(one),
    product: one.price.product,
  }));
  const terms = termsOf(lines, discountsInForce(subscription));
  const position = items.findIndex(({ id }) => id === item.id);
  const taken = discountAmounts(lines, terms).map((row) => row[position] ?? 0);
  return taken.reduce((left, amount) => left - amount, lines[position]?.amount ?? 0);
}

/** Discounts of a line alone come first (type: the comment of `Stripe.InvoiceLineItem.discounts`). */
function termsOf(
  lines: readonly { readonly discounts: readonly string[] }[],
  ofAll: readonly string[],
): DiscountTerms[] {
  const ids = new Set([...lines.flatMap(({ discounts }) => discounts), ...ofAll]);
  return [...ids].map((id) => discountTerms.must(id));
}

/** The invoice with what its discounts take off each line and altogether. */
export function withDiscounts(invoice: Invoice): Invoice {
  const lines = invoice.lines.data;
  const terms = termsOf(lines, invoice.discounts);
  const off = discountAmounts(
    lines.map((line) => ({ ...line, product: line.pricing?.price_details?.product ?? null })),
    terms,
  );
  const taken = (amountOf: (row: readonly number[]) => number) =>
    terms.map(({ id }, at) => ({ amount: amountOf(off[at] ?? []), discount: id }));
  const total_discount_amounts = taken((row) => row.reduce((sum, amount) => sum + amount, 0));
  return {
    ...invoice,
    lines: lineList(
      invoice.id,
      lines.map((line, position) => {
        const discount_amounts = taken((row) => row[position] ?? 0);
        return { ...line, discount_amounts, pretax_credit_amounts: asCredits(discount_amounts) };
      }),
    ),
    total_discount_amounts,
    total_pretax_credit_amounts: asCredits(total_discount_amounts),
  };
}

const asCredits = (taken: readonly { readonly amount: number; readonly discount: string }[]) =>
  taken.map((one) => ({ ...one, type: "discount" as const }));

/**
 * Takes what ends with this invoice off its subscription or its customer: the discount of a `once` coupon, as soon as it took
 * something off. Whoever made the invoice reports the subscription, and has to read it again for that.
 */
export function spendDiscounts(invoice: Invoice, subscription: Subscription | undefined): void {
  for (const { amount, discount } of invoice.total_discount_amounts ?? []) {
    const once = discountTerms.must(discount).coupon.duration === "once";
    if (once && amount > 0) endDiscount(discount, subscription?.id);
  }
}
