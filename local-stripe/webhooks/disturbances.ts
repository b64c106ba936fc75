import type { StoredEvent } from "../kit/events";
import { numbersFrom } from "../kit/random";

interface Match {
  readonly type?: string | undefined;
  readonly event?: string | undefined;
}

type Order = "concurrent" | "fifo" | "reverse" | "shuffle";

/** How long an endpoint may take to answer; Stripe does not say how long it waits. */
export const PATIENCE_MS = 10_000;

const calm = () => ({
  holds: [] as Match[],
  drops: [] as Match[],
  /** Milliseconds by type of event. */
  delays: new Map<string, number>(),
  /** How often each event is sent in addition. */
  duplicates: 0,
  order: "concurrent" as Order,
  seed: 1,
  /** How many of the next attempts carry a changed body, or a timestamp of ten minutes ago. */
  tampered: 0,
  stale: 0,
  timeoutMs: PATIENCE_MS,
});

/** How delivery is being disturbed, set through `/__local`; nothing of it outlives the process. */
export let disturbances = calm();

export function calmDown(): void {
  disturbances = calm();
}

export const matches = (event: StoredEvent, { type, event: id }: Match): boolean =>
  (type === undefined || type === event.type) && (id === undefined || id === event.id);

export const isHeld = (event: StoredEvent) => disturbances.holds.some((match) => matches(event, match));
export const isDropped = (event: StoredEvent) => disturbances.drops.some((match) => matches(event, match));

export function inOrder<T>(items: readonly T[]): T[] {
  if (disturbances.order === "reverse") return [...items].reverse();
  if (disturbances.order === "shuffle") return shuffled(items, disturbances.seed);
  return [...items];
}

/** Fisher-Yates: the same seed gives the same order. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const pool = [...items];
  const next = numbersFrom(seed);
  return items.map(() => pool.splice(Math.floor(next() * pool.length), 1)[0] as T);
}
