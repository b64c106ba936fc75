import type { Schedule } from "./schedule";

const MAX_MS = 5 * 60_000;
/** Two processes and a database do not repeat themselves: what fails once in so many times still fails. */
const TRIES = 2;

/** Makes a failing schedule smaller as long as it still fails and there is time, and prints it for a replay. */
export async function shrink(schedule: Schedule, fails: (schedule: Schedule) => Promise<boolean>) {
  const until = Date.now() + MAX_MS;
  const failsStill = async (one: Schedule) => {
    for (let tries = 0; tries < TRIES && Date.now() < until; tries++) if (await fails(one)) return true;
    return false;
  };
  let smallest = schedule;
  const isAlone = await failsStill(smallest);
  for (let smaller: Schedule | undefined = isAlone ? smallest : undefined; smaller; ) {
    smallest = smaller;
    smaller = undefined;
    for (const one of simplerThan(smallest)) {
      if (Date.now() > until || !(await failsStill(one))) continue;
      smaller = one;
      break;
    }
  }
  const verdict = isAlone ? "It fails by itself" : "By itself it did not fail";
  // A quote in a step would end the shell's.
  const quoted = JSON.stringify(smallest).replaceAll("'", "\\u0027");
  console.log(`${verdict}: npm run gates -- schedules --replay '${quoted}'`);
}

function simplerThan({ steps, fates }: Schedule): Schedule[] {
  const disturbed = Object.keys(fates).filter((name) => JSON.stringify(fates[name]) !== "[0]");
  return [
    ...steps.flatMap((step, phase) => (step ? [{ steps: steps.with(phase, null), fates }] : [])),
    ...disturbed.map((name) => ({ steps, fates: { ...fates, [name]: [0] } })),
  ];
}
