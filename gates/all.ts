import { type Options, type ShopGate, scaled, type Verdict } from "./gate";
import { runModel } from "./model";
import { startShop } from "./shop/shop";

const REPORT_MEMORY = new URL("./shop/report-memory.mjs", import.meta.url).href;

/** The gates, in the order of docs/RELIABILITY.md. Each is imported late: the shop it plays in names its environment. */
export const GATES = {
  model: {
    target: "Model: ≥ 1,000,000 schedules, 0 diverged, ≤ 0.30 reads an event; every mutant caught",
    run: async (options) => runModel(scaled(1_000_000, options), options.seed),
  },
  schedules: {
    target: "Real Postgres, 2 instances: order × duplicates × drops × crashes, 2,000 schedules: 0 diverged",
    run: inShop(async () => (await import("./schedules")).schedules),
  },
  "same-event": {
    target: "The same event 50 × at once, 200 events: 200 effects, all answers 2xx",
    run: inShop(async () => (await import("./same-event")).sameEvent),
  },
  kill: {
    target: "kill −9 during load: 50 kills and 5 database crashes in 60 s: 0 lost, 0 applied twice",
    run: inShop(async () => (await import("./kill")).kill),
  },
  outages: {
    target: "Database away 20 s, Stripe away 30 s: 503 meanwhile, everything applied afterwards",
    run: inShop(async () => (await import("./outages")).outages),
  },
  dropped: {
    target: "30 % of events dropped, one sweep: 0 diverged; calls ≤ pages + objects",
    run: inShop(async () => (await import("./dropped")).dropped),
  },
  poison: {
    target: "Poison: 100 in 10,000 events: the others exact, 100 parked and visible",
    run: inShop(async () => (await import("./poison")).poison),
  },
  fuzz: {
    target:
      "Fuzz: 10,000 inputs to every endpoint and action: 0 answers 5xx by our code (the framework's own, to what no browser sends: 0 rows changed, 0 leaks, ≤ 5 × a refusal), 0 unhandled, RSS + < 50 MB",
    run: inShop(async () => (await import("./fuzz")).fuzz, { nodeOptions: `--import ${REPORT_MEMORY}` }),
  },
  "two-plans": {
    target:
      "200 people × 50 checkouts at once over all plans, 2 instances, every page paid: one subscription each, 0 × 5xx",
    run: inShop(async () => (await import("./two-plans")).twoPlans),
  },
  load: {
    target: "Load, 2 instances: 100 events/s for 60 s: p99 ≤ 300 ms, 0 refused",
    run: inShop(async () => (await import("./load")).load),
  },
  floods: {
    target:
      "Floods from many addresses (slow clients, held bodies and upgrades, sign-ins, forms, large forms): /api/health, a cached page and the webhook p99 ≤ 250 ms through each, 0 wrong answers, 0 webhooks lost",
    run: inShop(async () => (await import("./floods")).floods),
  },
} satisfies Record<string, { target: string; run: (options: Options) => Promise<Verdict> }>;

export type GateName = keyof typeof GATES;

function inShop(load: () => Promise<ShopGate>, options: Parameters<typeof startShop>[0] = {}) {
  return async (given: Options) => {
    const shop = await startShop(options);
    try {
      return await (await load())(shop, given);
    } finally {
      await shop.stop();
    }
  };
}
