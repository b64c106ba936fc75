export type Random = () => number;

/** Mulberry32: fast, and one number is the whole state. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Choose = <T>(...choices: readonly T[]) => T;

/** Chooses one of what it is given; the same seed makes the same choices. */
export function chooserFrom(seed: number): Choose {
  const random = randomFrom(seed);
  return (...choices) => choices[Math.floor(random() * choices.length)] as (typeof choices)[number];
}
