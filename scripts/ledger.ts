import { readCommandLine } from "./stack/command-line";
import { loadEnvironment } from "./stack/load-environment";

/** `npm run ledger`: every fact about money, newest first, and what they add up to. */

const LIMIT = 50;

readCommandLine(`Usage: npm run ledger    the newest ${LIMIT} entries, and the revenue of all`, {});
await loadEnvironment();

// Imported only now, because env.ts reads the environment that was completed above.
const { client } = await import("../db");
const { listEntries, sumRevenue } = await import("../db/queries/ledger");
const { describeLedger } = await import("../lib/billing/ledger/describe");

try {
  console.log(describeLedger(...(await Promise.all([listEntries(LIMIT), sumRevenue()]))));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await client.end();
}
