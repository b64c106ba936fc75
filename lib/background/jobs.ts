import { env, isLongLived } from "@/env";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { type Job, startTimer } from "./timer";

const minutes = (number: number) => (isLongLived ? number * 60_000 : 0);

/** Everything that runs by itself, and how often. Where no server lives long enough, app/api/cron has it called. */
export const JOBS = {
  reconcile: {
    name: "reconcile",
    everyMs: minutes(env.RECONCILE_EVERY_MINUTES),
    run: (withinMs) => reconcile({ sweeps: "due", within: withinMs }),
  },
} satisfies Record<string, Job>;

export function startJobs() {
  for (const job of Object.values(JOBS)) startTimer(job);
}
