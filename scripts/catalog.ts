import { loadEnvironment } from "./stack/load-environment";
import { pushCatalog } from "./stack/push-catalog";

/** `npm run catalog apply`: makes Stripe and the products table say what catalog.json says. */

loadEnvironment();
if (process.argv[2] !== "apply") {
  console.error("Usage: npm run catalog apply");
  process.exit(1);
}
const changes = await pushCatalog();
console.log(changes.length ? changes.join("\n") : "Nothing to change: Stripe says what catalog.json says.");
