import type { DueKind } from "./due-kinds";
import { Heap } from "./heap";
import { onReload, Table } from "./store";

/** One piece of work for one subject at one moment, on the wall clock (`null`) or on a test clock. */
export interface Job {
  readonly id: string;
  readonly kind: DueKind;
  readonly subject: string;
  readonly at: number;
  /** Work that is due in the same second runs in the order in which it was scheduled. */
  readonly order: number;
  readonly clock: string | null;
}

type Entry = Pick<Job, "id" | "at" | "order">;

const jobs = new Table<Job, "subject" | "clock">("job", "", {
  subject: (job) => job.subject,
  clock: (job) => job.clock,
});
const queues = new Map<string | null, Heap<Entry>>();
let lastOrder = 0;
let wake: () => void = () => {};
let handle: (kind: DueKind, subject: string) => void = (kind) => {
  throw new Error(`Nothing handles due work of kind ${kind}`);
};

/** Called with everything that falls due. */
export function onDue(handler: typeof handle): void {
  handle = handler;
}

export function perform({ kind, subject }: Job): void {
  handle(kind, subject);
}

/** At most one job of a kind per subject: scheduling again moves it. */
export function schedule(kind: DueKind, subject: string, at: number, clock: string | null): void {
  enqueue(jobs.put({ id: `${kind} ${subject}`, kind, subject, at, order: ++lastOrder, clock }));
  if (clock === null) wake();
}

export function unschedule(kind: DueKind, subject: string): void {
  jobs.delete(`${kind} ${subject}`);
}

export function unscheduleAll(subject: string): void {
  for (const job of jobs.where({ subject })) jobs.delete(job.id);
}

/** Drops the work of a clock that is no more. */
export function unscheduleClock(clock: string): void {
  for (const job of jobs.where({ clock })) jobs.delete(job.id);
}

/** The time at which the next work of a clock is due. */
export function nextDue(clock: string | null): number | undefined {
  const queue = queues.get(clock);
  // Entries of jobs that have since moved or gone stay in the queue until they come up, and are skipped here.
  while (queue?.first && jobs.get(queue.first.id)?.order !== queue.first.order) queue.pop();
  return queue?.first?.at;
}

/** Takes the next work of a clock if it is due by then. */
export function takeDue(clock: string | null, until: number): Job | undefined {
  const at = nextDue(clock);
  if (at === undefined || at > until) return undefined;
  const entry = queues.get(clock)?.pop();
  const job = entry && jobs.get(entry.id);
  if (job) jobs.delete(job.id);
  return job;
}

/** Called whenever the wall clock's next work may have changed. */
export function onWake(listener: () => void): void {
  wake = listener;
}

function enqueue(job: Job): void {
  let queue = queues.get(job.clock);
  if (!queue) {
    queue = new Heap<Entry>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
    queues.set(job.clock, queue);
  }
  queue.push({ id: job.id, at: job.at, order: job.order });
}

onReload(() => {
  queues.clear();
  for (const job of jobs.all()) {
    enqueue(job);
    lastOrder = Math.max(lastOrder, job.order);
  }
  wake();
});
