import { buildLine, type Invoice, type InvoiceLineItem, pricingOf } from "../../objects/invoice";
import type { Price } from "../../objects/price";
import type { Subscription, SubscriptionItem } from "../../objects/subscription";
import { cadence, countOf } from "../catalog/names";
import { amountUntil } from "../catalog/part-periods";
import { amountOf, formatAmount, shareOf } from "../money/amounts";
import { paidEnd } from "../time/subscription-periods";

/** One period of one subscription item. */
export function itemLine(
  invoice: string,
  subscription: Subscription,
  item: SubscriptionItem,
  amount = periodAmount(subscription, item),
): InvoiceLineItem {
  const trialing = subscription.status === "trialing";
  const quantity = item.quantity ?? 1;
  const { price } = item;
  return buildLine(invoice, {
    amount: trialing ? 0 : amount,
    currency: price.currency,
    description: trialing ? `Free trial for ${countOf(price, quantity)}` : describe(price, quantity),
    metadata: subscription.metadata,
    parent: {
      type: "subscription_item_details",
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
    },
    period: { start: item.current_period_start, end: paidEnd(subscription, item) },
    pricing: pricingOf(price, trialing),
    quantity,
    subscription: subscription.id,
  });
}

/**
 * Nobody pays for the time after a planned end (inferred from https://docs.stripe.com/billing/subscriptions/cancel).
 */
function periodAmount(subscription: Subscription, item: SubscriptionItem): number {
  const { current_period_start: start, current_period_end: end, price, quantity } = item;
  const { billing_cycle_anchor: anchor } = subscription;
  const whole =
    start < anchor ? amountUntil(anchor, price, quantity ?? 1, start) : amountOf(price, quantity ?? 1);
  const until = paidEnd(subscription, item);
  return until < end ? shareOf(whole, until - start, end - start) : whole;
}

function describe(price: Price, quantity: number): string {
  const each = formatAmount(price.unit_amount ?? amountOf(price, 1), price.currency);
  return `${countOf(price, quantity)} (at ${each} / ${cadence(price)})`;
}

export const subscriptionParent = (subscription: Subscription): Invoice["parent"] => ({
  type: "subscription_details",
  quote_details: null,
  // A snapshot: later changes of the subscription's metadata do not reach an invoice that exists.
  subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
});
