import type { Snapshot } from "../../../lib/billing/sync/decide";
import { randomFrom } from "../random";

/**
 * A schedule: the whole life of one Stripe object and everything that happens to the news of it. Plain data, so
 * that a failing one can be printed, shrunk and played again. Times are milliseconds of Stripe's clock.
 */
export interface Schedule {
  versions: Version[];
  /** The version that each event carries, by its index. */
  events: StripeEvent[];
  deliveries: Delivery[];
  /** Readings that no event asked for: a success page, a person's click. */
  syncs: Omit<Delivery, "event">[];
  /** Reads the object once for all events that were not applied yet; after the last version. */
  sweep: Omit<Delivery, "event"> | null;
  /** Stripe answers that it knows no such object once the last version is reached. */
  vanishes: boolean;
}

export interface Version {
  at: number;
  content: number;
  rank: number;
}

export interface StripeEvent {
  version: number;
  moment: Snapshot["moment"];
  /** False: it speaks another API version, so it only says that something changed. */
  tells: boolean;
}

export interface Delivery {
  event: number;
  at: number;
  read: Read;
}

/** How a reading goes if this delivery needs one. */
export interface Read {
  /** Between the decision to read and the request. */
  wait: number;
  took: number;
  /** The instant between request and answer that is read, 0 to 1, and the later one that the `Date` header tells. */
  instant: number;
  dated: number;
  /** `Date` header minus event clock. */
  skew: number;
  /** Between the read of the rows and the write that was decided on them. */
  untilWritten: number;
  /** Our own clock minus Stripe's, where the answer has no `Date` header. */
  undated: number | null;
}

export const SECOND = 1000;
const HOUR = 3_600 * SECOND;
/** docs/decisions/003-convergence.md allows so much between the clocks. */
const MAX_SKEW = 2 * SECOND;
const MAX_OWN_SKEW = 300 * SECOND;

/** Sixty in a hundred changes follow the one before within 350 ms, so most share their second with another. */
export function scheduleOf(seed: number): Schedule {
  const random = randomFrom(seed);
  const chance = (part: number) => random() < part;
  const below = (limit: number) => Math.floor(random() * limit);
  /** Everything within seconds, and slow answers: where a reading is overtaken. */
  const crowded = chance(0.25);
  const climbs = chance(0.3);
  const count = 1 + below(7);
  const ends = count > 1 && chance(0.3);
  const vanishes = ends && chance(0.3);

  const versions: Version[] = [];
  let at = below(SECOND);
  let rank = 0;
  for (let index = 0; index < count; index++) {
    if (climbs && index > 0 && chance(0.4)) rank++;
    versions.push({ at, content: below(3), rank });
    at += 1 + (crowded || chance(0.5) ? below(350) : chance(0.5) ? below(3 * SECOND) : below(24 * HOUR));
  }
  const lastAt = versions[count - 1]?.at ?? 0;

  const events: StripeEvent[] = versions.flatMap((_, version) => {
    const isLast = version === count - 1;
    const moment = version === 0 ? "created" : isLast && ends ? "deleted" : "changed";
    // A row that Stripe never knew when it was read leaves no tombstone: its last event has to tell.
    const event = () => ({ version, moment, tells: vanishes || !chance(0.01) }) as const;
    // Several events may carry one version, as `invoice.paid` and `invoice.updated` do.
    return moment === "changed" && chance(0.15) ? [event(), event()] : [event()];
  });

  const delay = () => {
    const kind = crowded ? random() / 2 : random();
    return below(kind < 0.5 ? 2 * SECOND : kind < 0.75 ? 30 * SECOND : kind < 0.9 ? HOUR : 25 * HOUR);
  };
  const read = (): Read => {
    const instant = random();
    return {
      wait: below(20),
      took: !crowded && chance(0.8) ? below(400) : below(3 * SECOND),
      instant,
      dated: instant + random() * (1 - instant),
      // Often at its limit, where the rules are tight.
      skew: chance(0.2) ? (chance(0.5) ? MAX_SKEW : -MAX_SKEW) : Math.round((random() * 2 - 1) * MAX_SKEW),
      untilWritten: chance(0.9) ? below(20) : below(2 * SECOND),
      undated: chance(0.02) ? Math.round((random() * 2 - 1) * MAX_OWN_SKEW) : null,
    };
  };
  const dropped = [0, 0, 0.1, 0.3][below(4)] ?? 0;
  const deliveries = events.flatMap(({ version }, event) => {
    const copies = chance(dropped) ? 0 : chance(0.25) ? 2 + below(2) : 1;
    return Array.from({ length: copies }, () => ({
      event,
      at: (versions[version]?.at ?? 0) + delay(),
      read: read(),
    }));
  });
  const syncs = chance(0.1) ? [{ at: below(lastAt + HOUR), read: read() }] : [];
  return {
    versions,
    events,
    deliveries,
    syncs,
    sweep: dropped ? { at: lastAt + 1 + below(26 * HOUR), read: read() } : null,
    vanishes,
  };
}
