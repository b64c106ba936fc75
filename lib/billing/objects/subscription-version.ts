import type Stripe from "stripe";
import { subscriptionVersions } from "@/db/schema";
import { sql } from "@/db/sql";
import { columnsOf, newRows, type Write } from "@/db/write";
import { idOf, STRIPE_API_VERSION } from "../stripe";
import { type BilledVersion, mrrAt, mrrStepsAfter } from "./mrr";
import { contentOf, hashOf, type Terms, termsIn } from "./subscription-content";
import { toTime } from "./time";

/**
 * The facts that a subscription's history is made of (`subscription_versions`): what each event carried, and what a
 * read found that none of its events tells.
 *
 * An event in another API version is in a language this code was not written in: the read that it leads to stands for
 * it. A subscription on a test clock lives in that clock's time, of which a read does not say how late it is: it has
 * the versions of its events alone.
 */

export type Version = typeof subscriptionVersions.$inferInsert;

/** `inAnyOrder` of objects/definition.ts. */
export interface StampBounds {
  stampLo: number;
  stampHi: number;
}

/** Right in any order: the rows are a set. */
export function recordVersions(
  source: Stripe.Subscription,
  events: Stripe.Event[],
  stamp: StampBounds,
): Write[] {
  // JSON has no bigint.
  const rows = versionsOf(source, events, stamp).map((version) => ({
    ...version,
    mrrMicro: String(version.mrrMicro),
  }));
  if (!rows[0]) return [];
  const { names, values } = columnsOf(rows[0]);
  const statement = sql`insert into subscription_versions (${names})
    select ${values} from turn, ${newRows(subscriptionVersions, rows)}
    on conflict (id) do nothing`;
  return [{ table: subscriptionVersions, statement, image: null }];
}

/** @param source the object of an event, or what Stripe answered when it was asked because of the events */
function versionsOf(source: Stripe.Subscription, events: Stripe.Event[], stamp: StampBounds): Version[] {
  const told = events.filter(isReadable).map((event) => versionOfEvent(event, source));
  const isRead = events.every(({ data }) => data.object !== source);
  if (!isRead || isOnTestClock(source)) return told;
  const read = versionOfRead(source, events, stamp);
  const isTold = told.some(({ contentHash }) => contentHash === read.contentHash);
  return isTold || !saysAll(read) ? told : [...told, read];
}

/** A subscription that came along with its checkout names its discounts by their ids alone. */
const saysAll = ({ discounts }: Version) => discounts.every(({ duration }) => duration !== null);

export const isReadable = ({ api_version }: Stripe.Event) => api_version === STRIPE_API_VERSION;

export const isOnTestClock = ({ test_clock }: Stripe.Subscription) => Boolean(test_clock);

/** An event names discounts by their ids. Their terms, which never change, are in a read that still shows them. */
export function versionOfEvent(event: Stripe.Event, read: Stripe.Subscription): Version {
  const subscription = event.data.object as Stripe.Subscription;
  const terms = termsIn(read);
  const previous = event.data.previous_attributes;
  return {
    ...toVersion(subscription, event.created, terms),
    id: event.id,
    stripeEventId: event.id,
    moment: momentOf(event.type),
    readBy: null,
    previousHash: previous ? hashOf(contentOf(overlay(subscription, previous), terms)) : null,
  };
}

function versionOfRead(read: Stripe.Subscription, events: Stripe.Event[], stamp: StampBounds): Version {
  const unreadable = events.filter((event) => !isReadable(event)).map(({ created }) => created);
  const from = unreadable.length ? Math.max(...unreadable) : stamp.stampLo;
  const version = toVersion(read, from, new Map());
  return {
    ...version,
    id: `${read.id}:${from}:${version.contentHash}`,
    stripeEventId: null,
    moment: "read",
    readBy: toTime(stamp.stampHi),
    previousHash: null,
  };
}

export function momentOf(type: string): Version["moment"] {
  if (type.endsWith(".created")) return "created";
  return type.endsWith(".deleted") ? "deleted" : "changed";
}

function toVersion(subscription: Stripe.Subscription, second: number, terms: Terms) {
  const content = contentOf(subscription, terms);
  return {
    stripeSubscriptionId: subscription.id,
    stripeCustomerId: idOf(subscription.customer),
    livemode: subscription.livemode,
    ...content,
    ...mrrFrom(content, second),
    validFrom: toTime(second),
    contentHash: hashOf(content),
  };
}

export const mrrFrom = (content: BilledVersion, second: number) => ({
  mrrMicro: mrrAt(content, second),
  mrrSteps: mrrStepsAfter(content, second),
});

/** Objects are merged, all else is replaced: so does Stripe write `previous_attributes`. */
function overlay<T>(value: T, previous: object): T {
  const merged = Object.entries(previous).map(([name, part]) => {
    const present = (value as Record<string, unknown>)[name];
    return [name, isPlain(present) && isPlain(part) ? overlay(present, part) : part];
  });
  return { ...value, ...Object.fromEntries(merged) };
}

const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Stripe does not know it any more, and no event told of its end. */
export const recordEnd = (stripeSubscriptionId: string, { stampLo, stampHi }: StampBounds): Write => ({
  table: subscriptionVersions,
  statement: sql`insert into subscription_versions (id, stripe_subscription_id, stripe_customer_id, status, currency, items,
      discounts, livemode, mrr_micro, mrr_steps, moment, valid_from, read_by, content_hash)
    select stripe_id || ':gone', stripe_id, stripe_customer_id, 'canceled', currency, '[]', '[]', livemode, 0, '[]', 'read',
      to_timestamp(${stampLo}::bigint), to_timestamp(${stampHi}::bigint), 'gone'
    from subscriptions, turn
    where stripe_id = ${stripeSubscriptionId} and status not in ('canceled', 'incomplete_expired')
    on conflict do nothing`,
  image: null,
});
