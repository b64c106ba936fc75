import { now } from "../../kit/clock";
import { exclusive, invalid } from "../../kit/errors";
import type { Price, Recurring } from "../../objects/price";
import { afterIntervals } from "../time/periods";
import type { PhaseGiven } from "./params";

type Duration = Pick<Recurring, "interval" | "interval_count">;

export const resolveMoment = (moment: number | "now"): number => (moment === "now" ? now() : moment);

/** A phase ends when it is told to, after its duration, or without either after one interval (inferred: the longest). */
export function phaseEnd(
  { end_date, duration, trial_end }: PhaseGiven,
  prices: readonly Price[],
  { start, anchor, param }: { readonly start: number; readonly anchor: number; readonly param: string },
): number {
  if (end_date !== undefined && duration) throw exclusive(`${param}[duration]`, `${param}[end_date]`);
  const end =
    end_date === undefined
      ? duration
        ? afterDuration(start, anchor, { interval_count: 1, ...duration })
        : Math.max(...prices.map(({ recurring }) => afterDuration(start, anchor, recurring as Duration)))
      : resolveMoment(end_date);
  // Inferred: the words.
  if (end <= start) {
    throw invalid("The phase's `end_date` must be after its `start_date`.", { param: `${param}[end_date]` });
  }
  if (trial_end !== undefined && resolveMoment(trial_end) > end) {
    throw invalid("The phase's `trial_end` must be within the phase.", { param: `${param}[trial_end]` });
  }
  return end;
}

/**
 * The duration of a phase that begins with a billing period is counted as periods are, from the anchor, so that the two
 * end together also after a short month (inferred).
 */
function afterDuration(start: number, anchor: number, { interval, interval_count }: Duration): number {
  const unit = { interval, interval_count: 1 };
  let passed = 0;
  while (afterIntervals(anchor, unit, passed) < start) passed++;
  return afterIntervals(anchor, unit, passed) === start
    ? afterIntervals(anchor, unit, passed + interval_count)
    : afterIntervals(start, { interval, interval_count }, 1);
}
