import { atTime, moveWallClockTo, wallTime } from "./clock";
import { nextDue, onWake, perform, takeDue } from "./jobs";
import { onReload } from "./store";
import { byItself, transaction } from "./transaction";

/** Requests wait so long at most while much is due. */
const LONGEST_RUN_MS = 20;
let lastRest = 0;

/** Counts how often everything was replaced: work under way before belongs to a state that is gone. */
let loads = 0;
onReload(() => {
  loads++;
});

/**
 * Runs everything that is due until then, strictly in time order, and lets requests in between. False when
 * one of them loaded another state.
 */
export async function runDue(clock: string | null, until: number): Promise<boolean> {
  const begun = loads;
  for (;;) {
    if (loads !== begun) return false;
    const job = takeDue(clock, until);
    if (!job) return true;
    try {
      atTime(job.at, clock, () => transaction(byItself, () => perform(job)), until);
    } catch (error) {
      console.error(`Due work failed: ${job.id}`, error);
    }
    if (performance.now() - lastRest > LONGEST_RUN_MS) {
      await new Promise(setImmediate);
      lastRest = performance.now();
    }
  }
}

/**
 * Moves the wall clock ahead, through everything that falls due on the way: whoever asks in between reads
 * a time before which all has happened.
 */
export async function advanceWallClock(seconds: number): Promise<void> {
  const target = wallTime() + seconds;
  for (let next = nextDue(null); next !== undefined && next <= target; next = nextDue(null)) {
    moveWallClockTo(next);
    if (!(await runDue(null, next))) return;
  }
  moveWallClockTo(target);
}

const LONGEST_SLEEP_MS = 60_000;

/** Runs the wall clock's work as its time comes, until the process ends. */
export function startWallClock(): void {
  let sleeping: NodeJS.Timeout | undefined;
  const sleep = () => {
    clearTimeout(sleeping);
    const due = nextDue(null);
    if (due === undefined) return;
    const wait = Math.max(0, (due - wallTime()) * 1000 - (Date.now() % 1000));
    sleeping = setTimeout(work, Math.min(wait, LONGEST_SLEEP_MS));
    sleeping.unref();
  };
  const work = () => void runDue(null, wallTime()).then(sleep);
  onWake(sleep);
  work();
}
