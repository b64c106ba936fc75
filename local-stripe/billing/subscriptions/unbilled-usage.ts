import { pricingOf } from "../../objects/invoice";
import { billedPrice, type Subscription, type SubscriptionItem } from "../../objects/subscription";
import { describe } from "../catalog/descriptions";
import { createInvoiceItem } from "../invoices/pending-items";
import { portionsOf } from "../money/amounts";
import { startUsage, unbilledPeriod, usageIn } from "../usage/usage-lines";

/**
 * Bills what was used of an item that is removed or gets another price: usage costs what the price was when it was
 * reported (https://docs.stripe.com/billing/subscriptions/billing-mode/compare).
 */
export function billUsage(subscription: Subscription, item: SubscriptionItem, until: number): void {
  const { customer, currency, id } = subscription;
  const price = billedPrice(subscription, item);
  const period = unbilledPeriod(item, until);
  const quantity = usageIn(price, customer, period);
  startUsage(item, until);
  if (quantity === 0) return;
  for (const portion of portionsOf(price, quantity)) {
    createInvoiceItem(customer, {
      amount: portion.amount,
      currency,
      description: describe(price, portion),
      parent: {
        type: "subscription_details",
        subscription_details: { subscription: id, subscription_item: item.id },
      },
      period,
      pricing: pricingOf(price, portion.unitAmount),
      quantity: portion.quantity,
      tax_rates: item.tax_rates,
    });
  }
}
