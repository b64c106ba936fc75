const days = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });
const moments = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});

/** `March 4, 2026`; like all of Stripe's dates, in UTC. */
export const day = (seconds: number): string => days.format(seconds * 1000);
export const moment = (seconds: number): string => moments.format(seconds * 1000);
