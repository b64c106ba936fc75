import { randomFrom } from "../../test/support/random";
import { inParallel } from "../gate";
import { Courier, type DeliveryFaults } from "./courier";
import { forgetPlans, Life } from "./life";
import type { Schedule } from "./schedule";
import type { Shop } from "./shop";
import { settleSweeps } from "./truth";

/** More than a month, and the hour after which a renewal's draft is charged. */
const A_MONTH_SECONDS = 31 * 86_400 + 2 * 3_600;

export interface Played {
  lives: Life[];
  courier: Courier;
  kills: number;
}

/**
 * Plays many lives at once on a shop with nothing in it, phase by phase, while their events are on their way.
 * @param kills how many times, at most, an instance is killed on the way
 */
export async function play(
  shop: Shop,
  schedules: readonly Schedule[],
  { seed, faults, kills = 0 }: { seed: number; faults: DeliveryFaults; kills?: number },
): Promise<Played> {
  shop.front.take = (delivery) => shop.front.pass(delivery);
  await shop.reset();
  forgetPlans();
  await settleSweeps();
  const lives: Life[] = [];
  await inParallel(schedules, 4, async (_, index) => {
    lives[index] = await Life.begin(shop.control);
  });
  await shop.settled();
  // One after another, so that which is an event's number does not depend on chance.
  await shop.control("order", { mode: "fifo" });
  shop.front.rest();
  const fates = schedules.map((schedule) => ({ ...schedule.fates }));
  const courier = new Courier(shop.front, lives, seed, faults, fates);
  const random = randomFrom(seed);
  const restarts: Promise<void>[] = [];
  const phases = Math.max(...schedules.map(({ steps }) => steps.length));
  for (let phase = 0; phase < phases; phase++) {
    if (restarts.length < kills && random() < 0.4) {
      const instance = shop.instances[restarts.length % shop.instances.length];
      if (instance?.isReady) restarts.push(instance.restart());
    }
    if (schedules.some(({ steps }) => steps[phase] === "renew"))
      await shop.control("clock/advance", { seconds: A_MONTH_SECONDS });
    await inParallel(schedules, 4, async ({ steps }, index) => {
      const step = steps[phase];
      if (step && step !== "renew") await lives[index]?.play(step);
    });
  }
  await Promise.all(restarts);
  await shop.settled();
  await courier.settled();
  return { lives, courier, kills: restarts.length };
}
