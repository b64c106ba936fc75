import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "../../test/support/random";
import { type Delivery, type Front, isTaken } from "./front";
import type { Life } from "./life";

/** When, in milliseconds, copies of an event arrive; none: it is lost. */
export type Fate = number[];

/** The faults that chance gives to deliveries. */
export interface DeliveryFaults {
  /** The share of events that are lost. */
  drop: number;
  /** The share that comes two or three times. */
  duplicate: number;
  /** At most so late. */
  delayMs: number;
}

const RETRY_AFTER_MS = 300;
const MAX_TRIES = 200;

/**
 * Between Stripe and the instances: takes every webhook at once and loses, doubles, delays and thereby reorders it.
 * A copy that an instance refuses comes again, as Stripe's would. What happens to an event depends on the seed,
 * the life and how many of its type that life has had, and on nothing else.
 */
export class Courier {
  /** By life and then by `type#n`: what became of each event, and what is to become of it if it is there before. */
  readonly fates: Record<string, Fate>[];
  readonly #seen: Map<string, number>[];
  #underWay = 0;

  constructor(
    private readonly front: Front,
    private readonly lives: readonly Life[],
    private readonly seed: number,
    private readonly faults: DeliveryFaults,
    fates?: Record<string, Fate>[],
  ) {
    this.fates = fates ?? lives.map(() => ({}));
    this.#seen = lives.map(() => new Map());
    front.take = async (delivery) => {
      const index = this.#lifeOf(delivery);
      // The catalog's events, which are nobody's, are delivered as they are.
      const fate = index < 0 ? [0] : this.#fateOf(index, delivery.event.type);
      for (const delay of fate) void this.#deliver(delivery, delay);
      return 200;
    };
  }

  #lifeOf({ event }: Delivery): number {
    const { id, customer, payment_intent } = event.data.object;
    return this.lives.findIndex(({ ids }) =>
      [id, customer, payment_intent].some((one) => ids.has(String(one))),
    );
  }

  #fateOf(index: number, type: string): Fate {
    const count = this.#seen[index]?.get(type) ?? 0;
    this.#seen[index]?.set(type, count + 1);
    const name = `${type}#${count}`;
    const fates = this.fates[index] ?? {};
    fates[name] ??= this.#chance(`${this.seed} ${index} ${name}`);
    return fates[name];
  }

  #chance(text: string): Fate {
    const random = randomFrom(hashOf(text));
    const { drop, duplicate, delayMs } = this.faults;
    if (random() < drop) return [];
    const copies = random() < duplicate ? 2 + Math.floor(random() * 2) : 1;
    // Most come at once, as they do.
    return Array.from({ length: copies }, () => (random() < 0.5 ? 0 : Math.floor(random() * delayMs)));
  }

  async #deliver(delivery: Delivery, delay: number) {
    this.#underWay++;
    try {
      await sleep(delay);
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        if (isTaken(await this.front.pass(delivery))) return;
        await sleep(RETRY_AFTER_MS);
      }
      throw new Error(`Nobody took ${delivery.event.type} ${delivery.event.id}.`);
    } finally {
      this.#underWay--;
    }
  }

  /** Resolves when nothing is under way any more. */
  async settled() {
    while (this.#underWay > 0) await sleep(20);
  }
}

/** FNV-1a: near texts have far numbers. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}
