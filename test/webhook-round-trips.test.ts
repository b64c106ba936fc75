import { afterAll, expect, it } from "vitest";
import { startPostgresProxy } from "./support/postgres-proxy";
import type { TestEvent } from "./support/stripe-objects";

/** The cost of an event: docs/decisions/002-few-round-trips.md. The pool has one connection, so that it is warm. */

const proxy = await startPostgresProxy(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = proxy.url;
process.env.DATABASE_POOL_MAX = "1";
// From here on the app's modules may read the environment.
const { client } = await import("@/db");
const { EVENT_KINDS } = await import("./support/event-kinds");
const { post } = await import("./support/post-event");
const { inboxRow, someUser } = await import("./support/rows");

afterAll(async () => {
  await client.end();
  proxy.close();
});

/** @returns what the last of them cost */
async function deliver(events: TestEvent[]) {
  let counts = proxy.counts;
  for (const one of events) {
    Object.assign(proxy.counts, { roundTrips: 0, statements: 0 });
    expect((await post(one)).status).toBe(200);
    counts = { ...proxy.counts };
    expect((await inboxRow(one.id))?.status).toBe("applied");
  }
  return counts;
}

it.each(Object.entries(EVENT_KINDS))("%s: one read and one writing statement", async (_, make) => {
  await deliver(make(await someUser()));
  expect(await deliver(make(await someUser()))).toEqual({ roundTrips: 2, statements: 2 });
});

it("a duplicate: one read", async () => {
  const events = EVENT_KINDS["a paid invoice"]?.(await someUser()) ?? [];
  await deliver(events);
  expect(await deliver(events)).toEqual({ roundTrips: 1, statements: 1 });
});
