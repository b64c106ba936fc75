import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

/**
 * Passwords that are tried first: those of leaked lists and what is made of them, repetitions, rows of keys, and the
 * person's own name and address. https://pages.nist.gov/800-63-4/sp800-63b.html#passwordver
 */

/** The hundred guesses that strangers have in fifteen minutes come to so many in thirty years. */
const MIN_GUESSES = 1e8;

/** Its time grows faster than the text; what cannot be guessed in its beginning cannot be as a whole. */
const WEIGHED = 32;

let estimator: ZxcvbnFactory | undefined;

/** @param own the words that belong to the person */
export function isEasyToGuess(password: string, own: string[]): boolean {
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  const beginning = (text: string) => text.normalize("NFKC").slice(0, WEIGHED);
  const parts = own.flatMap((text) => [text, ...text.split(/[\s@.]+/)]).filter((part) => part.length > 1);
  return estimator.check(beginning(password), parts.map(beginning)).guesses < MIN_GUESSES;
}
