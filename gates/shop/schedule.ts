import { randomFrom } from "../../test/support/random";
import type { Fate } from "./courier";
import type { Step } from "./life";
import { STEPS } from "./life";

/**
 * A customer's life and the fate of each of its events: plain data, so that a failing one can be printed, shrunk
 * and played again.
 */
export interface Schedule {
  /** One a phase; null is a phase in which nothing happens. */
  steps: (Step | "renew" | null)[];
  /** By `type#n`; an event that is not named has the fate that chance gives it. */
  fates: Record<string, Fate>;
}

/** Everybody's clock is the same, so everybody's month ends in these phases. */
const RENEWALS = [4, 7];
const PHASES = 10;

export function scheduleOf(seed: number): Schedule {
  const random = randomFrom(seed);
  const steps: Schedule["steps"] = Array.from({ length: PHASES }, (_, phase) => {
    if (RENEWALS.includes(phase)) return "renew";
    if (phase === 0 && random() < 0.8) return "subscribe";
    return random() < 0.15 ? null : (STEPS[Math.floor(random() * STEPS.length)] ?? null);
  });
  return { steps, fates: {} };
}
