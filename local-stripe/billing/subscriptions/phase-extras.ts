import { now } from "../../kit/clock";
import { StripeError } from "../../kit/errors";
import { pricingOf } from "../../objects/invoice";
import { prices } from "../../objects/price";
import type { Subscription } from "../../objects/subscription";
import type { Phase } from "../../objects/subscription-schedule";
import { productName } from "../catalog/names";
import { applyDiscounts } from "../discounts/discounts";
import { checkRedemption } from "../discounts/redemption";
import { createInvoiceItem } from "../invoices/pending-items";
import { amountOf } from "../money/amounts";

type PhaseDiscount = Phase["discounts"][number];

/**
 * The phase's discounts in the place of those before. One that cannot be redeemed any more is left out (inferred):
 * nobody is there to be refused.
 */
export function withPhaseDiscounts(subscription: Subscription, { discounts, items }: Phase): Subscription {
  const amount = items.reduce(
    (sum, { price, quantity = 1 }) => sum + amountOf(prices.must(price), quantity),
    0,
  );
  const given = discounts.map(wantedOf).filter((wanted) => canBeApplied(subscription, wanted, amount));
  return applyDiscounts(subscription, given.length > 0 ? given : null, amount);
}

type Wanted = ReturnType<typeof wantedOf>;

const wantedOf = ({ coupon, discount, promotion_code }: PhaseDiscount) => ({
  ...(coupon ? { coupon } : {}),
  ...(discount ? { discount } : {}),
  ...(promotion_code ? { promotion_code } : {}),
});

function canBeApplied(subscription: Subscription, { discount, ...wanted }: Wanted, amount: number): boolean {
  if (discount) return subscription.discounts.includes(discount);
  const { customer, currency } = subscription;
  try {
    checkRedemption(wanted, { customer, currency, amount }, "discounts");
    return true;
  } catch (error) {
    if (error instanceof StripeError) return false;
    throw error;
  }
}

/** Puts what the phase bills once on its next invoice (type: the comment of `…Phase.add_invoice_items`). */
export function orderPhaseExtras({ id, customer }: Subscription, { add_invoice_items }: Phase): void {
  for (const { price: named, quantity, metadata, tax_rates } of add_invoice_items) {
    const price = prices.must(named);
    createInvoiceItem(customer, {
      amount: amountOf(price, quantity ?? 1),
      currency: price.currency,
      description: productName(price),
      metadata,
      parent: { type: "subscription_details", subscription_details: { subscription: id } },
      period: { start: now(), end: now() },
      pricing: pricingOf(price),
      quantity: quantity ?? 1,
      tax_rates: tax_rates ?? [],
    });
  }
}
