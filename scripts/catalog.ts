import { readCommandLine, refuseCommandLine, runCommand } from "./stack/command-line";
import { loadEnvironment } from "./stack/load-environment";
import { pushCatalog } from "./stack/push-catalog";

/** `npm run catalog apply`: makes Stripe and the products table say what catalog.json says. */

const USAGE = "Usage: npm run catalog apply";

const { positionals } = readCommandLine(USAGE, { allowPositionals: true });
if (positionals.join(" ") !== "apply")
  refuseCommandLine(USAGE, "The catalog can be applied, and nothing else.");
await loadEnvironment();
await runCommand(async () => {
  const changes = await pushCatalog();
  console.log(changes.length ? changes.join("\n") : "Nothing to change: Stripe says what catalog.json says.");
});
