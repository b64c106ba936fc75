import { log } from "@/lib/log";

/** Work that a server does now and then without being asked. */
export interface Job {
  name: string;
  everyMs: number;
  /** @param withinMs the time it may take; what is left over is for the next turn */
  run(withinMs: number): Promise<unknown>;
}

/**
 * With several instances a lease lets one of them through; none is kept alive or brought down by it.
 * @returns null when the job is not wanted here, or runs already
 */
export function startTimer(job: Job): NodeJS.Timeout | null {
  // `next dev` evaluates this module again and again; one timer a job is enough.
  const shared = globalThis as { titanforgeTimers?: Map<string, NodeJS.Timeout> };
  shared.titanforgeTimers ??= new Map();
  if (!job.everyMs || shared.titanforgeTimers.has(job.name)) return null;
  const timer = setInterval(() => tick(job), job.everyMs).unref();
  shared.titanforgeTimers.set(job.name, timer);
  return timer;
}

/** It ends before the next begins. */
export async function tick({ name, everyMs, run }: Job): Promise<void> {
  try {
    await run(everyMs * 0.9);
  } catch (error) {
    log.error(`The job ${name} stopped and goes on at the next turn.`, error);
  }
}
