import { getTableName } from "drizzle-orm";
import { stripeEvents } from "@/db/schema";
import { type Fragment, identifier, run, sql } from "@/db/sql";
import { nameOf, newRows, type Write } from "@/db/write";
import { livemode } from "@/env";

/** Names the customer whose news is written, and the rows on which it was decided. */
export interface Turn {
  /** A customer, or an object that belongs to none; null when only marks are written, which are right in any order. */
  key: string | null;
  /** The `rev` of its row in `customers` when the rows were read; null when there was none. */
  rev: number | null;
  /** The customer's user, as an expression, if nobody is known to be; else the user whose row names it. */
  owner?: Fragment;
  /** Stripe does not know the customer any more. */
  isDeleted: boolean;
}

/** Events to be marked as applied, as rows of `stripe_events`. */
export interface Marks {
  rows: Record<string, unknown>[];
  /** Applied before or not, they are marked anew. */
  again: boolean;
}

/**
 * Everything that news leads to, in one statement that commits by itself: a crash leaves all or nothing, and no lock is
 * held while anybody thinks. A statement that waited for the row of `customers` sees its newest version, so whoever
 * decided on older rows finds another `rev` and writes nothing.
 * @returns false when something else was written since the rows were read: read and decide again
 */
export async function writeInTurn(turn: Turn, writes: Write[], marks: Marks | null): Promise<boolean> {
  const parts = writes.map(toPart);
  const mark = marks ? sql`, mark as (${markApplied(marks, writes)} returning 1)` : sql``;
  const [done] = await run<{ isOurs: boolean }>(sql`with turn as (${takeTurn(turn)}) ${parts} ${mark}
    select ${marks ? sql`exists (select from mark)` : sql`exists (select from turn)`} as "isOurs"`);
  return done?.isOurs ?? false;
}

/** Others write for the same customer at this moment. Each time somebody got on, so after so many it is Stripe's to wait. */
export const MAX_LOSSES = 30;

/** A longer wait is better left to Stripe's retry. Set for this statement alone, since a pooler shares connections. */
const LOCK_TIMEOUT = "4s";
const NEVER_READ = -1;

function takeTurn({ key, rev, owner, isDeleted }: Turn): Fragment {
  if (key === null) return sql`select null::uuid as user_id, null::timestamptz as deleted_at`;
  return sql`insert into customers (stripe_id, user_id, deleted_at, livemode)
    select ${key}, ${owner ?? userNaming(key)}, case when ${isDeleted}::boolean then now() end, ${livemode}
    where set_config('lock_timeout', ${LOCK_TIMEOUT}, true) is not null
    on conflict (stripe_id) do update set
      rev = customers.rev + 1,
      user_id = coalesce(customers.user_id, excluded.user_id),
      deleted_at = coalesce(customers.deleted_at, excluded.deleted_at)
    where customers.rev = ${rev ?? NEVER_READ}
    returning user_id, deleted_at`;
}

const userNaming = (stripeCustomerId: string) =>
  sql`(select id from users where stripe_customer_id = ${stripeCustomerId})`;

export async function getRev(key: string): Promise<number | null> {
  const [row] = await run<{ rev: number }>(sql`select rev from customers where stripe_id = ${key}`);
  return row?.rev ?? null;
}

const nameOfPart = ({ name }: Write, index: number) => identifier(name ?? `write_${index}`);

function toPart(write: Write, index: number): Fragment {
  return sql`, ${nameOfPart(write, index)} as (${write.statement} returning ${returningOf(write)})`;
}

const imageIn = (write: Write) => write.image ?? sql`to_jsonb(${nameOf(write.table)})`;

const returningOf = (write: Write): Fragment =>
  write.image === null ? sql`1` : sql`${nameOf(write.table)}.id, ${imageIn(write)} as row`;

/** Each row that a part wrote, with its image before: to the statement the tables still are as they were. */
function imagesOf(write: Write, index: number): Fragment[] {
  if (write.image === null) return [];
  const name = nameOf(write.table);
  const before = sql`select ${imageIn(write)} from ${name} where ${name}.id = written.id`;
  return [
    sql`select ${getTableName(write.table)}::text, written.id, (${before}), written.row from ${nameOfPart(write, index)} written`,
  ];
}

/** `changes` tells which rows differ from their image before. */
function markApplied({ rows, again }: Marks, writes: Write[]): Fragment {
  const images = writes.flatMap(imagesOf).map((image, index) => (index ? sql`union all ${image}` : image));
  const changes = images.length
    ? sql`(select jsonb_agg(jsonb_build_object('table', "table", 'id', id, 'before', before, 'after', after))
      from (${images}) as images("table", id, before, after) where after is distinct from before)`
    : sql`null::jsonb`;
  return sql`insert into stripe_events (id, type, api_version, livemode, stripe_created_at, object_id, stripe_customer_id, payload, status, attempts, note, applied_at, changes)
    select new.id, new.type, new.api_version, new.livemode, new.stripe_created_at, new.object_id, new.stripe_customer_id, new.payload, 'applied', 1, new.note, now(), ${changes}
    from turn, ${newRows(stripeEvents, rows)}
    on conflict (id) do update set
      status = excluded.status,
      stripe_customer_id = excluded.stripe_customer_id,
      note = excluded.note,
      applied_at = excluded.applied_at,
      changes = excluded.changes,
      attempts = stripe_events.attempts + 1
    where stripe_events.status <> 'applied' or ${again}::boolean`;
}
