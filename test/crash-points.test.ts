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

it.each(Object.entries(kinds))("%s", { timeout: 60_000 }, async (_, make) => {
  const uncut = await prepare(make);
  proxy.counts.statements = 0;
  expect((await post(uncut.event)).status).toBe(200);
  const { statements } = proxy.counts;
  const expected = await everyRowOf(uncut);
  expect(statements).toBeGreaterThan(3);

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

it("Postgres hangs up while an event waits for its lock: 503, and the next delivery is applied", async () => {
  const { customer, event } = await prepare(EVENT_KINDS["a paid invoice"] ?? (() => []));
  const other = postgres(databaseUrl, { max: 2 });
  const key = other`hashtextextended(${`false:${customer}`}, 0)`;
  await other.begin(async (holder) => {
    await holder`select pg_advisory_xact_lock(${key})`;
    const answer = post(event);
    let hungUp = 0;
    while (!hungUp)
      hungUp = (
        await other`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and not granted
          and (classid::bigint << 32 | objid::bigint) = ${key}`
      ).length;
    expect((await answer).status).toBe(503);
  });
  await other.end();
  expect((await post(event)).status).toBe(200);
  expect(await inboxRow(event.id)).toMatchObject({ status: "applied", attempts: 2 });
});
