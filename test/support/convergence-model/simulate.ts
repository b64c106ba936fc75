import type { Snapshot, Stamp } from "../../../lib/billing/sync/decide";
import type { Algorithm } from "./algorithms";
import { type Delivery, type Read, type Schedule, SECOND } from "./schedule";

/**
 * Plays a schedule with an algorithm. The row, the inbox and the rounds are those of lib/billing/sync/apply.ts and
 * mirror.ts without a database: an attempt is one instant, since the customer's lock is held for all of it.
 */

interface Row extends Stamp {
  content: number;
}

interface Reading {
  rev: number | null;
  /** The version that was read; null when Stripe knew no such object. */
  version: number | null;
  stamp: ReturnType<Algorithm["stampOfRead"]>;
}

interface Work {
  at: number;
  /** To be marked as applied; filled when a sweep begins. */
  events: number[];
  isSweep: boolean;
  read: Read;
  round: number;
  step: "attempt" | "read";
  reading: Reading | null;
}

export interface Outcome {
  diverged: boolean;
  reads: number;
}

const MAX_ROUNDS = 4;
/** When Stripe comes again after a 503. */
const RETRY = 1_800 * SECOND;

export function simulate(schedule: Schedule, algorithm: Algorithm): Outcome {
  const { versions, events, vanishes } = schedule;
  const last = versions.length - 1;
  const queue: Work[] = [];
  const applied = events.map(() => false);
  let row: Row | null = null;
  let reads = 0;

  const begin = ({ at, read }: Omit<Delivery, "event">, told: number[], isSweep = false) =>
    queue.push({ at, events: told, isSweep, read, round: 0, step: "attempt", reading: null });
  for (const delivery of schedule.deliveries) begin(delivery, [delivery.event]);
  for (const sync of schedule.syncs) begin(sync, []);
  if (schedule.sweep) begin(schedule.sweep, [], true);

  for (let work = takeEarliest(queue); work; work = takeEarliest(queue)) {
    if (work.step === "read") startReading(work);
    else attempt(work);
  }
  const truth = versions[last];
  const held = row as Row | null;
  const isTrue = vanishes ? !held || held.deleted : held && !held.deleted && sameContent(held, truth);
  return { diverged: !isTrue, reads };

  function attempt(work: Work) {
    if (work.isSweep && work.round === 0) {
      work.events = events.flatMap(({ version }, event) =>
        !applied[event] && (versions[version]?.at ?? 0) <= work.at ? [event] : [],
      );
      if (!work.events.length) return;
    }
    const isKnown = work.events.length > 0 && work.events.every((event) => applied[event]);
    if (isKnown) return;
    if (!isDone(work)) return again(work);
    for (const event of work.events) applied[event] = true;
  }

  /** @returns whether the row holds what the work tells; false when Stripe has to be asked first */
  function isDone(work: Work): boolean {
    const [event] = work.isSweep ? [] : work.events.map((index) => events[index]);
    const version = versions[event?.version ?? -1];
    const snapshot: Snapshot | null =
      event?.tells && version
        ? { createdAt: Math.floor(version.at / SECOND), moment: event.moment, rank: version.rank }
        : null;
    switch (algorithm.decide(row, snapshot, row !== null && sameContent(row, version))) {
      case "keep":
        return true;
      case "keep-equal":
        if (row) row = { ...row, rev: row.rev + 1 };
        return true;
      case "write":
        if (snapshot && version && event)
          write(version, algorithm.stampOfEvent(snapshot), vanishes && event.version === last);
        return true;
      case "fetch":
        return finishReading(work);
    }
  }

  function finishReading({ reading }: Work): boolean {
    if (!reading || !algorithm.isCurrent(reading, row)) return false;
    const version = reading.version === null ? null : versions[reading.version];
    if (version) write(version, reading.stamp, false);
    else if (row) row = { ...row, deleted: true, rev: row.rev + 1 };
    return true;
  }

  function write(
    { content, rank }: { content: number; rank: number },
    stamp: Reading["stamp"],
    deleted: boolean,
  ) {
    row = { content, rank, ...stamp, deleted, rev: row ? row.rev + 1 : 0 };
  }

  function again(work: Work) {
    work.round++;
    if (algorithm.readsInLock) {
      work.reading = readAt(work.at, work);
      finishReading(work);
      for (const event of work.events) applied[event] = true;
      return;
    }
    if (work.round > MAX_ROUNDS) {
      work.round = 0;
      work.reading = null;
      work.at += RETRY;
    } else {
      work.step = "read";
      work.at += work.read.wait;
    }
    queue.push(work);
  }

  function startReading(work: Work) {
    const { at, read } = work;
    work.reading = readAt(at + read.took * read.instant, work);
    work.step = "attempt";
    work.at = at + read.took;
    queue.push(work);
  }

  /** The row's `rev` is remembered from before the request. */
  function readAt(instant: number, { at, read }: Work): Reading {
    reads++;
    let version = -1;
    while ((versions[version + 1]?.at ?? Number.POSITIVE_INFINITY) <= instant) version++;
    const answered = new Date(Math.floor((at + read.took * read.dated + read.skew) / SECOND) * SECOND);
    return {
      rev: row?.rev ?? null,
      version: version < 0 || (vanishes && version === last) ? null : version,
      stamp: algorithm.stampOfRead(
        read.undated === null ? answered : null,
        read.took,
        at + read.took + (read.undated ?? 0),
      ),
    };
  }
}

const sameContent = (
  row: { content: number; rank: number },
  version: { content: number; rank: number } | undefined,
) => row.content === version?.content && row.rank === version.rank;

function takeEarliest(queue: Work[]): Work | undefined {
  let earliest = 0;
  for (let index = 1; index < queue.length; index++)
    if ((queue[index]?.at ?? 0) < (queue[earliest]?.at ?? 0)) earliest = index;
  const work = queue[earliest];
  const end = queue.pop();
  if (end && end !== work) queue[earliest] = end;
  return work;
}
