import { subscriptions } from "../objects/subscription";
import { Mistake } from "./input";

const WITHOUT_RENEWAL = new Set<string>(["canceled", "incomplete_expired", "paused"]);

/** A renewal's invoice stays a draft for an hour; only then is the card charged. */
const UNTIL_CHARGED_SECONDS = 3600 + 60;

/** The next renewal on this clock, or on the wall clock, will have been charged then. */
export function timeOfNextRenewal(clock: string | null, after: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { status, test_clock, items } of subscriptions.oldestFirst()) {
    if (test_clock !== clock || WITHOUT_RENEWAL.has(status)) continue;
    for (const { current_period_end: end } of items.data) if (end > after && end < next) next = end;
  }
  if (next === Number.POSITIVE_INFINITY) throw new Mistake("There is no subscription to renew.");
  return next + UNTIL_CHARGED_SECONDS;
}
