import { loadEnvironment } from "./stack/load-environment";

/**
 * `npm run reconcile`: finds and repairs whatever no webhook brought, then says what still differs from Stripe.
 * `-- --report` only looks. `-- --json` is for programs. Ends with 1 when something differs.
 */

loadEnvironment();
const options = new Set(process.argv.slice(2));
const [reportOnly, asJson] = [options.delete("--report"), options.delete("--json")];
if (options.size) {
  console.error("Usage: npm run reconcile [-- --report] [-- --json]");
  process.exit(2);
}

// Imported only now, because env.ts reads the environment that was completed above.
const { client } = await import("../db");
const { reconcile } = await import("../lib/billing/reconcile/reconcile");
const { isClean, reportDrift } = await import("../lib/billing/reconcile/drift");
const { describeDrift, describeSweeps } = await import("../lib/billing/reconcile/describe");

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
} finally {
  await client.end();
}

/** @returns whether our rows say what Stripe says */
async function run(): Promise<boolean> {
  const done = reportOnly ? { sweeps: [] } : await reconcile({ sweeps: "all" });
  if (!done) throw new Error("Another instance is sweeping now. Try again in two minutes.");
  if (!reportOnly && !asJson) console.log(describeSweeps(done.sweeps));
  const report = await reportDrift();
  console.log(asJson ? JSON.stringify({ sweeps: done.sweeps, ...report }, null, 2) : describeDrift(report));
  return isClean(report);
}
