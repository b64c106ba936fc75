import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { projectFile } from "@/project-file";
import { connectionOptions } from "./connection-options";

/** Any constant; every instance of the app must use the same one. */
const MIGRATION_LOCK = 7_301_984;

/**
 * Brings the database to the newest schema. Drizzle's own `migrate` races when two instances start at once
 * (both create the same table), so it runs under an advisory lock, on the one connection that holds it.
 */
export async function migrateDatabase(databaseUrl: string) {
  const { options } = connectionOptions(databaseUrl);
  const client = postgres({ ...options, max: 1, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: projectFile("db/migrations") });
  } catch (error) {
    const reason = describe(error);
    throw new Error(
      `The database could not be brought to the newest schema: ${reason}. Check DATABASE_URL.`,
      {
        cause: error,
      },
    );
  } finally {
    await client.end();
  }
}

/** An address that stands for several fails with a list of reasons, and no message of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join("; ");
  return error instanceof Error ? error.message : String(error);
}
