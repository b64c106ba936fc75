import { type SQL, sql } from "drizzle-orm";
import { bigint, boolean, integer, jsonb, pgView, text } from "drizzle-orm/pg-core";
import { money, time } from "./columns";
import type { VersionDiscount, VersionItem } from "./subscription-versions";

/**
 * The history of subscriptions: one row per version, true over [valid_from, valid_to) of Stripe's time. It is derived
 * from the facts in `subscription_versions`, so an event that comes late splits a span by itself.
 *
 * - The last content of a second counts. Its events are edges from a content to the next, and the end of their path is
 *   the content that is reached once more often than it is left. A path that ends where it began leaves all as it was.
 *   Where events are missing and several ends are left, the greatest id decides.
 * - A read is true at some instant between `valid_from` and `read_by`. It says nothing new if an event of that time
 *   tells the same, or if it repeats what was known before. Otherwise no event told of it, and it comes after those.
 * - A span ends, too, at the second in which a discount runs out; such a span may begin in the future.
 *
 * The numbers of `place`: 0 a read that repeats, 1 `created`, 2 `updated`, 3 a read with news, 4 `deleted`.
 */
export const spansOf = (known: SQL) => sql`
with known as not materialized (${known}),
ranked as (
  select known.*,
    case moment when 'read' then 0 when 'created' then 1 when 'changed' then 2 else 4 end as rank,
    min(content_hash) filter (where moment <> 'read') over (partition by stripe_subscription_id, valid_from)
      is not distinct from
    max(content_hash) filter (where moment <> 'read') over (partition by stripe_subscription_id, valid_from) as is_alone,
    count(stripe_event_id) over (partition by stripe_subscription_id, valid_from, content_hash) as reached
  from known
),
weighed as (
  select ranked.*,
    case when is_alone then 1 else reached - (
      select count(*) from known as later
      where later.stripe_subscription_id = ranked.stripe_subscription_id
        and later.valid_from = ranked.valid_from and later.previous_hash = ranked.content_hash
    ) end as balance
  from ranked
),
ended as (
  select weighed.*,
    case when moment <> 'read' and (moment = 'deleted' or balance > 0)
      and row_number() over (partition by stripe_subscription_id, valid_from order by rank desc, balance desc, id desc) = 1
      then content_hash end as end_hash
  from weighed
),
counted as (
  select ended.*, count(end_hash) over (partition by stripe_subscription_id order by valid_from, rank) as stretch
  from ended
),
carried as (
  select counted.*, max(end_hash) over (partition by stripe_subscription_id, stretch) as known_hash
  from counted
),
placed as (
  select carried.*,
    case when moment = 'read' and content_hash is distinct from known_hash then 3 else rank end as place,
    case when moment = 'read' and content_hash is distinct from known_hash then greatest(valid_from, (
      select max(told.valid_from) from known as told
      where told.stripe_subscription_id = carried.stripe_subscription_id and told.moment <> 'read'
        and told.valid_from between carried.valid_from and carried.read_by
    )) else valid_from end as told_at
  from carried
  where moment <> 'read' or not exists (
    select from known as told
    where told.stripe_subscription_id = carried.stripe_subscription_id and told.moment <> 'read'
      and told.valid_from between carried.valid_from and carried.read_by
      and told.content_hash = carried.content_hash and told.mrr_micro = carried.mrr_micro
  )
),
ordered as (
  select placed.*, row_number() over (
    partition by stripe_subscription_id, told_at
    order by place desc, balance desc, (content_hash is not distinct from known_hash) desc,
      case when moment = 'read' then recorded_at end desc nulls last, id desc
  ) as from_last
  from placed
),
closed as (
  select ordered.*, lead(told_at) over (partition by stripe_subscription_id order by told_at) as told_until
  from ordered where from_last = 1
),
stepped as (
  select closed.*, step.at as span_from, step.mrr as span_mrr
  from closed cross join lateral (
    select told_at as at, mrr_micro as mrr
    union all
    select to_timestamp((one ->> 'at')::bigint), (one ->> 'mrrMicro')::bigint
    from jsonb_array_elements(mrr_steps) as one
    where to_timestamp((one ->> 'at')::bigint) > told_at
      and (told_until is null or to_timestamp((one ->> 'at')::bigint) < told_until)
  ) as step
),
compared as (
  select stepped.*, (content_hash, span_mrr) is distinct from (
    lag(content_hash) over (partition by stripe_subscription_id order by span_from),
    lag(span_mrr) over (partition by stripe_subscription_id order by span_from)
  ) as is_new
  from stepped
)
select stripe_subscription_id, stripe_customer_id, status, pause_behavior, pause_resumes_at, stripe_price_id, quantity,
  unit_amount, currency, "interval", interval_count, items, discounts, cancel_at, cancellation_reason, trial_end,
  livemode, span_mrr as mrr_micro, stripe_event_id, recorded_at, told_at, span_from as valid_from,
  lead(span_from) over (partition by stripe_subscription_id order by span_from) as valid_to
from compared where is_new`;

export const subscriptionSpans = pgView("subscription_spans", {
  stripeSubscriptionId: text().notNull(),
  stripeCustomerId: text().notNull(),
  status: text().notNull(),
  pauseBehavior: text(),
  pauseResumesAt: time(),
  stripePriceId: text(),
  quantity: integer(),
  unitAmount: money(),
  currency: text().notNull(),
  interval: text(),
  intervalCount: integer(),
  items: jsonb().$type<VersionItem[]>().notNull(),
  discounts: jsonb().$type<VersionDiscount[]>().notNull(),
  cancelAt: time(),
  cancellationReason: text(),
  trialEnd: time(),
  livemode: boolean().notNull(),
  /** In millionths of the minor unit. */
  mrrMicro: bigint({ mode: "bigint" }).notNull(),
  /** Null when a read found it and no event told of it. */
  stripeEventId: text(),
  recordedAt: time().notNull(),
  /** The second in which the version began; `validFrom` is later where only a discount ran out since. */
  toldAt: time().notNull(),
  validFrom: time().notNull(),
  /** Null while it is true. */
  validTo: time(),
}).as(spansOf(sql`select * from subscription_versions`));
