import { sql } from "drizzle-orm";
import { afterAll, expect, it } from "vitest";
import { startPostgresProxy } from "./support/postgres-proxy";

/** The database goes away and comes back; nobody waits for ever, and no connection is lost for good. */

const proxy = await startPostgresProxy(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = proxy.url;
process.env.DATABASE_POOL_MAX = "4";
// From here on the app's modules may read the environment.
const { client, db } = await import("@/db");
const { POST } = await import("@/app/api/v1/create-checkout-session/route");
const { post } = await import("./support/post-event");
const { event, stripeId, subscription } = await import("./support/stripe-objects");

afterAll(async () => {
  // One that was lost while it was asked something does not end by itself.
  await client.end({ timeout: 1 });
  proxy.close();
});

const MANY = Array.from({ length: 20 });
const number = sql`select 1 as one`;
const someEvent = () => event("customer.subscription.updated", subscription({ customer: stripeId("cus") }));
const deliver = async () => (await post(someEvent())).status;
const ended = (work: Promise<unknown>[]) =>
  Promise.allSettled(work).then((all) => all.map(({ status }) => status));

it("refuses at once while it is away, and works with every connection once it is back", async () => {
  expect(new Set(await Promise.all(MANY.map(deliver)))).toEqual(new Set([200]));
  await proxy.away();
  for (let round = 0; round < 5; round++) {
    expect(new Set(await Promise.all(MANY.map(deliver)))).toEqual(new Set([503]));
    expect(new Set(await ended(MANY.map(() => db.execute(number))))).toEqual(new Set(["rejected"]));
  }
  const request = { method: "POST", headers: { Authorization: `Bearer tf_${"a".repeat(43)}` }, body: "{}" };
  expect((await POST(new Request("http://shop.test/api", request))).status).toBe(503);
  // Some are still waiting when it comes back.
  const waiting = MANY.map(deliver);
  await proxy.back();
  await ended(waiting);
  expect(new Set(await Promise.all(MANY.map(deliver)))).toEqual(new Set([200]));
  expect(new Set(await ended(MANY.map(() => db.execute(number))))).toEqual(new Set(["fulfilled"]));
  // Every connection works: each of these four holds one until all of them have begun.
  const held = Array.from({ length: 4 }, () =>
    db.execute(sql`select pg_backend_pid() as pid from pg_sleep(0.2)`),
  );
  const pids = (await Promise.all(held)).flatMap((rows) => rows.map(({ pid }) => pid));
  expect(new Set(pids).size).toBe(4);
});
