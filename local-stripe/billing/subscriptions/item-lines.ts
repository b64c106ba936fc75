import { buildLine, type Invoice, type InvoiceLineItem, itemParent, pricingOf } from "../../objects/invoice";
import { isMetered } from "../../objects/price";
import { billedPrice, type Subscription, type SubscriptionItem } from "../../objects/subscription";
import { describe } from "../catalog/descriptions";
import { countOf } from "../catalog/names";
import { amountUntil } from "../catalog/part-periods";
import { spread } from "../discounts/discount-amounts";
import { discountsInForce } from "../discounts/invoice-discounts";
import { amountOf, portionsOf, shareOf } from "../money/amounts";
import { withRates } from "../tax/line-rates";
import { paidEnd } from "../time/subscription-periods";

/**
 * One period of one subscription item: a line for each part of its price (recorded for tiers). `amount` is what all of
 * them come to, where that was settled before. A metered item has none before its period is over
 * (https://docs.stripe.com/billing/subscriptions/billing-mode/compare).
 */
export function itemLines(
  invoice: string,
  subscription: Subscription,
  item: SubscriptionItem,
  amount = periodAmount(subscription, item),
): InvoiceLineItem[] {
  if (isMetered(item.price)) return [];
  const { currency } = subscription;
  const price = billedPrice(subscription, item);
  const quantity = item.quantity ?? 1;
  const shared = {
    currency,
    discounts: discountsInForce(item),
    metadata: subscription.metadata,
    parent: itemParent(subscription.id, item.id),
    period: { start: item.current_period_start, end: paidEnd(subscription, item) },
    subscription: subscription.id,
  };
  if (subscription.status === "trialing") {
    const description = `Free trial for ${countOf(price, quantity)}`;
    const line = { ...shared, amount: 0, description, pricing: pricingOf(price, "0"), quantity };
    return [withRates(buildLine(invoice, line), item.tax_rates)];
  }
  const portions = portionsOf(price, quantity);
  const amounts =
    portions.length === 1
      ? [amount]
      : spread(
          amount,
          portions.map((portion) => portion.amount),
        );
  return portions.map((portion, at) => {
    const line = buildLine(invoice, {
      ...shared,
      amount: amounts[at] ?? 0,
      description: describe(price, portion),
      pricing: pricingOf(price, portion.unitAmount),
      quantity: portion.quantity,
    });
    return withRates(line, item.tax_rates);
  });
}

/**
 * Nobody pays for the time after a planned end (inferred from https://docs.stripe.com/billing/subscriptions/cancel).
 */
function periodAmount(subscription: Subscription, item: SubscriptionItem): number {
  const { current_period_start: start, current_period_end: end, quantity } = item;
  const { billing_cycle_anchor: anchor } = subscription;
  const price = billedPrice(subscription, item);
  const whole =
    start < anchor ? amountUntil(anchor, price, quantity ?? 1, start) : amountOf(price, quantity ?? 1);
  const until = paidEnd(subscription, item);
  return until < end ? shareOf(whole, until - start, end - start) : whole;
}

export const subscriptionParent = (subscription: Subscription): Invoice["parent"] => ({
  type: "subscription_details",
  quote_details: null,
  // A snapshot: later changes of the subscription's metadata do not reach an invoice that exists.
  subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
});
