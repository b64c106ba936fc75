import { afterIntervals } from "../billing/time/periods";
import { machineTime, releaseWallClock, stopWallClock, wallTime } from "../kit/clock";
import { advanceWallClock } from "../kit/due";
import { events } from "../kit/events";
import { Heap } from "../kit/heap";
import { onReload } from "../kit/store";
import { charges } from "../objects/charge";
import { deliverySettings } from "../webhooks/delivery";
import { arrivals } from "./arrivals";
import { openShop } from "./catalog";
import { Dice } from "./dice";
import { type Shop, type Step, stepsOf } from "./month";
import { type Scenario, ScenarioError } from "./scenario";

export interface Progress {
  readonly name: string;
  readonly state: "playing" | "played" | "failed";
  readonly month: number;
  readonly months: number;
  readonly customers: number;
  readonly events: number;
  /** The reason for which it failed. */
  readonly failure?: string;
}

let progress: Progress | undefined;
let loads = 0;
onReload(() => {
  loads++;
  progress = undefined;
  deliverySettings.telling = true;
});

/** The state of the last scenario; undefined if none was played since the last reset. */
export const scenarioProgress = (): Progress | undefined => progress;

const MONTH = { interval: "month", interval_count: 1 } as const;

/** With nothing in it yet, a Stripe may begin in the past. */
export const isEmpty = (): boolean => events.size === 0;

function beginningOf({ start, months }: Scenario): number {
  const beginning = start === undefined ? undefined : Date.parse(start) / 1000;
  if (isEmpty()) return beginning ?? afterIntervals(machineTime(), MONTH, -months);
  if (beginning !== undefined && beginning < wallTime()) {
    throw new ScenarioError(
      `The scenario begins on ${start}, and something has happened here since; reset it first.`,
    );
  }
  return beginning ?? wallTime();
}

/**
 * Plays a scenario to its end: the wall clock stands and is moved month by month, through everything that falls due. No
 * webhook is sent of it; events are there as always. `tell` hears of each month. What cannot begin is refused at once.
 */
export function play(scenario: Scenario, tell: (progress: Progress) => void = () => {}): Promise<Progress> {
  refuseWhilePlaying();
  return playFrom(beginningOf(scenario), scenario, tell);
}

async function playFrom(
  beginning: number,
  scenario: Scenario,
  tell: (progress: Progress) => void,
): Promise<Progress> {
  const endsToday = isEmpty() && scenario.start === undefined;
  const begun = loads;
  const shop: Shop = {
    ...scenario,
    dice: new Dice(scenario.seed),
    sold: [],
    arrived: 0,
    buyers: new Set(),
    subscriptions: [],
  };
  const told = (state: Progress["state"], month: number, failure?: string): Progress => {
    const { name, months } = scenario;
    const numbers = { customers: shop.buyers.size, events: events.size };
    progress = { name, state, month, months, ...numbers, ...(failure ? { failure } : {}) };
    tell(progress);
    return progress;
  };
  deliverySettings.telling = false;
  let month = 0;
  told("playing", month);
  try {
    stopWallClock(isEmpty() ? beginning : wallTime());
    await moveTo(beginning);
    shop.sold = openShop(scenario);
    for await (const _ of monthsOf(shop, beginning)) told("playing", ++month);
    // To play what ends today has taken some seconds.
    if (endsToday) await moveTo(machineTime());
    return told("played", month);
  } catch (error) {
    if (loads === begun) told("failed", month, (error as Error).message);
    throw error;
  } finally {
    // After a reset another one may be playing.
    if (loads === begun) {
      releaseWallClock();
      deliverySettings.telling = true;
    }
  }
}

/** Time moves with a scenario, and two would get into each other's way. */
export function refuseWhilePlaying(): void {
  if (progress?.state === "playing")
    throw new ScenarioError(`“${progress.name}” is being played; wait for its end.`);
}

/** After a reset its customers are gone, and the clock is another one. */
function refuseReplaced(begun: number): void {
  if (loads !== begun) throw new ScenarioError("Everything was replaced while it was played.");
}

const moveTo = (time: number): Promise<void> => advanceWallClock(Math.max(0, time - wallTime()));

type Ordered = Step & { readonly order: number };

/** Steps of one second run in the order in which they were decided. */
const sooner = (a: Ordered, b: Ordered) => a.at < b.at || (a.at === b.at && a.order < b.order);

async function* monthsOf(shop: Shop, beginning: number): AsyncGenerator<void> {
  const begun = loads;
  const steps = new Heap<Ordered>(sooner);
  let order = 0;
  let seen = charges.size;
  for (const [number, arriving] of arrivals(shop).entries()) {
    const [from, to] = [number, number + 1].map((months) => afterIntervals(beginning, MONTH, months)) as [
      number,
      number,
    ];
    const payments = charges
      .all()
      .slice(seen)
      .filter(({ paid, customer }) => paid && shop.buyers.has(customer ?? ""));
    seen = charges.size;
    for (const step of stepsOf(shop, { from, to, arriving }, payments))
      steps.push({ ...step, order: order++ });
    for (let step = steps.first; step && step.at < to; step = steps.first) {
      steps.pop();
      await moveTo(step.at);
      refuseReplaced(begun);
      step.run();
    }
    await moveTo(to);
    refuseReplaced(begun);
    yield;
  }
}
