import type { Drift } from "./compare";
import { type DriftReport, isClean } from "./drift";
import type { LedgerLine } from "./money";
import type { SweepResult } from "./reconcile";

/** The words of `npm run reconcile`. */

const NAMES = {
  undelivered: "what Stripe could not deliver",
  full: "all events",
  objects: "all objects",
};

export const describeSweeps = (sweeps: SweepResult[]) => sweeps.map(describeSweep).join("\n");

function describeSweep({ sweep, isWhole, pages, found, reads, failed, pruned }: SweepResult): string {
  const parts = [
    `${found} to settle on ${count(pages, "page")}`,
    `${count(reads, "object")} read`,
    ...(failed ? [`${failed} FAILED, see npm run events`] : []),
    ...(pruned ? [`${count(pruned, "old payload")} dropped`] : []),
    ...(isWhole ? [] : ["not finished, the next run goes on from here"]),
  ];
  return `Swept ${NAMES[sweep]}: ${parts.join(", ")}.`;
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;

export function describeDrift(report: DriftReport): string {
  const compared = `Compared ${count(report.objects, "object")} of Stripe's with our rows`;
  const verdict = isClean(report)
    ? `${compared}: no drift.`
    : `${compared}: ${count(report.drift.length, "difference")}.`;
  return [verdict, ...report.drift.map(describeOne), ...report.ledger.map(describeLedger)].join("\n");
}

function describeOne({ kind, id, field, ours, stripe }: Drift): string {
  const name = `  ${kind} ${id}`;
  if (field === "row" && ours === null) return `${name}: Stripe has it, we have no row.`;
  if (field === "row" && stripe === null) return `${name}: we have a row, Stripe does not know it.`;
  return `${name}: ${field} is ${show(ours)} here, ${show(stripe)} at Stripe.`;
}

const show = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value ?? null));

function describeLedger({ currency, ours, stripe }: LedgerLine): string {
  const sums = `  Ledger ${currency}: ${ours} here, ${stripe} at Stripe`;
  return ours === stripe ? `${sums}.` : `${sums}, a difference of ${ours - stripe}.`;
}
