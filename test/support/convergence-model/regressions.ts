import { type Delivery, type Read, type Schedule, SECOND } from "./schedule";

/** Schedules that only one rule keeps in order, and that chance finds once in thousands or millions. */

const at = (ms: number) => 100 * SECOND + ms;
const quick: Read = { wait: 0, took: 0, instant: 0, dated: 0, skew: 0, untilWritten: 0, undated: null };
const slow: Read = { ...quick, took: 2 * SECOND };
const delivered = (event: number, ms: number, read = quick): Delivery => ({ event, at: at(ms), read });
const change = (ms: number, content: number) => ({ at: at(ms), content, rank: 0 });
const tells = (version: number) => ({ version, moment: "changed", tells: true }) as const;

/** A subscription that is there already, with content 0. */
const existing = (schedule: Pick<Schedule, "versions" | "events" | "deliveries">): Schedule => ({
  versions: [{ at: 0, content: 0, rank: 0 }, ...schedule.versions],
  events: [{ version: 0, moment: "created", tells: true }, ...schedule.events],
  deliveries: [{ event: 0, at: 0, read: quick }, ...schedule.deliveries],
  syncs: [],
  sweep: null,
  vanishes: false,
});

/** By the mutant that each catches. */
export const regressions: Record<string, Schedule> = {
  /** A second event of 1 is unsure and reads 2, slowly. Meanwhile 3 comes and is read in no time. */
  "a read is trusted whatever happened meanwhile": existing({
    versions: [change(0, 1), change(400, 2), change(2_000, 3)],
    events: [tells(1), tells(1), tells(2), tells(3)],
    deliveries: [delivered(1, 0), delivered(3, 500), delivered(2, 700, slow), delivered(4, 2_000)],
  }),
  /** 0 → 1 → 0 in a second. The event of 1 reads 1, slowly; the second 0 comes, equal to what is stored. It counts. */
  "an equal event does not count in rev": existing({
    versions: [change(0, 0), change(200, 1), change(900, 0)],
    events: [tells(1), tells(2), tells(3)],
    deliveries: [delivered(1, 0), delivered(2, 300, slow), delivered(3, 2_000)],
  }),
};
