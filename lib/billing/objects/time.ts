/** Stripe's seconds to a `timestamptz`. */
export const toTime = (seconds: number) => new Date(seconds * 1000);

export const toTimeOrNull = (seconds: number | null | undefined) =>
  seconds === null || seconds === undefined ? null : toTime(seconds);
