import { setTimeout as sleep } from "node:timers/promises";
import { isStripeError, isTransient } from "@/lib/transient";

/** How long a sweep may take, and how it waits for Stripe when Stripe has had enough. */
export interface Pace {
  /** When to stop, in milliseconds of our clock. What is settled by then stays settled. */
  until: number;
  /** 1; a test waits for less. */
  delayScale: number;
}

export const UNHURRIED: Pace = { until: Number.POSITIVE_INFINITY, delayScale: 1 };

/** Not a failure: the next run goes on from where this one stopped. */
export class OutOfTimeError extends Error {
  constructor(cause?: unknown) {
    super("There was no time for all of it; the next run goes on from here.", { cause });
  }
}

const MAX_TRIES = 6;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** Told to wait for longer, a sweep ends instead; its next run finds the way from the cursor. */
const LONGEST_OBEYED_MS = 300_000;

/** Asks again where waiting helps: Stripe or the database is busy, away or out of order. */
export async function patiently<T>(ask: () => Promise<T>, { until, delayScale }: Pace): Promise<T> {
  for (let tries = 1; ; tries++) {
    if (Date.now() >= until) throw new OutOfTimeError();
    try {
      return await ask();
    } catch (error) {
      const delay = delayBefore(tries, error);
      if (delay === null) throw error;
      if (Date.now() + delay * delayScale > until) throw new OutOfTimeError(error);
      await sleep(delay * delayScale);
    }
  }
}

/**
 * Milliseconds to wait before the next try; null when there is to be none. What Stripe asks for counts, else
 * twice as long each time, by chance up to half less, so that many who wait do not come back together.
 */
export function delayBefore(tries: number, error: unknown, chance = Math.random()): number | null {
  if (!isWorthWaiting(error) || tries >= MAX_TRIES) return null;
  const asked = retryAfter(error);
  if (asked !== null) return asked <= LONGEST_OBEYED_MS ? asked : null;
  return Math.min(FIRST_DELAY_MS * 2 ** (tries - 1), LONGEST_DELAY_MS) * (1 - chance / 2);
}

/** A key that is refused now will be refused in a minute, too. */
const KEY_REFUSED = ["StripeAuthenticationError", "StripePermissionError"];

const isWorthWaiting = (error: unknown) =>
  isTransient(error) && !(isStripeError(error) && KEY_REFUSED.includes(error.type));

function retryAfter(error: unknown): number | null {
  if (!isStripeError(error)) return null;
  const seconds = Number(error.headers?.["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}
