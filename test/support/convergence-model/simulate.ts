import type { Snapshot, Stamp } from "../../../lib/billing/sync/decide";
import type { Algorithm } from "./algorithms";
import { type Delivery, type Read, type Schedule, SECOND } from "./schedule";

/**
 * Plays a schedule with an algorithm. The row, the inbox and the rounds are those of lib/billing/sync without a
 * database: a round reads the rows at one instant and writes at a later one, and others may write in between.
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
  step: "apply" | "read" | "write";
  reading: Reading | null;
  /** The write that was decided on, and how often anything had been written by then. */
  decided: { write: () => void; turns: number } | null;
}

export interface Outcome {
  diverged: boolean;
  reads: number;
}

const MAX_ROUNDS = 4;
/** Stripe comes again after a 503 at these times. */
const RETRY = 1_800 * SECOND;

export function simulate(schedule: Schedule, algorithm: Algorithm): Outcome {
  const simulation = new Simulation(schedule, algorithm);
  simulation.run();
  return { diverged: !simulation.isTrue(), reads: simulation.reads };
}

class Simulation {
  reads = 0;
  #row: Row | null = null;
  /** The `rev` of the customer's row. */
  #turns = 0;
  readonly #queue: Work[] = [];
  readonly #applied: boolean[];
  readonly #last: number;

  constructor(
    private readonly schedule: Schedule,
    private readonly algorithm: Algorithm,
  ) {
    this.#applied = schedule.events.map(() => false);
    this.#last = schedule.versions.length - 1;
    for (const delivery of schedule.deliveries) this.#begin(delivery, [delivery.event]);
    for (const sync of schedule.syncs) this.#begin(sync, []);
    if (schedule.sweep) this.#begin(schedule.sweep, [], true);
  }

  #begin({ at, read }: Omit<Delivery, "event">, events: number[], isSweep = false) {
    this.#queue.push({ at, events, isSweep, read, round: 0, step: "apply", reading: null, decided: null });
  }

  run() {
    for (let work = takeEarliest(this.#queue); work; work = takeEarliest(this.#queue)) {
      if (work.step === "read") this.#startReading(work);
      else if (work.step === "apply") this.#decide(work);
      else this.#writeInTurn(work);
    }
  }

  /** The row ended in what Stripe holds. */
  isTrue(): boolean {
    const row = this.#row;
    if (this.schedule.vanishes) return !row || row.deleted;
    return row !== null && !row.deleted && sameContent(row, this.schedule.versions[this.#last]);
  }

  #decide(work: Work) {
    if (work.isSweep && work.round === 0) work.events = this.#unappliedAt(work.at);
    const isIdleSweep = work.isSweep && !work.events.length;
    const isKnown = work.events.length > 0 && work.events.every((event) => this.#applied[event]);
    if (isIdleSweep || isKnown) return;
    const write = this.#writeFor(work);
    if (!write) return this.#ask(work);
    work.decided = { write, turns: this.#turns };
    work.step = "write";
    work.at += work.read.untilWritten;
    this.#queue.push(work);
  }

  #writeInTurn(work: Work) {
    const { decided } = work;
    if (!decided) return;
    if (decided.turns === this.#turns || this.algorithm.writesOutOfTurn) {
      decided.write();
      this.#turns++;
      this.#markApplied(work);
      return;
    }
    work.step = "apply";
    this.#queue.push(work);
  }

  #unappliedAt(at: number): number[] {
    const { events, versions } = this.schedule;
    return events.flatMap(({ version }, event) =>
      !this.#applied[event] && (versions[version]?.at ?? 0) <= at ? [event] : [],
    );
  }

  #markApplied(work: Work) {
    for (const event of work.events) this.#applied[event] = true;
  }

  /** @returns null when Stripe has to be asked before the row can hold what the work tells */
  #writeFor(work: Work): (() => void) | null {
    const { events, versions, vanishes } = this.schedule;
    const event = work.isSweep ? undefined : events[work.events[0] ?? -1];
    const version = versions[event?.version ?? -1];
    const snapshot = event?.tells && version ? snapshotOf(version, event.moment) : null;
    const isSame = this.#row !== null && sameContent(this.#row, version);
    switch (this.algorithm.decide(this.#row, snapshot, isSame)) {
      case "keep":
        return () => {};
      case "keep-equal":
        return () => this.#change({});
      case "write":
        return () => {
          if (!snapshot || !version || !event) return;
          const isLast = vanishes && event.version === this.#last;
          this.#write(version, this.algorithm.stampOfEvent(snapshot), isLast);
        };
      case "fetch":
        return this.#writeForReading(work);
    }
  }

  #writeForReading({ reading }: Work): (() => void) | null {
    if (!reading || !this.algorithm.isCurrent(reading, this.#row)) return null;
    const version = reading.version === null ? null : this.schedule.versions[reading.version];
    return () => (version ? this.#write(version, reading.stamp, false) : this.#change({ deleted: true }));
  }

  #change(part: Partial<Row>) {
    if (this.#row) this.#row = { ...this.#row, ...part, rev: this.#row.rev + 1 };
  }

  #write({ content, rank }: { content: number; rank: number }, stamp: Reading["stamp"], deleted: boolean) {
    this.#row = { content, rank, ...stamp, deleted, rev: this.#row ? this.#row.rev + 1 : 0 };
  }

  #ask(work: Work) {
    work.round++;
    if (this.algorithm.readsInLock) return this.#readInLock(work);
    if (work.round > MAX_ROUNDS) {
      work.round = 0;
      work.reading = null;
      work.step = "apply";
      work.at += RETRY;
    } else {
      work.step = "read";
      work.at += work.read.wait;
    }
    this.#queue.push(work);
  }

  #readInLock(work: Work) {
    work.reading = this.#readAt(work.at, work);
    this.#writeForReading(work)?.();
    this.#turns++;
    this.#markApplied(work);
  }

  #startReading(work: Work) {
    const { at, read } = work;
    work.reading = this.#readAt(at + read.took * read.instant, work);
    work.step = "apply";
    work.at = at + read.took;
    this.#queue.push(work);
  }

  /** The row's `rev` is remembered from before the request. */
  #readAt(instant: number, { at, read }: Work): Reading {
    this.reads++;
    const version = this.#versionAt(instant);
    const answered = new Date(Math.floor((at + read.took * read.dated + read.skew) / SECOND) * SECOND);
    const stamp = this.algorithm.stampOfRead(
      read.undated === null ? answered : null,
      read.took,
      at + read.took + (read.undated ?? 0),
    );
    return { rev: this.#row?.rev ?? null, version, stamp };
  }

  /** Null: Stripe knows no such object yet, or none any more. */
  #versionAt(instant: number): number | null {
    const { versions, vanishes } = this.schedule;
    let version = -1;
    while ((versions[version + 1]?.at ?? Number.POSITIVE_INFINITY) <= instant) version++;
    const isGone = vanishes && version === this.#last;
    return version < 0 || isGone ? null : version;
  }
}

const snapshotOf = (version: { at: number; rank: number }, moment: Snapshot["moment"]): Snapshot => ({
  createdAt: Math.floor(version.at / SECOND),
  moment,
  rank: version.rank,
});

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
