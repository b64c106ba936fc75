import { numbersFrom } from "../kit/random";

/** Everything that is left to chance, by a seed. */
export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = numbersFrom(seed);
  }

  happens(share: number): boolean {
    return this.#next() < share;
  }

  /** A whole number from the first up to, and without, the second. */
  between(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from));
  }

  pick<T>(values: readonly T[]): T {
    return values[this.between(0, values.length)] as T;
  }

  /** One of them, more often the larger its share is. */
  pickByShare<T extends { readonly share: number }>(values: readonly T[]): T {
    let left = this.#next() * values.reduce((sum, { share }) => sum + share, 0);
    for (const value of values) {
      left -= value.share;
      if (left < 0) return value;
    }
    return values.at(-1) as T;
  }
}
