import { switches, switchValues, turn } from "../billing/behavior/switches";
import { forcedDeclines } from "../billing/payments/bank";
import { openDispute } from "../billing/payments/disputes";
import { setStatutoryRate } from "../billing/tax/statutory-rates";
import { redirects } from "../hosted/redirects";
import { clearApiFaults, injectFault, withdrawFault } from "../kit/api-faults";
import { now, wallTime } from "../kit/clock";
import { advanceWallClock } from "../kit/due";
import { nextDue } from "../kit/jobs";
import { load } from "../kit/store";
import { byItself, transaction } from "../kit/transaction";
import { charges } from "../objects/charge";
import { DECLINES } from "../objects/declines";
import { inTimeOf } from "../objects/test-clock";
import { refuseWhilePlaying } from "../scenarios/player";
import { release } from "../webhooks/delivery";
import { clearDeliveryFaults } from "../webhooks/delivery-faults";
import { dashboardActions } from "./dashboard-actions";
import { deliveryActions } from "./delivery-actions";
import { count, type Input, Mistake, oneOf } from "./input";
import { timeOfNextRenewal } from "./renewals";
import { playScenario } from "./scenarios";
import { seed } from "./seed";

export type Actions = Readonly<Record<string, (input: Input) => unknown>>;

function secondsToNextWork(): number {
  const next = nextDue(null);
  if (next === undefined) throw new Mistake("Nothing is due.");
  return Math.max(0, next - wallTime());
}

/** Farther away there are dates that no calendar has, and more renewals than memory. */
const FARTHEST_SECONDS = 10 * 366 * 24 * 3600;

const advance = async (seconds: number) => {
  refuseWhilePlaying();
  if (seconds > FARTHEST_SECONDS) throw new Mistake("Time moves at most ten years at once.");
  await advanceWallClock(seconds);
  return { now: now() };
};

const faultOf = (input: Input) => oneOf(input, "status", ["429", "500", "timeout"]);

/** Back to normal: no fault is left, and what was held goes out. */
function clearFaults(): void {
  clearDeliveryFaults();
  release({});
  clearApiFaults();
  forcedDeclines.delete("next");
  redirects.delayMs = 0;
}

/** A POST to `/__local/<name>` does this; the answer is what it returns. `restart` follows a reset. */
export const actions = (restart: () => void): Actions => ({
  reset: () => {
    load({});
    clearFaults();
    restart();
  },
  seed,
  scenario: playScenario,
  clear_faults: clearFaults,

  "clock/advance": (input) => advance(count(input, "seconds")),
  "clock/next_renewal": () => advance(timeOfNextRenewal(null, wallTime()) - wallTime()),
  "clock/next": () => advance(secondsToNextWork()),

  fail_next_payment: (input) => {
    const codes = Object.keys(DECLINES) as (keyof typeof DECLINES)[];
    forcedDeclines.put({ id: "next", decline: DECLINES[oneOf(input, "code", codes, "generic_decline")] });
  },
  spare_next_payment: () => forcedDeclines.delete("next"),
  dispute: (input) => {
    const charge = charges.get(input("charge") ?? "");
    if (!charge) throw new Mistake(`No such charge: ${input("charge")}`);
    const reason = input("reason") ?? "fraudulent";
    return inTimeOf(charge.customer, () => transaction(byItself, () => openDispute(charge, reason)));
  },

  inject: (input) => {
    const times = count(input, "times", 1);
    if (times > 0) injectFault(faultOf(input), input("path") ?? "/v1/", times);
  },
  uninject: (input) => withdrawFault(faultOf(input), input("path") ?? "/v1/"),
  redirect: (input) => {
    redirects.delayMs = count(input, "delay_ms");
  },
  switch: (input) => {
    const name = oneOf(input, "name", Object.keys(switchValues) as (keyof typeof switchValues)[]);
    turn(name, oneOf(input, "value", switchValues[name]));
    return switches;
  },

  tax_rate: (input) => {
    const [place, percentage] = [input("place") ?? "", Number(input("percentage") || NaN)];
    if (!/^[A-Z]{2}(-[A-Z]{2})?$/.test(place)) throw new Mistake("`place` must be like DE or US-CA.");
    if (!(percentage >= 0 && percentage <= 100)) throw new Mistake("`percentage` must be from 0 to 100.");
    return setStatutoryRate(place, percentage);
  },

  ...deliveryActions,
  ...dashboardActions,
});
