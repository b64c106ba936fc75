import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "../test/support/random";
import { type Options, type ShopGate, scaled } from "./gate";
import { Life, STEPS } from "./shop/life";
import type { Shop } from "./shop/shop";
import { differences, settleSweeps, sweepEvents } from "./shop/truth";

const KILLS = 50;
const DATABASE_CRASHES = 5;
const DURING_MS = 60_000;
/** The load goes on until all kills have happened, and no longer than this. */
const MAX_MS = 5 * DURING_MS;
const CUSTOMERS_AT_ONCE = 3;

/** Instances are killed with −9 and the database crashes, while webhooks arrive. What was acknowledged must be there. */
export const kill: ShopGate = async (shop, options) => {
  await shop.reset();
  await settleSweeps();
  const load = { isOver: false, lives: 0 };
  const customers = Array.from({ length: CUSTOMERS_AT_ONCE }, (_, index) =>
    live(shop, options.seed + index, load),
  );
  const startedAt = Date.now();
  const [kills, crashes] = await Promise.all([killInstances(shop, options), crashDatabase(shop, options)]);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  load.isOver = true;
  await Promise.all(customers);
  await Promise.all(shop.instances.map((instance) => (instance.isReady ? null : instance.restart())));
  await shop.settled(180_000);

  const acknowledged = [...shop.front.acknowledged.keys()];
  const [row] = await shop.sql`
    select count(*)::int as found, count(*) filter (where status = 'applied')::int as applied
    from stripe_events where id = any(${acknowledged})`;
  const lost = acknowledged.length - Number(row?.applied);
  // Stripe gave up on some events while nobody was there. They are the sweep's, and were never acknowledged.
  const swept = await sweepEvents(shop);
  const found = swept?.sweeps.reduce((sum, sweep) => sum + sweep.found, 0);
  const wrong = await differences(shop);
  console.log(wrong.join("\n"));
  return {
    passed:
      kills >= scaled(KILLS, options) &&
      crashes >= scaled(DATABASE_CRASHES, options) &&
      acknowledged.length > 0 &&
      lost === 0 &&
      wrong.length === 0,
    result: `${kills} kills and ${crashes} database crashes in ${seconds} s; ${load.lives} customers, ${acknowledged.length} events acknowledged, ${lost} lost; ${found} that were refused until Stripe gave up, swept; ${wrong.length} differences (an effect twice, or without an event, is one).`,
  };
};

/** Customers come and go. What needs the database while it is down fails, for a person would see an error, too. */
async function live(shop: Shop, seed: number, load: { isOver: boolean; lives: number }) {
  const random = randomFrom(seed);
  while (!load.isOver) {
    try {
      const life = await Life.begin(shop.control);
      load.lives++;
      await life.play("subscribe");
      for (let step = 0; step < 4 && !load.isOver; step++)
        await life.play(STEPS[Math.floor(random() * STEPS.length)] ?? "swap the plan");
    } catch {
      await sleep(200);
    }
  }
}

async function killInstances({ instances }: Shop, options: Options): Promise<number> {
  const wanted = scaled(KILLS, options);
  const every = DURING_MS / KILLS;
  const giveUpAt = Date.now() + MAX_MS;
  let kills = 0;
  const restarts: Promise<void>[] = [];
  while (kills < wanted && Date.now() < giveUpAt) {
    await sleep(every);
    // Only one that serves: a kill while it starts would prove nothing.
    const victim =
      instances.filter(({ isReady }) => isReady)[kills % 2] ?? instances.find(({ isReady }) => isReady);
    if (!victim) continue;
    kills++;
    await victim.kill();
    restarts.push(victim.start());
  }
  await Promise.all(restarts);
  return kills;
}

async function crashDatabase({ database }: Shop, options: Options): Promise<number> {
  const wanted = scaled(DATABASE_CRASHES, options);
  for (let crash = 0; crash < wanted; crash++) {
    await sleep(DURING_MS / DATABASE_CRASHES - 2_000);
    await database.stop("immediate");
    await database.start();
  }
  return wanted;
}
