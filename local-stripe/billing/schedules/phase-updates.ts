import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import type { Phase, SubscriptionSchedule } from "../../objects/subscription-schedule";
import { currentPhaseOf } from "./current";
import type { PhaseGiven } from "./params";
import { resolveMoment } from "./phase-ends";
import { readPhases } from "./phases";

/**
 * The phases that an update leaves: past ones as they were, whether given again or not, and from the current one on
 * those that are given (type: the comment of `Stripe.SubscriptionScheduleUpdateParams.phases`).
 */
export function replacePhases(
  schedule: SubscriptionSchedule,
  given: readonly PhaseGiven[],
  anchor: number | null,
): readonly Phase[] {
  const { customer, default_settings: settings, phases } = schedule;
  const starts = given[0]?.start_date;
  if (starts === undefined) {
    // The words: Stripe's, as https://github.com/stripe/stripe-dotnet/issues/1754 quotes them.
    throw invalid(
      "The subscription schedule update is missing at least one phase with a `start_date` to anchor end dates to.",
    );
  }
  const known = new Set(phases.flatMap(({ items }) => items.map(({ price }) => price)));
  const current = currentPhaseOf(schedule);
  if (!current) {
    const start = resolveMoment(starts);
    return readPhases(given, { customer, start, anchor: start, known, settings });
  }
  const past = phases.filter(({ end_date }) => end_date <= current.start_date);
  const from = given.findIndex(({ start_date }) => start_date === current.start_date);
  if (from < 0) {
    // The words: Stripe's, as https://github.com/tierrun/tier/issues/93 quotes them.
    throw invalid("You can not modify the start date of the current phase.");
  }
  for (const one of given.slice(0, from)) refuseOtherPast(one, past);
  const { currency, start_date: start } = current;
  const ahead = readPhases(given.slice(from), {
    customer,
    start,
    anchor: anchor ?? start,
    currency,
    known,
    settings,
  });
  refusePastEnd(ahead[0] as Phase, given[from] as PhaseGiven);
  return [...past, ...ahead];
}

/** Inferred: the words. */
function refuseOtherPast(given: PhaseGiven, past: readonly Phase[]): void {
  const told = given.items.map(({ price, plan, quantity = 1 }) => `${price ?? plan} ${quantity}`);
  const same = past.some(
    ({ start_date, end_date, items }) =>
      start_date === given.start_date &&
      (given.end_date === undefined || end_date === given.end_date) &&
      items.map(({ price, quantity }) => `${price} ${quantity}`).join() === told.join(),
  );
  if (!same) throw invalid("You can not update a phase that has already ended.", { param: "phases" });
}

/** The words: Stripe's, as public notes on its answers quote them. */
function refusePastEnd({ end_date }: Phase, given: PhaseGiven): void {
  if (end_date > now() || given.end_date === "now") return;
  throw invalid("You can only adjust the end date to a future date for the current phase.");
}
