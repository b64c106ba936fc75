import { readCommandLine, runCommand } from "./stack/command-line";
import { loadEnvironment } from "./stack/load-environment";

/**
 * `npm run reconcile`: finds and repairs whatever no webhook brought, then says what still differs from Stripe.
 * `-- --report` only looks. `-- --json` is for programs. Ends with 1 when something differs.
 */

const USAGE = `Usage: npm run reconcile [-- --report] [-- --json]
  --report  only compares, and changes nothing
  --json    for programs`;

const { report: reportOnly, json: asJson } = readCommandLine(USAGE, {
  options: { report: { type: "boolean" }, json: { type: "boolean" } },
}).values;
await loadEnvironment();

// Imported only now, because env.ts reads the environment that was completed above.
const { client } = await import("../db");
const { reconcile } = await import("../lib/billing/reconcile/reconcile");
const { isClean, reportDrift } = await import("../lib/billing/reconcile/drift");
const { describeDrift, describeSweeps } = await import("../lib/billing/reconcile/describe");

await runCommand(async () => {
  process.exitCode = (await run()) ? 0 : 1;
}, 2);
await client.end();

/** @returns whether our rows say what Stripe says */
async function run(): Promise<boolean> {
  const done = reportOnly ? { sweeps: [] } : await reconcile({ sweeps: "all" });
  if (!done) throw new Error("Another instance is sweeping now. Try again in two minutes.");
  if (!reportOnly && !asJson) console.log(describeSweeps(done.sweeps));
  const report = await reportDrift();
  console.log(asJson ? JSON.stringify({ sweeps: done.sweeps, ...report }, null, 2) : describeDrift(report));
  return isClean(report);
}
