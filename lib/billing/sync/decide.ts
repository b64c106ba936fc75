/**
 * Is this snapshot newer than what we hold? Pure, and the whole rule: the table of
 * docs/decisions/003-convergence.md, first match wins.
 */

/** Seconds of Stripe's clock; the columns of `versionStamp()` in db/schema/columns.ts. */
export interface Stamp {
  stampLo: number;
  stampHi: number;
  fromCreated: boolean;
  rev: number;
  deleted: boolean;
  rank: number;
}

export interface Snapshot {
  /** `event.created`. */
  createdAt: number;
  moment: "created" | "changed" | "deleted";
  /** The height of a status that only climbs; 0 for an object that moves freely. */
  rank: number;
}

/**
 * - `write`: take the snapshot.
 * - `keep`: what we hold includes it.
 * - `keep-equal`: it may be newer but says the same; counts in `rev`, so that a read begun before it is not trusted.
 * - `fetch`: only Stripe can tell; read the object.
 */
export type Decision = "write" | "keep" | "keep-equal" | "fetch";

/** @param snapshot null when the event does not tell: another API version, a test clock's time, a plan */
export function decide(stored: Stamp | null, snapshot: Snapshot | null, equal: boolean): Decision {
  if (!snapshot) return "fetch";
  if (stored?.deleted) return "keep";
  if (!stored) return "write";
  if (snapshot.moment === "created") return "keep";
  if (snapshot.moment === "deleted" || stored.fromCreated) return "write";
  if (snapshot.rank !== stored.rank) return snapshot.rank > stored.rank ? "write" : "keep";
  if (snapshot.createdAt < stored.stampLo) return "keep";
  if (snapshot.createdAt > stored.stampHi) return "write";
  return equal ? "keep-equal" : "fetch";
}

/** A read counts only if nothing that could be newer was taken since it began. */
export const isCurrent = (read: { rev: number | null }, stored: Stamp | null) =>
  read.rev === (stored?.rev ?? null);

/** Stripe's clock and ours may differ by this much, in seconds. */
const CLOCK_MARGIN_SECONDS = 2;
/** Our own clock stands in for Stripe's where the answer carries no date. */
const UNKNOWN_CLOCK_MARGIN_SECONDS = 300;

/** An event's snapshot says of its time only the second. */
export const stampOfEvent = (snapshot: Snapshot) => ({
  stampLo: snapshot.createdAt,
  stampHi: snapshot.createdAt,
  fromCreated: snapshot.moment === "created",
});

/** A read says the state at some instant between request and answer. `answeredAt` is its `Date` header. */
export function stampOfRead(answeredAt: Date | null, tookMs: number, now = Date.now()) {
  const [at, margin] = answeredAt
    ? [answeredAt.getTime(), CLOCK_MARGIN_SECONDS]
    : [now, UNKNOWN_CLOCK_MARGIN_SECONDS];
  const seconds = Math.floor(at / 1000);
  return {
    stampLo: seconds - Math.ceil(tookMs / 1000) - margin,
    stampHi: seconds + margin,
    fromCreated: false,
  };
}
