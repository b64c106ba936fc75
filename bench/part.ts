import type { Plan } from "./rounds";
import type { Server } from "./server";
import type { Shop } from "./shop";

export interface Bench {
  shop: Shop;
  /** The bare app, built and started for the first part that needs it. */
  ceiling: () => Promise<Server>;
  plan: Plan;
}

/** @returns what docs/RELIABILITY.md shows */
export type Part = (bench: Bench) => Promise<string>;
