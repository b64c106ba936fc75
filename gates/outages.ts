import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "../test/support/random";
import { inParallel, type Options, type ShopGate, scaled } from "./gate";
import { Life, STEPS } from "./shop/life";
import type { Shop } from "./shop/shop";
import { differences, settleSweeps } from "./shop/truth";

const DATABASE_AWAY_MS = 20_000;
const STRIPE_AWAY_MS = 30_000;
const LIVES = 40;

/** First the database goes, then Stripe's API, while customers go on living; Stripe comes again for what was refused. */
export const outages: ShopGate = async (shop, options) => {
  await shop.reset();
  await settleSweeps();
  const lives: Life[] = [];
  await inParallel(Array.from({ length: LIVES }), 4, async () => {
    const life = await Life.begin(shop.control);
    await life.play("subscribe");
    lives.push(life);
  });
  await shop.settled();
  const database = await withoutDatabase(shop, lives, options);
  const stripe = await withoutStripe(shop, lives, options);
  const wrong = await differences(shop);
  console.log(wrong.join("\n"));
  const complaints = shop.instances.flatMap((instance) => instance.complaints);
  if (complaints.length) console.log(complaints.join("\n"));
  return {
    passed:
      database.passed &&
      stripe.passed &&
      wrong.length === 0 &&
      complaints.length === 0 &&
      database.alive === 2,
    result: `${database.result}; ${stripe.result}; afterwards ${wrong.length} differences, ${complaints.length} unhandled errors.`,
  };
};

/** Prepared beforehand and delivered during the outage: a checkout needs the database, a webhook only Stripe's word. */
async function withoutDatabase(shop: Shop, lives: Life[], options: Options) {
  const pids = shop.instances.map(({ pid }) => pid);
  await shop.control("hold");
  await livesGoOn(lives, options, 0);
  shop.front.rest();
  await shop.database.stop("fast");
  const backAt = Date.now() + scaled(DATABASE_AWAY_MS, options);
  await shop.control("release");
  const health: number[] = [];
  while (Date.now() < backAt) {
    for (const { origin } of shop.instances) health.push((await fetch(`${origin}/api/health`)).status);
    await sleep(500);
  }
  const during = new Map(shop.front.statuses);
  await shop.database.start();
  await shop.settled(180_000);
  const alive = shop.instances.filter(({ pid, isReady }, index) => isReady && pid === pids[index]).length;
  return {
    alive,
    passed: only(during, [503]) && during.size > 0 && health.every((status) => status === 503),
    result: `without the database ${show(during)}, health ${[...new Set(health)].join(", ")}`,
  };
}

/** Half of the calls are refused, half hang until their caller gives up. */
async function withoutStripe(shop: Shop, lives: Life[], options: Options) {
  shop.front.rest();
  let calls = 0;
  const back = sleep(scaled(STRIPE_AWAY_MS, options));
  shop.stripeOfInstances.before = async () => {
    if (calls++ % 2) await back;
    return { status: 503, body: { error: { type: "api_error", message: "Stripe is away." } } };
  };
  await livesGoOn(lives, options, 1);
  await back;
  const during = new Map(shop.front.statuses);
  shop.stripeOfInstances.rest();
  await shop.settled(180_000);
  const taken = during.get(200) ?? 0;
  const refused = during.get(503) ?? 0;
  return {
    passed: only(during, [200, 503]) && taken > 0 && refused > 0,
    result: `without Stripe ${show(during)}, ${calls} readings failed`,
  };
}

/** Things happen within one second, so that some events need a reading. */
async function livesGoOn(lives: Life[], { seed }: Options, part: number) {
  const random = randomFrom(seed + part);
  const steps = lives.map(() => Array.from({ length: 4 }, () => STEPS[Math.floor(random() * STEPS.length)]));
  await inParallel(lives, 4, async (life, index) => {
    for (const step of steps[index] ?? []) if (step) await life.play(step);
  });
}

const only = (statuses: Map<number, number>, allowed: number[]) =>
  [...statuses.keys()].every((status) => allowed.includes(status));

const show = (statuses: Map<number, number>) =>
  [...statuses].map(([status, count]) => `${count} × ${status || "no answer"}`).join(", ") || "no answers";
