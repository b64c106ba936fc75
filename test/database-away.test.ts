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
const { transaction } = await import("@/db/transaction");

afterAll(async () => {
  // One that was lost while it was asked something does not end by itself.
  await client.end({ timeout: 1 });
  proxy.close();
});

const MANY = Array.from({ length: 20 });
const number = sql`select 1 as one`;
const inTransaction = () =>
  transaction(async (tx) => {
    const rows = await tx.send(number);
    await tx.commit();
    return rows;
  });
const ended = (work: Promise<unknown>[]) =>
  Promise.allSettled(work).then((all) => all.map(({ status }) => status));

it("refuses at once while it is away, and works with every connection once it is back", async () => {
  await ended(MANY.map(inTransaction));
  await proxy.away();
  for (let round = 0; round < 5; round++) {
    const work = [...MANY.map(inTransaction), ...MANY.map(() => db.execute(number))];
    expect(new Set(await ended(work))).toEqual(new Set(["rejected"]));
  }
  const request = { method: "POST", headers: { Authorization: `Bearer tf_${"a".repeat(43)}` }, body: "{}" };
  expect((await POST(new Request("http://shop.test/api", request))).status).toBe(503);
  // Some are still waiting when it comes back.
  const waiting = MANY.map(inTransaction);
  await proxy.back();
  await ended(waiting);
  const many = [...MANY.map(inTransaction), ...MANY.map(() => db.execute(number))];
  expect(new Set(await ended(many))).toEqual(new Set(["fulfilled"]));
  // At the same moment: each transaction waits for the others to have begun.
  let begun = 0;
  let all = () => {};
  const together = new Promise<void>((resolve) => {
    all = resolve;
  });
  const held = Array.from({ length: 4 }, () =>
    transaction(async (tx) => {
      await tx.send(number);
      if (++begun === 4) all();
      await together;
      await tx.commit();
    }),
  );
  expect(new Set(await ended(held))).toEqual(new Set(["fulfilled"]));
});

it("what was sent after the connection was lost is not written by another", async () => {
  await db.execute(sql`create table lost (id int)`);
  const work = transaction(async (tx) => {
    await tx.send(number);
    proxy.hangUp();
    // An ordinary query finds the connection closed, and opens another in its place.
    await ended(MANY.map(() => db.execute(number)));
    await Promise.all([tx.send(sql`insert into lost values (1)`), tx.commit()]);
  });
  await expect(work).rejects.toMatchObject({ code: expect.stringMatching(/CONNECTION|ECONN/) });
  expect(await db.execute(sql`select * from lost`)).toEqual([]);
  await db.execute(sql`drop table lost`);
});
