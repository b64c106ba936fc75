import { pricingOf } from "../../objects/invoice";
import {
  itemList,
  type Subscription,
  type SubscriptionItem,
  subscriptions,
} from "../../objects/subscription";
import { productName } from "../catalog/names";
import { createInvoiceItem } from "../invoices/pending-items";
import { amountOf } from "../money/amounts";
import { periodEnd } from "../time/periods";
import { scheduleCycle } from "./cycle";
import { withPeriodsFromNow } from "./resumption";

/**
 * Moves a subscription's beginning into the past, from where its periods are counted then. The periods that have gone
 * by are billed with the first invoice (inferred from https://docs.stripe.com/billing/subscriptions/backdating).
 */
export function moveStart(begun: Subscription, start: number): Subscription {
  const items = begun.items.data.map((item) => {
    const current_period_end = periodEnd(start, recurringOf(item), start);
    return { ...item, current_period_start: start, current_period_end };
  });
  const first = {
    ...begun,
    billing_cycle_anchor: start,
    items: itemList(begun.id, items),
    start_date: start,
  };
  const moved = subscriptions.put(withPeriodsFromNow(first, "unchanged"));
  for (const item of moved.items.data) billPast(moved, item, start);
  scheduleCycle(moved);
  return moved;
}

function recurringOf({ id, price }: SubscriptionItem) {
  if (!price.recurring) throw new Error(`${id} does not recur`);
  return price.recurring;
}

function billPast({ id, customer }: Subscription, item: SubscriptionItem, start: number): void {
  const { current_period_start: end, price } = item;
  let periods = 0;
  for (let at = start; at < end; at = periodEnd(start, recurringOf(item), at)) periods++;
  if (periods === 0) return;
  const quantity = (item.quantity ?? 1) * periods;
  createInvoiceItem(customer, {
    amount: amountOf(price, quantity),
    currency: price.currency,
    description: `${quantity} × ${productName(price)}`,
    parent: { type: "subscription_details", subscription_details: { subscription: id } },
    period: { start, end },
    pricing: pricingOf(price),
    quantity,
    tax_rates: item.tax_rates,
  });
}
