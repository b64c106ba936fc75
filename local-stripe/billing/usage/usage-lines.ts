import { Table } from "../../kit/store";
import {
  buildLine,
  type Invoice,
  type InvoiceLineItem,
  itemParent,
  lineList,
  pricingOf,
} from "../../objects/invoice";
import { ownRates } from "../../objects/line-rates";
import { isMetered, type Price, priceIn, prices } from "../../objects/price";
import {
  billedPrice,
  type Subscription,
  type SubscriptionItem,
  subscriptions,
} from "../../objects/subscription";
import { describe } from "../catalog/descriptions";
import { countOf } from "../catalog/names";
import { discountsInForce } from "../discounts/invoice-discounts";
import { portionsOf } from "../money/amounts";
import { withRates } from "../tax/line-rates";
import { usageBetween } from "./aggregation";

type Period = InvoiceLineItem["period"];

/** An item whose usage up to some moment in its period is billed already, or was before it was there. */
const usageStarts = new Table<{ id: string; at: number }>("usage_start", "");

export const startUsage = (item: SubscriptionItem, at: number) => usageStarts.put({ id: item.id, at });

/** The part of an item's period in which its usage is still to be billed. */
export function unbilledPeriod(item: SubscriptionItem, until = item.current_period_end): Period {
  const billed = usageStarts.get(item.id)?.at ?? 0;
  return {
    start: Math.max(item.current_period_start, billed),
    end: Math.min(until, item.current_period_end),
  };
}

/** A customer's usage in a period; credits may exceed it, and then it is nothing (the same page as aggregation.ts). */
export function usageIn({ recurring }: Price, customer: string, { start, end }: Period): number {
  return Math.max(0, usageBetween(recurring?.meter ?? "", customer, start, end));
}

/**
 * The lines of what a metered item's customer has used: at the end of a period also those of nothing
 * (https://docs.stripe.com/billing/subscriptions/billing-mode/compare).
 */
export function usageLines(
  invoice: string,
  subscription: Subscription,
  item: SubscriptionItem,
  until?: number,
): InvoiceLineItem[] {
  const price = billedPrice(subscription, item);
  const lines = linesFor(invoice, subscription, price, unbilledPeriod(item, until));
  const shared = {
    discounts: discountsInForce(item),
    metadata: subscription.metadata,
    parent: itemParent(subscription.id, item.id),
  };
  return lines.map((line) => withRates({ ...line, ...shared }, item.tax_rates));
}

function linesFor(
  invoice: string,
  subscription: Subscription,
  price: Price,
  period: Period,
): InvoiceLineItem[] {
  const { id, customer, currency, trial_end } = subscription;
  const quantity = usageIn(price, customer, period);
  const shared = { currency, parent: null, period, subscription: id };
  if (trial_end !== null && period.end <= trial_end) {
    const description = `Free trial for ${countOf(price, quantity)}`;
    return [
      buildLine(invoice, { ...shared, amount: 0, description, pricing: pricingOf(price, "0"), quantity }),
    ];
  }
  return portionsOf(price, quantity).map((portion) =>
    buildLine(invoice, {
      ...shared,
      amount: portion.amount,
      description: describe(price, portion),
      pricing: pricingOf(price, portion.unitAmount),
      quantity: portion.quantity,
    }),
  );
}

/**
 * The draft with the usage as it is known by now: what was reported for its period while it was a draft counts
 * (https://docs.stripe.com/billing/subscriptions/usage-based/configure-grace-period).
 */
export function withLatestUsage(draft: Invoice): Invoice {
  const groups = new Map<string, InvoiceLineItem[]>();
  for (const line of draft.lines.data) {
    const key = meteredItemOf(line) ?? line.id;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  const lines = [...groups.values()].flatMap((group) => latest(draft, group));
  return { ...draft, lines: lineList(draft.id, lines) };
}

/** The metered item whose period a line bills. */
function meteredItemOf({ parent, pricing }: InvoiceLineItem): string | undefined {
  const details = parent?.subscription_item_details;
  const price = prices.get(pricing?.price_details?.price ?? "");
  const billsPeriod = details && !details.proration && !details.invoice_item;
  return billsPeriod && price && isMetered(price) ? details.subscription_item : undefined;
}

function latest(draft: Invoice, before: readonly InvoiceLineItem[]): readonly InvoiceLineItem[] {
  const [first] = before;
  const subscription = subscriptions.get(first?.subscription ?? "");
  if (!first || !subscription || !meteredItemOf(first)) return before;
  const price = prices.must(first.pricing?.price_details?.price ?? "");
  const { discounts, metadata, parent, period } = first;
  const lines = linesFor(draft.id, subscription, priceIn(price, draft.currency) ?? price, period);
  const rates = ownRates(first);
  return lines.map((line, at) =>
    withRates({ ...line, id: before[at]?.id ?? line.id, discounts, metadata, parent }, rates),
  );
}
