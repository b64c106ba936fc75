import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { newId } from "../../kit/ids";
import type { Invoice, InvoiceLineItem } from "../../objects/invoice";
import type { Price } from "../../objects/price";
import {
  buildSubscription,
  buildSubscriptionItem,
  itemList,
  type Subscription,
  type SubscriptionItem,
  subscriptions,
} from "../../objects/subscription";
import { clockOf } from "../../objects/test-clock";
import type { DiscountGiven } from "../discounts/discounts";
import { applyItemDiscounts } from "../discounts/item-discounts";
import { periodEnd } from "../time/periods";
import { currentStart } from "./backdating";
import { scheduleCycle } from "./cycle";
import { createDraft } from "./drafts";
import { refuseOtherCurrency } from "./one-currency";

export interface OrderedItem {
  readonly price: Price;
  readonly quantity: number;
  readonly metadata?: SubscriptionItem["metadata"];
  readonly discounts?: readonly DiscountGiven[] | null | undefined;
  readonly tax_rates?: SubscriptionItem["tax_rates"];
}

type Ordered = Partial<Subscription> & Pick<Subscription, "customer" | "currency" | "status">;

/**
 * Begins now, or with its trial. It is not reported yet: that is due when its first invoice has an outcome (recorded).
 */
export function createSubscription(items: readonly OrderedItem[], ordered: Ordered): Subscription {
  refuseOtherCurrency(ordered.customer, ordered.currency);
  const id = newId("sub_1");
  const start = now();
  const anchor = ordered.billing_cycle_anchor ?? ordered.trial_end ?? start;
  const made = items.map(({ price, quantity, metadata = {}, discounts, tax_rates = [] }, position) => {
    if (!price.recurring) throw invalid("The price specified is set to `type=one_time`.");
    const end = ordered.trial_end ?? periodEnd(anchor, price.recurring, start);
    const isBackdated = ordered.start_date !== undefined && !ordered.trial_end;
    const item = buildSubscriptionItem(id, price, {
      quantity,
      metadata,
      tax_rates,
      current_period_start: isBackdated ? currentStart(anchor, price.recurring, ordered.start_date) : start,
      current_period_end: end,
    });
    return applyItemDiscounts(ordered, item, discounts, `items[${position}]`);
  });
  const trial_start = ordered.trial_end ? start : null;
  const begun = subscriptions.put(
    buildSubscription({
      ...ordered,
      id,
      items: itemList(id, made),
      billing_cycle_anchor: anchor,
      trial_start,
      test_clock: clockOf(ordered.customer),
    }),
  );
  scheduleCycle(begun);
  return begun;
}

/** The invoice that opens a subscription: its first period, or nothing for the trial, and what is due once. */
export function createFirstInvoice(
  subscription: Subscription,
  once: (invoice: string) => readonly InvoiceLineItem[] = () => [],
  amounts?: ReadonlyMap<string, number>,
): Invoice {
  return createDraft(subscription, {
    reason: "subscription_create",
    items: subscription.items.data,
    once,
    ...(amounts ? { amounts } : {}),
    withPending: false,
  });
}
