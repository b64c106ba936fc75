import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { sql } from "drizzle-orm";
import { afterAll, expect, it, vi } from "vitest";
import { startPostgresProxy } from "../support/postgres-proxy";

/** A connection to the database begins like this. */

const proxy = await startPostgresProxy(process.env.DATABASE_URL ?? "");
const shared = globalThis as { titanforgeClient?: unknown };

/** The app's own client, at another address. */
async function connectTo(url: string) {
  vi.resetModules();
  vi.stubEnv("DATABASE_URL", url);
  shared.titanforgeClient = undefined;
  return import("@/db");
}

afterAll(() => {
  vi.unstubAllEnvs();
  proxy.close();
});

it("the first thing that is asked is the first thing that is sent", async () => {
  const { client, db } = await connectTo(proxy.url);
  proxy.counts.statements = 0;
  expect([...(await db.execute(sql.raw("select 1 as one")))]).toEqual([{ one: 1 }]);
  expect(proxy.counts.statements).toBe(1);
  await client.end();
});

it("a database that takes the call and says nothing is given up after seconds", async () => {
  const silent = createServer();
  await once(silent.listen(0, "127.0.0.1"), "listening");
  const { port } = silent.address() as AddressInfo;
  const { client, db } = await connectTo(`postgres://nobody@127.0.0.1:${port}/nothing`);
  await expect(db.execute(sql`select 1`)).rejects.toMatchObject({ cause: { code: "CONNECT_TIMEOUT" } });
  await client.end({ timeout: 0 });
  silent.close();
});

it("one pool is shared, however often the module is evaluated", async () => {
  const { client } = await connectTo(proxy.url);
  vi.resetModules();
  expect((await import("@/db")).client).toBe(client);
  await client.end();
});
