import { atTime, wallTime } from "./clock";
import { nextDue, onWake, perform, takeDue } from "./jobs";
import { byItself, transaction } from "./transaction";

/** Runs everything that is due until then, strictly in time order, and lets requests in between. */
export async function runDue(clock: string | null, until: number): Promise<void> {
  for (let count = 1; ; count++) {
    const job = takeDue(clock, until);
    if (!job) return;
    try {
      atTime(job.at, clock, () => transaction(byItself, () => perform(job)));
    } catch (error) {
      console.error(`Due work failed: ${job.id}`, error);
    }
    if (count % 100 === 0) await new Promise(setImmediate);
  }
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
