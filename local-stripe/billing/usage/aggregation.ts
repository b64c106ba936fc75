import { type Meter, meters, type Usage, usageKey, usages } from "../../objects/meter";
import { DAY_SECONDS, HOUR_SECONDS } from "../time/durations";

/**
 * A customer's usage between two moments, the second not included, as the meter aggregates it
 * (https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage).
 */
export function usageBetween(meter: string, customer: string, from: number, to: number): number {
  const counted = usages
    .where({ meterAndCustomer: usageKey(meter, customer) })
    .filter(({ timestamp, isCanceled }) => !isCanceled && timestamp >= from && timestamp < to);
  return aggregate(meters.must(meter), counted);
}

function aggregate({ default_aggregation, event_time_window }: Meter, all: readonly Usage[]): number {
  const counted = event_time_window
    ? newestOfEach(all, event_time_window === "day" ? DAY_SECONDS : HOUR_SECONDS)
    : all;
  if (default_aggregation.formula === "count") return counted.length;
  if (default_aggregation.formula === "sum") return counted.reduce((sum, { value }) => sum + value, 0);
  const last = counted.reduce<Usage | undefined>(
    (latest, usage) => (latest && latest.timestamp > usage.timestamp ? latest : usage),
    undefined,
  );
  return last?.value ?? 0;
}

/** Aggregated usage is sent anew when it changes: only the newest of an hour or a day counts. */
function newestOfEach(all: readonly Usage[], windowSeconds: number): readonly Usage[] {
  return [...new Map(all.map((usage) => [Math.floor(usage.timestamp / windowSeconds), usage])).values()];
}
