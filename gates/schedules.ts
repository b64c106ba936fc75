import { randomFrom } from "../test/support/random";
import { type ShopGate, scaled, type Verdict } from "./gate";
import type { DeliveryFaults } from "./shop/courier";
import type { Life } from "./shop/life";
import { play } from "./shop/play";
import { type Schedule, scheduleOf } from "./shop/schedule";
import type { Shop } from "./shop/shop";
import { shrink } from "./shop/shrink";
import { differences, sweepEvents } from "./shop/truth";

const SCHEDULES = 2_000;
const BATCH = 100;
/** Of an instance, in a batch. */
const KILLS = 2;
const REPLAYS = 5;
const COPIES = 30;

/** Lives by chance, their events in any order, doubled, lost and interrupted; what is lost, the sweep of events finds. */
export const schedules: ShopGate = async (shop, options) => {
  if (options.replay) return replay(shop, options.replay);
  const count = scaled(SCHEDULES, options);
  const totals = { played: 0, diverged: 0, events: 0, reads: 0, kills: 0 };
  for (let first = 0; first < count; first += BATCH) {
    const seed = options.seed + first;
    const batch = Array.from({ length: Math.min(BATCH, count - first) }, (_, index) =>
      scheduleOf(seed + index),
    );
    const faults = faultsOf(seed);
    const { wrong, ...played } = await ends(shop, batch, { seed, faults, kills: KILLS });
    totals.played += batch.length;
    totals.events += played.events;
    totals.reads += played.reads;
    totals.kills += played.kills;
    console.log(
      `${totals.played} schedules, ${totals.events} events applied, ${totals.reads} reads, ${totals.kills} kills; this batch lost ${faults.drop * 100} %: ${wrong.length} differences`,
    );
    if (!wrong.length) continue;
    console.log(wrong.join("\n"));
    const diverged = await divergedOf(played.lives, wrong);
    totals.diverged += Math.max(1, diverged.length);
    for (const index of diverged.slice(0, 2)) {
      const { steps } = batch[index] as Schedule;
      await shrink({ steps, fates: played.fates[index] ?? {} }, (one) => diverges(shop, one));
    }
  }
  return {
    passed: totals.played >= count && totals.diverged === 0,
    result: `${totals.played} schedules with ${totals.events} events (${(totals.reads / totals.events).toFixed(2)} reads each) and ${totals.kills} kills, ${totals.diverged} diverged.`,
  };
};

/** As in the model: half of all without any loss, and then without a sweep. */
function faultsOf(seed: number): DeliveryFaults {
  const random = randomFrom(seed);
  const drop = [0, 0, 0.1, 0.3][Math.floor(random() * 4)] ?? 0;
  return { drop, duplicate: 0.25, delayMs: 3_000 };
}

async function ends(
  shop: Shop,
  batch: Schedule[],
  { seed, faults, kills }: { seed: number; faults: DeliveryFaults; kills: number },
) {
  const { lives, courier, kills: killed } = await play(shop, batch, { seed, faults, kills });
  if (courier.fates.some((fates) => Object.values(fates).some((fate) => !fate.length)))
    await sweepEvents(shop);
  const [row] = await shop.sql`select count(*)::int as events from stripe_events where status = 'applied'`;
  return {
    wrong: await differences(shop),
    lives,
    fates: courier.fates,
    events: Number(row?.events),
    reads: shop.stripeOfInstances.calls.length,
    kills: killed,
  };
}

async function divergedOf(lives: Life[], wrong: string[]): Promise<number[]> {
  const found: number[] = [];
  for (const [index, life] of lives.entries()) {
    const ids = await life.objects();
    if (wrong.some((line) => ids.some((id) => line.includes(id)))) found.push(index);
  }
  return found;
}

const NO_FAULTS = { drop: 0, duplicate: 0, delayMs: 0 };

/** Played by many at once: among others it takes about the time that it took when it failed, each time a little other. */
async function diverges(shop: Shop, schedule: Schedule): Promise<boolean> {
  const copies = Array.from({ length: COPIES }, () => schedule);
  const { wrong } = await ends(shop, copies, { seed: 1, faults: NO_FAULTS, kills: 0 });
  if (wrong.length) console.log(wrong.join("\n"));
  return wrong.length > 0;
}

/** Plays what an earlier run printed: a schedule alone, as often as it may take. */
async function replay(shop: Shop, text: string): Promise<Verdict> {
  const schedule = JSON.parse(text) as Schedule;
  let diverged = 0;
  for (let time = 0; time < REPLAYS; time++) if (await diverges(shop, schedule)) diverged++;
  return { passed: diverged === 0, result: `Diverged ${diverged} times of ${REPLAYS}.` };
}
