import { now } from "../../kit/clock";
import { exclusive, invalid } from "../../kit/errors";
import type { Subscription } from "../../objects/subscription";
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
