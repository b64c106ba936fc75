import { bigint, boolean, integer, timestamp, uuid } from "drizzle-orm/pg-core";

/** Columns that several tables share. Functions, because a drizzle column belongs to one table. */

export const id = () => uuid().primaryKey().defaultRandom();
export const time = () => timestamp({ withTimezone: true });
export const createdAt = () => time().notNull().defaultNow();
/** Integer minor units (cents); always stands beside a `currency`. */
export const money = () => bigint({ mode: "number" });

/**
 * How new the copy of a Stripe object is, in seconds of Stripe's clock. The copy includes every change made
 * before `stampLo` and none made after `stampHi`; in between the order is unknown, because Stripe's `created`
 * counts whole seconds. The rules are in lib/billing/sync/decide.ts.
 */
export const versionStamp = () => ({
  stampLo: bigint({ mode: "number" }).notNull().default(0),
  stampHi: bigint({ mode: "number" }).notNull().default(0),
  /** The content came from the object's `.created` event, so every other event is newer. */
  fromCreated: boolean().notNull().default(false),
  /** Counts every event that could have been newer, even one with equal content. */
  rev: integer().notNull().default(0),
  /** Stripe answered that the object does not exist any more. */
  deletedAt: time(),
});
