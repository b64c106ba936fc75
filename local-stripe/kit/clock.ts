import type { Immediate } from "./immediate";
import { onReload, Table } from "./store";

/** `/__local` has moved this Stripe so far ahead of the machine's clock; kept, for time never runs back. */
const offsets = new Table<{ id: "wall"; seconds: number }>("clock_offset", "");

interface Moment {
  readonly time: number;
  /** The test clock that stands at this time; null while the wall clock's due work runs. */
  readonly clock: string | null;
  /** The clock is being moved to this time, while its due work runs. */
  readonly until?: number;
}

let moment: Moment | undefined;

/** While it stands it follows nobody: what happens then depends on no machine's speed. */
let standing: number | undefined;
onReload(() => {
  standing = undefined;
});

/** The one clock: unix seconds. While due work runs, the moment at which it was due. */
export function now(): number {
  return moment?.time ?? wallTime();
}

export function wallTime(): number {
  return standing ?? machineTime() + (offsets.get("wall")?.seconds ?? 0);
}

export const machineTime = (): number => Math.floor(Date.now() / 1000);

/** The test clock whose time `now()` tells, or null. */
export function currentTestClock(): string | null {
  return moment?.clock ?? null;
}

/** True if the clock that `now()` tells is on its way to this time. */
export const willCome = (time: number): boolean => moment?.until !== undefined && time <= moment.until;

/** Runs `work` as if it were `time`: for due work, and for whatever belongs to a test clock. */
export function atTime<T>(
  time: number,
  clock: string | null,
  work: () => Immediate<T>,
  until?: number,
): Immediate<T> {
  const outer = moment;
  moment = { time, clock, ...(until === undefined ? {} : { until }) };
  try {
    return work();
  } finally {
    moment = outer;
  }
}

/** All that one request does happens in one second, also when the next one begins meanwhile. */
export const atOnce = <T>(work: () => Immediate<T>): Immediate<T> =>
  moment ? work() : atTime(wallTime(), null, work);

/** Time never runs back. */
export function moveWallClockTo(time: number): void {
  setWallClock(Math.max(time, wallTime()));
}

function setWallClock(time: number): void {
  if (standing !== undefined) standing = time;
  offsets.put({ id: "wall", seconds: time - machineTime() });
}

/**
 * Stops the wall clock: it goes on by being moved. Only where nothing has happened may it be stopped at a time that has
 * passed.
 */
export function stopWallClock(at: number): void {
  standing = at;
  setWallClock(at);
}

/** Lets it go on from where it stands. */
export function releaseWallClock(): void {
  setWallClock(wallTime());
  standing = undefined;
}
