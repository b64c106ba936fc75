import { now } from "../../kit/clock";
import { exclusive, invalid } from "../../kit/errors";
import type { InvoiceLineItem } from "../../objects/invoice";
import type { Price } from "../../objects/price";
import type { Subscription, SubscriptionItem } from "../../objects/subscription";
import { amountOf, shareOf } from "../money/amounts";
import { afterIntervals } from "../time/periods";
import { itemLine } from "./item-lines";
import { type Created, inFuture } from "./orders";

type Config = NonNullable<Subscription["billing_cycle_anchor_config"]>;

/**
 * The moment that the cycles are counted from, if it is not the beginning: a given one, or the first that has this day
 * and time (type: the comment of `Stripe.SubscriptionCreateParams.billing_cycle_anchor_config`). Inferred: a day that
 * the first month lacks is its last one from then on.
 */
export function anchorOf(given: Created) {
  const { billing_cycle_anchor: anchor, billing_cycle_anchor_config: config } = given;
  if (anchor !== undefined && config) {
    throw exclusive("billing_cycle_anchor", "billing_cycle_anchor_config");
  }
  if (anchor !== undefined) {
    return { billing_cycle_anchor: inFuture(anchor, "billing_cycle_anchor") };
  }
  if (!config) return {};
  const whole = { hour: null, minute: null, month: null, second: null, ...config };
  return { billing_cycle_anchor: firstAnchor(whole, now()), billing_cycle_anchor_config: whole };
}

function firstAnchor({ day_of_month, hour, minute, month, second }: Config, from: number): number {
  const begun = new Date(from * 1000);
  const time = [
    hour ?? begun.getUTCHours(),
    minute ?? begun.getUTCMinutes(),
    second ?? begun.getUTCSeconds(),
  ] as const;
  for (let ahead = 0; ; ahead++) {
    const first = new Date(Date.UTC(begun.getUTCFullYear(), begun.getUTCMonth() + ahead, 1));
    if (month !== null && first.getUTCMonth() + 1 !== month) continue;
    const [year, at] = [first.getUTCFullYear(), first.getUTCMonth()];
    const lastDay = new Date(Date.UTC(year, at + 1, 0)).getUTCDate();
    const anchor = Date.UTC(year, at, Math.min(day_of_month, lastDay), ...time) / 1000;
    if (anchor > from) return anchor;
  }
}

/** Refuses a beginning that is still to come. */
export function startOf({ backdate_start_date: start }: Created) {
  if (start === undefined) return {};
  if (start <= now()) return { start_date: start };
  throw invalid("`backdate_start_date` must be in the past.", { param: "backdate_start_date" });
}

type Recurring = NonNullable<Price["recurring"]>;

/** How many intervals after the anchor the period begins in which `at` lies; before the anchor it is less than none. */
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
export const backdatedLines = (invoice: string, subscription: Subscription): InvoiceLineItem[] =>
  subscription.items.data.flatMap((item) =>
    pastPeriods(subscription, item).map(({ start, end, whole }) => {
      const past = { ...item, current_period_start: start, current_period_end: end };
      const amount = shareOf(amountOf(item.price, item.quantity ?? 1), end - start, whole);
      return itemLine(invoice, subscription, past, amount);
    }),
  );

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
