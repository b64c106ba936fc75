import type { RateLimit } from "./rate-limits";

/**
 * How often a password may be guessed at in fifteen minutes. Nobody can shut somebody else out: a browser that has
 * signed in before (device.ts) has attempts of its own, and a new one has them beside those of other addresses. Only
 * who guesses from ten addresses and more reaches what all strangers have together; then the owner waits in browsers
 * that are new to the shop, and in no other.
 */

/** Whoever types an address and a password. */
export interface Asker {
  ip: string;
  /** The id of a browser that has signed in to this account before; a program has none. */
  device: string | null;
}

const MOST_OF_ONE = 10;
/** A shared address (an office, a mobile network) may have many people behind it. */
const MOST_OF_AN_ADDRESS = 50;
/** 9,600 a day, and no password is taken that is among the first hundred million guesses (easy-passwords.ts). */
const MOST_OF_ALL_STRANGERS = 100;

/** The first of them is the asker's alone. */
export const ownGuesses = (email: string, { ip, device }: Asker): [RateLimit, ...RateLimit[]] =>
  device
    ? [{ key: `sign-in:device:${device}`, limit: MOST_OF_ONE }]
    : [
        { key: `sign-in:account:${email.toLowerCase()}:ip:${ip}`, limit: MOST_OF_ONE },
        { key: `sign-in:ip:${ip}`, limit: MOST_OF_AN_ADDRESS },
      ];

/** Of everybody who is no known browser, whatever their address. */
export const guessesOfStrangers = (email: string): RateLimit => ({
  key: `sign-in:account:${email.toLowerCase()}`,
  limit: MOST_OF_ALL_STRANGERS,
});

/** From the eleventh on a stranger's guess takes longer and longer: a person hardly notices, a list of passwords does. */
export const delayMs = (guesses: number) => Math.min(Math.max(0, guesses - MOST_OF_ONE) * 500, 5_000);
