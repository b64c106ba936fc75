import postgres from "postgres";
import { afterAll, afterEach, expect, it, vi } from "vitest";

/** The connections that the app keeps, counted by Postgres: after a burst of queries, and once nobody asks any more. */

const common = process.env.DATABASE_URL ?? "";
const watcher = postgres(common, { max: 1 });
const opened: postgres.Sql[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(async () => {
  await Promise.all([watcher, ...opened].map((sql) => sql.end({ timeout: 1 })));
});

/** The app's own pool in surroundings of its own, which Postgres knows by the name. */
async function burst(name: string, surroundings: Record<string, string>, query = "") {
  vi.resetModules();
  (globalThis as { titanforgeClient?: unknown }).titanforgeClient = undefined;
  for (const [variable, value] of Object.entries(surroundings)) vi.stubEnv(variable, value);
  vi.stubEnv("DATABASE_URL", `${common}?application_name=${name}${query}`);
  const { client } = await import("./index");
  opened.push(client);
  await Promise.all(Array.from({ length: 40 }, () => client`select pg_sleep(0.02)`));
  return client;
}

async function count(name: string): Promise<number> {
  const [row] =
    await watcher`select count(*)::int as count from pg_stat_activity where application_name = ${name}`;
  return row?.count;
}

it("a server keeps ten; a function has three, and none a few seconds after its last query", async () => {
  await burst("pool_of_server", {});
  expect(await count("pool_of_server")).toBe(10);
  const functions = { VERCEL: "pool_of_vercel", AWS_LAMBDA_FUNCTION_NAME: "pool_of_lambda" };
  for (const [variable, name] of Object.entries(functions)) {
    const client = await burst(name, { [variable]: "1" });
    expect(await count(name)).toBe(3);
    await vi.waitFor(async () => expect(await count(name)).toBe(0), { timeout: 15_000, interval: 200 });
    // Woken, it asks again.
    expect(await client`select 1 as one`).toEqual([{ one: 1 }]);
    vi.unstubAllEnvs();
  }
  expect(await count("pool_of_server")).toBe(10);
}, 60_000);

it.each([
  ["pool_by_variable", { DATABASE_POOL_MAX: "2" }, "&connection_limit=4", 2],
  ["pool_by_url", {}, "&connection_limit=4", 4],
  ["pool_of_function_by_variable", { VERCEL: "1", DATABASE_POOL_MAX: "5" }, "", 5],
  ["pool_of_function_by_url", { VERCEL: "1" }, "&connection_limit=1", 1],
])(
  "%s: DATABASE_POOL_MAX, then connection_limit, say how many",
  async (name, surroundings, query, expected) => {
    await burst(name, surroundings as Record<string, string>, query);
    expect(await count(name)).toBe(expected);
  },
);
