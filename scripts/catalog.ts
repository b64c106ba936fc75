import { loadEnvironment } from "./stack/load-environment";

/** `npm run catalog apply`: makes Stripe and the products table say what catalog.json says. */

loadEnvironment();
if (process.argv[2] !== "apply") {
  console.error("Usage: npm run catalog apply");
  process.exit(1);
}
const { applyCatalog } = await import("../lib/billing/catalog");
const { client } = await import("../db");
const changes = await applyCatalog();
console.log(changes.length ? changes.join("\n") : "Nothing to change: Stripe says what catalog.json says.");
await client.end();
