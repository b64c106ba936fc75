import { readCommandLine, runCommand } from "./stack/command-line";
import { loadEnvironment } from "./stack/load-environment";

/** `npm run backfill`: once after an upgrade, beside the running shop; a second run adds nothing. */

readCommandLine("Usage: npm run backfill    writes the history of subscriptions that the inbox tells of", {});
await loadEnvironment();

// Imported only now, because env.ts reads the environment that was completed above.
const { client } = await import("../db");
const { backfillVersions } = await import("../lib/billing/reconcile/backfill-versions");

await runCommand(async () => {
  console.log(`Versions of subscriptions added: ${await backfillVersions()}.`);
});
await client.end();
