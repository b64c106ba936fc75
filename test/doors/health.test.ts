import { afterAll, expect, it, vi } from "vitest";
import { startPostgresProxy } from "../support/postgres-proxy";

const proxy = await startPostgresProxy(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = proxy.url;
// From here on the app's modules may read the environment.
const { client } = await import("@/db");
const { GET } = await import("@/app/api/health/route");

afterAll(async () => {
  await client.end({ timeout: 1 });
  proxy.close();
});

const ask = async () => {
  const response = await GET();
  return [response.status, await response.json()];
};

it("GET /api/health says whether the database is there, and is well again by itself", async () => {
  expect(await ask()).toEqual([200, { status: "ok" }]);
  await proxy.away();
  expect(await ask()).toEqual([503, { status: "The database cannot be reached." }]);
  await proxy.back();
  await vi.waitFor(async () => expect(await ask()).toEqual([200, { status: "ok" }]), { timeout: 15_000 });
});
