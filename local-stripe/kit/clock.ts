import { Table } from "./store";

/** How far `/__local` has moved this Stripe ahead of the machine's clock; kept, for time never runs back. */
const offsets = new Table<{ id: "wall"; seconds: number }>("clock_offset", "");

interface Moment {
  readonly time: number;
  /** The test clock that stands at this time; null while the wall clock's due work runs. */
  readonly clock: string | null;
}

let moment: Moment | undefined;

/** The one clock: unix seconds. While due work runs, the moment at which it was due. */
export function now(): number {
  return moment?.time ?? wallTime();
}

export function wallTime(): number {
  return Math.floor(Date.now() / 1000) + (offsets.get("wall")?.seconds ?? 0);
}

/** The test clock whose time `now()` tells, or null. */
export function currentTestClock(): string | null {
  return moment?.clock ?? null;
}

/** Runs `work` as if it were `time`: for due work, and for whatever belongs to a test clock. */
export function atTime<T>(time: number, clock: string | null, work: () => T): T {
  const outer = moment;
  moment = { time, clock };
  try {
    return work();
  } finally {
    moment = outer;
  }
}

/** Time never runs back. */
export function moveWallClockTo(time: number): void {
  const seconds = (offsets.get("wall")?.seconds ?? 0) + Math.max(0, time - wallTime());
  offsets.put({ id: "wall", seconds });
}
