import { readFileSync } from "node:fs";
import postgres from "postgres";
import { afterAll, describe, expect, it, vi } from "vitest";
import { migrateDatabase } from "@/db/migrate";
import { freePort } from "../../scripts/stack/ports";
import { startOwnDatabase } from "../support/own-database";

const own = await startOwnDatabase();
const client = postgres(own.url, { max: 2, onnotice: () => {} });
afterAll(async () => {
  await client.end();
  await own.stop();
});

const journal: { entries: unknown[] } = JSON.parse(readFileSync("db/migrations/meta/_journal.json", "utf8"));
const count = async () => Number((await client`select count(*) from drizzle.__drizzle_migrations`)[0]?.count);

describe("migrateDatabase", () => {
  it("waits while another instance migrates", async () => {
    let isDone = false;
    const work = await client.begin(async (holder) => {
      // The number is part of what instances of two versions agree on, so it may never change.
      await holder`select pg_advisory_xact_lock(7301984)`;
      const migrating = migrateDatabase(own.url).then(() => {
        isDone = true;
      });
      await vi.waitFor(
        async () =>
          expect(
            await client`select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
              where datname = current_database() and locktype = 'advisory' and not granted`,
          ).toHaveLength(1),
        { timeout: 15_000 },
      );
      expect(isDone).toBe(false);
      expect(await client`select to_regclass('users') as users`).toEqual([{ users: null }]);
      return { migrating };
    });
    await work.migrating;
    expect(await count()).toBe(journal.entries.length);
  });

  it("does each step once, however many start at the same moment", async () => {
    await client`drop schema public cascade`;
    await client`drop schema drizzle cascade`;
    await client`create schema public`;
    await Promise.all([migrateDatabase(own.url), migrateDatabase(own.url), migrateDatabase(own.url)]);
    expect(await count()).toBe(journal.entries.length);
    await migrateDatabase(own.url);
    expect(await count()).toBe(journal.entries.length);
    expect(await client`select to_regclass('users') is not null as there`).toEqual([{ there: true }]);
  });

  it("leaves no connection open, nor a lock", async () => {
    await migrateDatabase(own.url);
    await vi.waitFor(
      async () =>
        expect(
          await client`select pid from pg_stat_activity where datname = current_database()
            and pid <> pg_backend_pid() and query like '%advisory%'`,
        ).toEqual([]),
      { timeout: 15_000 },
    );
  });

  it("says in one sentence that the database cannot be reached, and where to look", async () => {
    const url = `postgres://postgres@127.0.0.1:${await freePort()}/shop`;
    const error = await migrateDatabase(url).catch((reason) => reason);
    expect(error.message).toMatch(
      /^The database could not be brought to the newest schema: .*ECONNREFUSED.*\. Check DATABASE_URL\.$/,
    );
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("says so when there is a server and no such database", async () => {
    const error = await migrateDatabase(`${own.url}_missing`).catch((reason) => reason);
    expect(error.message).toMatch(
      /^The database .*: database "own_\w+_missing" does not exist\. Check DATABASE_URL\.$/,
    );
  });
});
