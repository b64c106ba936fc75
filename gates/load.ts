import { setTimeout as sleep } from "node:timers/promises";
import { inParallel, type ShopGate, scaled } from "./gate";
import { isTaken } from "./shop/front";
import { Life } from "./shop/life";
import { handledEvents, postSigned } from "./shop/signed";
import { differences } from "./shop/truth";

const A_SECOND = 100;
const SECONDS = 60;
const WARM_UP = 300;
const MAX_MS = 300;
/** A purchase and a change of plan are at least so many events. */
const EVENTS_A_LIFE = 7;

/** A hundred events a second at the time that is theirs, whether or not the ones before are answered. */
export const load: ShopGate = async (shop, options) => {
  const count = scaled(A_SECOND * SECONDS, options);
  await shop.reset();
  await shop.control("drop");
  const known = new Set((await shop.sql`select id from stripe_events`).map(({ id }) => id));
  await inParallel(Array.from({ length: Math.ceil((count + WARM_UP) / EVENTS_A_LIFE) }), 8, async () => {
    const life = await Life.begin(shop.control);
    await life.play("subscribe");
    await life.play("swap the plan");
  });
  const events = (await handledEvents()).filter(({ id }) => !known.has(id));
  const origin = (index: number) => shop.instances[index % shop.instances.length]?.origin ?? "";
  await inParallel(events.slice(0, WARM_UP), 8, async (event, index) => {
    await postSigned(origin(index), event);
  });

  const measured = events.slice(WARM_UP, WARM_UP + count);
  const took: number[] = [];
  let refused = 0;
  let late = 0;
  const startedAt = performance.now();
  await Promise.all(
    measured.map(async (event, index) => {
      const due = startedAt + (index * 1000) / A_SECOND;
      await sleep(due - performance.now());
      late = Math.max(late, performance.now() - due);
      const sentAt = performance.now();
      if (!isTaken(await postSigned(origin(index), event))) refused++;
      took.push(performance.now() - sentAt);
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;

  await inParallel(events.slice(WARM_UP + count), 8, async (event, index) => {
    await postSigned(origin(index), event);
  });
  const wrong = await differences(shop);
  console.log(wrong.join("\n"));
  const sorted = took.sort((a, b) => a - b);
  const [median, p99, most] = [0.5, 0.99, 1].map((share) =>
    Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0),
  );
  return {
    passed: measured.length === count && refused === 0 && (p99 ?? 0) <= MAX_MS && wrong.length === 0,
    result: `${measured.length} events in ${seconds.toFixed(1)} s (${(measured.length / seconds).toFixed(0)}/s, sent at most ${Math.round(late)} ms late): median ${median} ms, p99 ${p99} ms, most ${most} ms; ${refused} refused, ${wrong.length} differences.`,
  };
};
