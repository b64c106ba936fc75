import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { stripeTransactions, subscriptions, users } from "@/db/schema";
import { type Fragment, identifier, raw, sql } from "@/db/sql";
import { nameOf, type Write } from "@/db/write";
import { ACTIVE_STATUSES, ONGOING_STATUSES } from "./status";

/** Links a customer's rows to their user, and a user to the subscription that grants access. Parts of a writing statement. */

/** The name of the part that writes the row with the version stamp; another part cannot see that row in its table yet. */
export const MIRRORED = "mirrored";

/** Not the rest of a person's row: the inbox is no place for a password's hash. */
export const BILLING_OF_USER = sql`jsonb_build_object(
  'stripe_customer_id', users.stripe_customer_id, 'current_subscription_id', users.current_subscription_id)`;

const listOf = (statuses: string[]) => raw(statuses.map((status) => `'${status}'`).join(", "));
const ONGOING = listOf(ONGOING_STATUSES);
const ACTIVE = listOf(ACTIVE_STATUSES);

/**
 * The subscription that grants access: an active one before one that is merely ongoing, then the newest. A subscription of
 * a customer that was deleted grants none, whatever it says: its own end may be told later than its customer's.
 * @param stored the user's rows, by the name `s`, as they are before the statement
 * @param written the row that the statement writes, with the same columns
 */
const bestOf = (stored: Fragment, written: Fragment) => sql`(
  select id from (${stored} union all ${written}) as candidates (id, status, started_at)
  where status in (${ONGOING})
  order by status in (${ACTIVE}) desc, started_at desc
  limit 1)`;

const storedOf = (isTheirs: Fragment) => sql`
  select s.id, s.status, s.started_at from subscriptions s
  where ${isTheirs} and not exists (
    select from customers c
    where c.stripe_id = s.stripe_customer_id and c.user_id = turn.user_id and c.deleted_at is not null)`;

const NONE = sql`select null::uuid, null::text, null::timestamptz where false`;

/** After a write of a subscription. */
export function grantAccess(stripeSubscriptionId: string): Write {
  const stored = storedOf(sql`s.user_id = turn.user_id and s.stripe_id <> ${stripeSubscriptionId}`);
  const written = sql`
    select w.id, w.row ->> 'status', (w.row ->> 'started_at')::timestamptz
    from ${identifier(MIRRORED)} w where turn.deleted_at is null`;
  return updateUser(bestOf(stored, written), sql`users.stripe_customer_id`);
}

/** Writes nothing where nothing changes, which is most of the time. */
const updateUser = (subscription: Fragment, customer: Fragment, condition = sql`true`): Write => ({
  table: users,
  statement: sql`update users set stripe_customer_id = ${customer}, current_subscription_id = granted.id
    from turn, lateral (select ${subscription} as id) as granted
    where users.id = (select user_id from turn) and ${condition}
      and (users.stripe_customer_id, users.current_subscription_id) is distinct from (${customer}, granted.id)`,
  image: BILLING_OF_USER,
});

/** A table that says by `stripe_customer_id` whom a row concerns, and by `user_id` which of our users that is. */
type CustomerTable = PgTable & { stripeCustomerId: PgColumn; userId: PgColumn };

/** The user becomes this customer, unless they are another by now. For the turn's `owner`. */
export const userFreeFor = (userId: string, stripeCustomerId: string) =>
  sql`(select id from users where id = ${userId} and coalesce(stripe_customer_id, ${stripeCustomerId}) = ${stripeCustomerId})`;

/**
 * From now on the turn's user is this customer, and so are the rows that arrived before we knew.
 * @param tables every table with such rows beside the ledger
 */
export function linkCustomer(stripeCustomerId: string, tables: CustomerTable[]): Write[] {
  const isTheirs = sql`(s.user_id = turn.user_id or (s.user_id is null and s.stripe_customer_id = ${stripeCustomerId}))`;
  const claim = updateUser(
    bestOf(storedOf(isTheirs), NONE),
    sql`${stripeCustomerId}`,
    sql`coalesce(users.stripe_customer_id, ${stripeCustomerId}) = ${stripeCustomerId}`,
  );
  const fill = [...tables, stripeTransactions].map((table: CustomerTable): Write => {
    const name = nameOf(table);
    const isNobodys = sql`${name}.stripe_customer_id = ${stripeCustomerId} and ${name}.user_id is null`;
    return { table, statement: sql`update ${name} set user_id = turn.user_id from turn where ${isNobodys}` };
  });
  return [claim, ...fill];
}

/**
 * The customer is gone, and its subscriptions with it. Their own `deleted` events may come later and know
 * better; until then access ends here, and the user is free for another customer.
 */
export function unlinkCustomer(
  stripeCustomerId: string,
  { stampLo, stampHi }: { stampLo: number; stampHi: number },
): Write[] {
  const end = sql`update subscriptions set
      status = 'canceled',
      ended_at = coalesce(ended_at, to_timestamp(${stampHi}::bigint)),
      stamp_lo = greatest(stamp_lo, ${stampLo}),
      stamp_hi = greatest(stamp_hi, ${stampHi}),
      from_created = false,
      rev = rev + 1
    from turn
    where stripe_customer_id = ${stripeCustomerId} and status not in ('canceled', 'incomplete_expired')`;
  const others = sql`s.user_id = turn.user_id and s.stripe_customer_id <> ${stripeCustomerId}`;
  const free = updateUser(
    bestOf(storedOf(others), NONE),
    sql`nullif(users.stripe_customer_id, ${stripeCustomerId})`,
  );
  return [{ table: subscriptions, statement: end }, free];
}
