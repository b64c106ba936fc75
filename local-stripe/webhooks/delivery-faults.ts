import type { StoredEvent } from "../kit/events";
import { numbersFrom } from "../kit/random";

interface Match {
  readonly type?: string | undefined;
  readonly event?: string | undefined;
}

type Order = "concurrent" | "fifo" | "reverse" | "shuffle";

/** An endpoint may take so long to answer. Inferred: Stripe does not say how long it waits. */
export const PATIENCE_MS = 10_000;

const noFaults = () => ({
  holds: [] as Match[],
  drops: [] as Match[],
  /** Milliseconds by type of event. */
  delays: new Map<string, number>(),
  /** Each event is sent so often in addition. */
  duplicates: 0,
  order: "concurrent" as Order,
  seed: 1,
  /** So many of the next attempts carry a changed body, or a timestamp of ten minutes ago. */
  tampered: 0,
  stale: 0,
  timeoutMs: PATIENCE_MS,
});

/** The faults that delivery has, set through `/__local`; nothing of it outlives the process. */
export let deliveryFaults = noFaults();

export function clearDeliveryFaults(): void {
  deliveryFaults = noFaults();
}

export const matches = (event: StoredEvent, { type, event: id }: Match): boolean =>
  (type === undefined || type === event.type) && (id === undefined || id === event.id);

export const isHeld = (event: StoredEvent) => deliveryFaults.holds.some((match) => matches(event, match));
export const isDropped = (event: StoredEvent) => deliveryFaults.drops.some((match) => matches(event, match));

export function inOrder<T>(items: readonly T[]): T[] {
  if (deliveryFaults.order === "reverse") return [...items].reverse();
  if (deliveryFaults.order === "shuffle") return shuffled(items, deliveryFaults.seed);
  return [...items];
}

/** Fisher-Yates: the same seed gives the same order. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const pool = [...items];
  const next = numbersFrom(seed);
  return items.map(() => pool.splice(Math.floor(next() * pool.length), 1)[0] as T);
}
