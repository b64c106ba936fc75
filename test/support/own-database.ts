import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { migrateDatabase } from "../../db/migrate";

/**
 * For a test that counts rows which any other test may write: a database of its own on the common server. Call it
 * before the app's modules are imported, because they read DATABASE_URL once.
 */
export async function startOwnDatabase() {
  const common = process.env.DATABASE_URL ?? "";
  const name = `own_${randomBytes(6).toString("hex")}`;
  const admin = postgres(common, { max: 1 });
  await admin`create database ${admin(name)}`;
  const url = common.replace(/\/[^/]*$/, `/${name}`);
  process.env.DATABASE_URL = url;
  return {
    url,
    migrate: () => migrateDatabase(url),
    async stop() {
      await admin`drop database ${admin(name)} with (force)`;
      await admin.end();
    },
  };
}
