import postgres from "postgres";
import { afterAll, expect, it } from "vitest";
import { startPostgresProxy } from "./support/postgres-proxy";
import { startTruth } from "./support/stripe-truth";

/**
 * The connection to Postgres is cut at every statement of an event, before the statement arrives and after it ran.
 * Stripe delivers again; then the rows are those of an event that nothing happened to.
 */

const databaseUrl = process.env.DATABASE_URL ?? "";
const [proxy, truth] = await Promise.all([startPostgresProxy(databaseUrl), startTruth()]);
Object.assign(process.env, { DATABASE_URL: proxy.url, DATABASE_POOL_MAX: "1", STRIPE_API_URL: truth.url });
// From here on the app's modules may read the environment.
const { client } = await import("@/db");
const { EVENT_KINDS, prepare, unsure } = await import("./support/event-kinds");
const { post } = await import("./support/post-event");
const { everyRowOf, inboxRow } = await import("./support/rows");

afterAll(async () => {
  await client.end();
  proxy.close();
  truth.close();
});

const kinds = { ...EVENT_KINDS, "a subscription, unsure, read from Stripe": unsure(truth) };

const isUnsure = (name: string) => name.includes("unsure");

it.each(Object.entries(kinds))("%s", { timeout: 60_000 }, async (name, make) => {
  const uncut = await prepare(make);
  proxy.counts.statements = 0;
  expect((await post(uncut.event)).status).toBe(200);
  const { statements } = proxy.counts;
  const expected = await everyRowOf(uncut);
  // The read and the write; one that asks Stripe reads its row's `rev`, and the rows again.
  expect(statements).toBe(isUnsure(name) ? 4 : 2);

  for (let after = 0; after < statements; after++) {
    for (const lost of ["question", "answer"] as const) {
      const one = await prepare(make);
      proxy.cutAfter(after, lost);
      expect([200, 503]).toContain((await post(one.event)).status);
      expect(proxy.isWhole(), `cut at ${after} of ${statements}`).toBe(false);
      expect((await post(one.event)).status).toBe(200);
      expect(await inboxRow(one.event.id)).toMatchObject({ status: "applied" });
      expect(await everyRowOf(one), `${lost} lost at statement ${after}`).toEqual(expected);
    }
  }
});

it("Postgres hangs up while an event waits for its turn: 503, and the next delivery is applied", async () => {
  const { customer, event } = await prepare(EVENT_KINDS["a paid invoice"] ?? (() => []));
  const other = postgres(databaseUrl, { max: 2 });
  await other`insert into customers (stripe_id, livemode) values (${customer}, false)`;
  await other.begin(async (holder) => {
    await holder`update customers set rev = rev + 1 where stripe_id = ${customer}`;
    const [{ pid } = { pid: 0 }] = await holder<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const answer = post(event);
    let hungUp = 0;
    while (!hungUp)
      hungUp = (
        await other`select pg_terminate_backend(pid) from pg_stat_activity where ${pid} = any(pg_blocking_pids(pid))`
      ).length;
    expect((await answer).status).toBe(503);
  });
  await other.end();
  expect((await post(event)).status).toBe(200);
  expect(await inboxRow(event.id)).toMatchObject({ status: "applied", attempts: 2 });
});
