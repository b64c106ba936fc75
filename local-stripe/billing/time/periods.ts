import type { Recurring } from "../../objects/price";
import { DAY_SECONDS } from "./durations";

type Interval = Pick<Recurring, "interval" | "interval_count">;

/**
 * `times` intervals after the anchor; a day that a month lacks becomes its last one, and only for that month
 * (https://docs.stripe.com/billing/subscriptions/billing-cycle).
 */
export function afterIntervals(
  anchor: number,
  { interval, interval_count }: Interval,
  times: number,
): number {
  const count = interval_count * times;
  if (interval === "day") return anchor + count * DAY_SECONDS;
  if (interval === "week") return anchor + count * 7 * DAY_SECONDS;
  const start = new Date(anchor * 1000);
  const months = interval === "year" ? count * 12 : count;
  const end = new Date(start);
  end.setUTCDate(1);
  end.setUTCMonth(start.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(start.getUTCDate(), lastDay));
  return end.getTime() / 1000;
}

/** True if a period that is counted from the anchor ends at that moment. */
export function isBoundary(anchor: number, interval: Interval, at: number): boolean {
  let times = 0;
  while (afterIntervals(anchor, interval, times) < at) times++;
  return afterIntervals(anchor, interval, times) === at;
}

/** The end of the period that begins at `start`: the first boundary counted from the anchor behind it. */
export function periodEnd(anchor: number, interval: Interval, start: number): number {
  const length = afterIntervals(anchor, interval, 1) - anchor;
  let times = Math.max(0, Math.floor((start - anchor) / length) - 1);
  while (afterIntervals(anchor, interval, times) <= start) times++;
  return afterIntervals(anchor, interval, times);
}
