import { migrateDatabase } from "../db/migrate";
import { readCommandLine, runCommand } from "./stack/command-line";
import { loadVariables } from "./stack/load-environment";

/** `npm run migrate`: brings the database to the newest schema. Safe to run from several places at once. */

readCommandLine("Usage: npm run migrate", {});
loadVariables();
const { DATABASE_URL } = process.env;
if (!DATABASE_URL) {
  console.error(
    "DATABASE_URL is not set. It names the Postgres to migrate: postgres://user:password@host/database",
  );
  process.exit(1);
}
await runCommand(async () => {
  await migrateDatabase(DATABASE_URL);
  console.log("The database has the newest schema.");
});
