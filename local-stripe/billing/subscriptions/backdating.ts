import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import type { InvoiceLineItem } from "../../objects/invoice";
import type { Price } from "../../objects/price";
import type { Subscription, SubscriptionItem } from "../../objects/subscription";
import { amountOf, shareOf } from "../money/amounts";
import { afterIntervals } from "../time/periods";
import { itemLines } from "./item-lines";

type Recurring = NonNullable<Price["recurring"]>;

/** Counts the intervals from the anchor to the period in which `at` lies; before the anchor it is less than none. */
function periodAt(anchor: number, recurring: Recurring, at: number): number {
  let times = 0;
  while (afterIntervals(anchor, recurring, times) > at) times--;
  while (afterIntervals(anchor, recurring, times + 1) <= at) times++;
  return times;
}

/** The beginning of the period that an item is in now, if its subscription began at `begun`. */
export const currentStart = (anchor: number, recurring: Recurring, begun: number): number =>
  Math.max(begun, afterIntervals(anchor, recurring, periodAt(anchor, recurring, now())));

/**
 * Lines for the time before the period that is under way: one for each period, the first as far as the subscription
 * goes back (https://docs.stripe.com/billing/subscriptions/backdating, flexible billing).
 */
export function backdatedLines(invoice: string, subscription: Subscription): InvoiceLineItem[] {
  const lines = subscription.items.data.flatMap((item) =>
    pastPeriods(subscription, item).flatMap(({ start, end, whole }) => {
      const past = { ...item, current_period_start: start, current_period_end: end };
      const amount = shareOf(amountOf(item.price, item.quantity ?? 1), end - start, whole);
      return itemLines(invoice, subscription, past, amount);
    }),
  );
  if (lines.length <= MOST_LINES) return lines;
  throw invalid(`An invoice can have at most ${MOST_LINES} lines; begin the subscription later.`, {
    param: "backdate_start_date",
  });
}

/** Of one invoice (https://docs.stripe.com/billing/subscriptions/backdating). */
const MOST_LINES = 250;

function pastPeriods(subscription: Subscription, { current_period_start, price }: SubscriptionItem) {
  const { billing_cycle_anchor: anchor, start_date } = subscription;
  const { recurring } = price;
  const periods: { start: number; end: number; whole: number }[] = [];
  if (!recurring) return periods;
  const boundary = (times: number) => afterIntervals(anchor, recurring, times);
  for (
    let times = periodAt(anchor, recurring, start_date);
    boundary(times + 1) <= current_period_start;
    times++
  ) {
    const [from, end] = [boundary(times), boundary(times + 1)];
    periods.push({ start: Math.max(from, start_date), end, whole: end - from });
  }
  return periods;
}
