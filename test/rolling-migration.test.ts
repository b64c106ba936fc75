import postgres from "postgres";
import { afterAll, expect, it } from "vitest";
import { startOwnDatabase } from "./support/own-database";

/** The version before runs on beside the new one for a while; its statements, as it sends them, still work. */

const own = await startOwnDatabase();
await own.migrate();
const sql = postgres(own.url, { max: 1, onnotice: () => {} });
afterAll(async () => {
  await sql.end();
  await own.stop();
});

it("writes and reads stripe_products by the old name plans", async () => {
  const write = (stampHi: number) => sql`
    insert into plans (stripe_id, livemode, stamp_lo, stamp_hi, from_created) values ('prod_1', false, 3, ${stampHi}, false)
    on conflict (stripe_id) do update set stamp_hi = excluded.stamp_hi, rev = plans.rev + 1`;
  await write(5);
  await write(8);
  const [image] =
    await sql`select 'plans' as "table", id, to_jsonb(plans) as row from plans where stripe_id = 'prod_1'`;
  expect(image?.row).toMatchObject({ stripe_id: "prod_1", stamp_lo: 3, stamp_hi: 8, rev: 1 });
  const rows = await sql`select stripe_id, stamp_lo::int, stamp_hi::int, rev, livemode from stripe_products`;
  expect(rows).toEqual([{ stripe_id: "prod_1", stamp_lo: 3, stamp_hi: 8, rev: 1, livemode: false }]);
});

it("remembers and finds a deleted customer by the old table", async () => {
  const [user] = await sql`insert into users (email, name, password_hash, stripe_customer_id)
    values ('ada@example.com', 'Ada', '-', 'cus_1') returning id`;
  await sql`insert into customers (stripe_id, rev, livemode) values ('cus_1', 7, false)`;
  const remember = () => sql`insert into deleted_customers (stripe_id, user_id, livemode)
    select users.stripe_customer_id, users.id, ${false}::boolean from users
    where users.stripe_customer_id = 'cus_1' on conflict do nothing`;
  await remember();
  await remember();
  const found = await sql`select user_id from deleted_customers where stripe_id = 'cus_1'`;
  expect(found).toEqual([{ user_id: user?.id }]);
  const [row] =
    await sql`select user_id, deleted_at is not null as deleted, rev > 7 as changed from customers`;
  expect(row).toEqual({ user_id: user?.id, deleted: true, changed: true });
});
