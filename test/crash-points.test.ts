import { getTableName, sql } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, expect, it } from "vitest";
import { startPostgresProxy } from "./postgres-proxy";
import type { TestEvent } from "./stripe-objects";
import { startTruth } from "./stripe-truth";

/**
 * The connection to Postgres is cut at every statement of an event, before the statement arrives and after it ran.
 * Stripe delivers again; then the rows are those of an event that nothing happened to.
 */

const databaseUrl = process.env.DATABASE_URL ?? "";
const [proxy, truth] = await Promise.all([startPostgresProxy(databaseUrl), startTruth()]);
Object.assign(process.env, { DATABASE_URL: proxy.url, DATABASE_POOL_MAX: "1", STRIPE_API_URL: truth.url });
// From here on the app's modules may read the environment.
const { client, db } = await import("@/db");
const schema = await import("@/db/schema");
const { EVENT_KINDS, versions } = await import("./event-kinds");
const { post } = await import("./post-event");
const { inboxRow, someUser } = await import("./rows");
const { PERIOD_START } = await import("./stripe-objects");

afterAll(async () => {
  await client.end();
  proxy.close();
  truth.close();
});

const kinds = {
  ...EVENT_KINDS,
  "a subscription, unsure, read from Stripe": (of: { customer: string }) => {
    const events = versions(of, { status: "past_due" }, PERIOD_START);
    truth.now = PERIOD_START;
    truth.put({ ...(events[0]?.data.object as { id: string }), status: "unpaid" });
    return events;
  },
};

it.each(Object.entries(kinds))("%s", { timeout: 60_000 }, async (_, make) => {
  const uncut = await prepare(make);
  proxy.counts.statements = 0;
  expect((await post(uncut.event)).status).toBe(200);
  const { statements } = proxy.counts;
  const expected = await rowsOf(uncut);
  expect(statements).toBeGreaterThan(3);

  for (let after = 0; after < statements; after++) {
    for (const lost of ["question", "answer"] as const) {
      const one = await prepare(make);
      proxy.cutAfter(after, lost);
      expect([200, 503]).toContain((await post(one.event)).status);
      expect(proxy.isWhole(), `cut at ${after} of ${statements}`).toBe(false);
      expect((await post(one.event)).status).toBe(200);
      expect(await inboxRow(one.event.id)).toMatchObject({ status: "applied" });
      expect(await rowsOf(one), `${lost} lost at statement ${after}`).toEqual(expected);
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

interface Prepared {
  customer: string;
  event: TestEvent;
}

/** Everything up to the event itself, which leaves the connection open. */
async function prepare(make: (of: { customer: string }) => TestEvent[]): Promise<Prepared> {
  const user = await someUser();
  const events = make(user);
  const last = events.at(-1);
  if (!last) throw new Error("There is no event.");
  for (const before of events.slice(0, -1)) expect((await post(before)).status).toBe(200);
  return { customer: user.customer, event: last };
}

/** All rows that name the customer or the object, without what differs from one run to the next. */
async function rowsOf({ customer, event }: Prepared) {
  const { id } = event.data.object as { id: string };
  const { users, subscriptions, invoices, checkoutSessions, disputes, stripeTransactions } = schema;
  const rows = await Promise.all(
    [users, subscriptions, invoices, checkoutSessions, disputes, stripeTransactions].map(async (table) => {
      const found = await db.execute<{ row: string }>(
        sql`select (to_jsonb(${table}) - 'created_at' - 'email')::text as row from ${table} where to_jsonb(${table})::text like any (array[${`%${customer}%`}, ${`%${id}%`}])`,
      );
      return [getTableName(table), found.map(({ row }) => withoutIds(row)).toSorted()];
    }),
  );
  return Object.fromEntries(rows);
}

const withoutIds = (row: string) =>
  row
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<ours>")
    .replaceAll(/([a-z]+)_[0-9a-f]{18}/g, "$1_<id>");
