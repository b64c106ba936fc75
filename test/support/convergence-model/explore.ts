import { type Algorithm, production } from "./algorithms";
import { type Schedule, scheduleOf } from "./schedule";
import { shrink } from "./shrink";
import { simulate } from "./simulate";

export interface Exploration {
  schedules: number;
  diverged: number;
  events: number;
  /** How often Stripe was asked, for each event. */
  readsPerEvent: number;
  /** The first schedule that does not end in Stripe's truth, and the seed that `scheduleOf` makes it from. */
  counterexample: { seed: number; schedule: Schedule } | null;
}

/** Plays the schedules of the seeds from `seed` on; the first that diverges is shrunk. */
export function explore(count: number, seed: number, algorithm: Algorithm = production): Exploration {
  let [diverged, events, reads] = [0, 0, 0];
  let failing: number | null = null;
  for (let index = 0; index < count; index++) {
    const schedule = scheduleOf(seed + index);
    const outcome = simulate(schedule, algorithm);
    events += schedule.events.length;
    reads += outcome.reads;
    if (!outcome.diverged) continue;
    diverged++;
    failing ??= seed + index;
  }
  const isFailing = (schedule: Schedule) => simulate(schedule, algorithm).diverged;
  return {
    schedules: count,
    diverged,
    events,
    readsPerEvent: reads / events,
    counterexample:
      failing === null ? null : { seed: failing, schedule: shrink(scheduleOf(failing), isFailing) },
  };
}
