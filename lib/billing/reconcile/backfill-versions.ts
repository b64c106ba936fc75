import { and, asc, eq, inArray } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { stripeEvents, subscriptionVersions } from "@/db/schema";
import { definitionOf } from "../objects";
import { isReadable, mrrFrom, type Version, versionOfEvent } from "../objects/subscription-version";
import { discountsOf, fromImage, type Image, type InboxEvent, RowHistory } from "./version-images";

/**
 * Writes the versions of subscriptions that the inbox tells of and that were applied before there was a history: from
 * what an event carried, or, once that was dropped because of its age, from the rows as they were after it. Not in a
 * migration, because the sum of each version has its one rule in mrr.ts, and because a deploy should not wait for it.
 */

const BATCH = 500;

/**
 * Adds what is missing, so it may be broken off, repeated, and run beside the shop.
 * @returns the number of versions it added
 */
export async function backfillVersions(): Promise<number> {
  const ids = await listEventIds();
  const history = new RowHistory();
  let added = 0;
  for (let start = 0; start < ids.length; start += BATCH) {
    const events = await listEvents(ids.slice(start, start + BATCH));
    const versions = events.flatMap((event) => versionOf(event, history) ?? []);
    if (versions.length) added += await insertVersions(versions);
  }
  return added;
}

/** A subscription's events one after another, as they were applied: an image shows only the rows that changed. */
const ORDER = [
  asc(stripeEvents.objectId),
  asc(stripeEvents.appliedAt),
  asc(stripeEvents.createdAt),
  asc(stripeEvents.id),
];

async function listEventIds(): Promise<string[]> {
  const types = Object.keys(definitionOf("subscription").events);
  const rows = await db
    .select({ id: stripeEvents.id })
    .from(stripeEvents)
    .where(and(inArray(stripeEvents.type, types), eq(stripeEvents.status, "applied")))
    .orderBy(...ORDER);
  return rows.map(({ id }) => id);
}

const listEvents = (ids: string[]): Promise<InboxEvent[]> =>
  db
    .select()
    .from(stripeEvents)
    .where(inArray(stripeEvents.id, ids))
    .orderBy(...ORDER);

async function insertVersions(versions: Version[]): Promise<number> {
  const added = await db
    .insert(subscriptionVersions)
    .values(versions)
    .onConflictDoNothing()
    .returning({ id: subscriptionVersions.id });
  return added.length;
}

/** @returns null for an event that changed no row and of which nothing else is left */
function versionOf(event: InboxEvent, history: RowHistory): Version | null {
  const image = history.after(event);
  // It was known here since then, though in another table.
  const recordedAt = event.appliedAt ?? event.createdAt;
  const payload = event.payload as Stripe.Event | null;
  if (payload && isReadable(payload))
    return {
      ...withTerms(versionOfEvent(payload, payload.data.object as Stripe.Subscription), image),
      recordedAt,
    };
  return image && { ...fromImage(event, image), recordedAt };
}

/** An event names discounts by their ids; the row that a read of that time wrote has what they take off. */
function withTerms(version: Version, image: Image | null): Version {
  const terms = new Map(discountsOf(image).map((discount) => [discount.id, discount]));
  const discounts = version.discounts.map((discount) => ({ ...discount, ...terms.get(discount.id) }));
  const content = { ...version, discounts, pauseBehavior: version.pauseBehavior ?? null };
  return { ...content, ...mrrFrom(content, version.validFrom.getTime() / 1000) };
}
