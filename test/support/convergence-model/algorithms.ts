import {
  type Decision,
  decide,
  isCurrent,
  type Snapshot,
  type Stamp,
  stampOfEvent,
  stampOfRead,
} from "../../../lib/billing/sync/decide";

/** An algorithm decides whether a snapshot is news. The default of everything here is the production code itself. */
export interface Algorithm {
  decide: typeof decide;
  isCurrent: typeof isCurrent;
  stampOfEvent: typeof stampOfEvent;
  stampOfRead: typeof stampOfRead;
  /** Nobody else's event is applied while it asks Stripe. */
  readsInLock?: boolean;
  /** It writes what it decided, though others wrote since the rows were read. */
  writesOutOfTurn?: boolean;
}

export const production: Algorithm = { decide, isCurrent, stampOfEvent, stampOfRead };

/** Production with one of its rules taken away: the model has to notice each. */
export const mutants: Record<string, Algorithm> = {
  "a tie is newer": deciding((decision, _, snapshot) =>
    decision === "fetch" && snapshot ? "write" : decision,
  ),
  "a tie is stale": deciding((decision, _, snapshot) =>
    decision === "fetch" && snapshot ? "keep" : decision,
  ),
  "what is older than the interval is taken": deciding((decision, stored, snapshot) =>
    !stored?.deleted && snapshot?.moment === "changed" && decision === "keep" ? "write" : decision,
  ),
  "created overwrites": deciding((decision, stored, snapshot) =>
    !stored?.deleted && snapshot?.moment === "created" ? "write" : decision,
  ),
  "no margin between the clocks": {
    ...production,
    stampOfRead(answeredAt, tookMs, now = 0) {
      const seconds = Math.floor((answeredAt?.getTime() ?? now) / 1000);
      return { stampLo: seconds - Math.ceil(tookMs / 1000), stampHi: seconds, fromCreated: false };
    },
  },
  "a read is trusted whatever happened meanwhile": { ...production, isCurrent: () => true },
  "whoever decided on old rows writes all the same": { ...production, writesOutOfTurn: true },
  "an equal event does not count in rev": deciding((decision) =>
    decision === "keep-equal" ? "keep" : decision,
  ),
};

/** The production rules, with a last word on what they decide. */
function deciding(
  change: (decision: Decision, stored: Stamp | null, snapshot: Snapshot | null) => Decision,
): Algorithm {
  return {
    ...production,
    decide: (stored, snapshot, equal) => change(decide(stored, snapshot, equal), stored, snapshot),
  };
}

/** The ways of others, for comparison. */
export const naive: Record<string, Algorithm> = {
  "the last to arrive wins": byTime(() => true),
  "created, strictly newer wins": byTime((created, held) => created > held),
  "created, newer or equal wins": byTime((created, held) => created >= held),
  "always read, without a lock": {
    ...production,
    decide: () => "fetch",
    isCurrent: () => true,
    writesOutOfTurn: true,
  },
  "always read, inside the lock": {
    ...production,
    decide: () => "fetch",
    isCurrent: () => true,
    readsInLock: true,
  },
};

function byTime(isNews: (created: number, held: number) => boolean): Algorithm {
  return {
    ...production,
    decide(stored, snapshot) {
      if (!snapshot) return "fetch";
      return !stored || isNews(snapshot.createdAt, stored.stampHi) ? "write" : "keep";
    },
    isCurrent: () => true,
  };
}
