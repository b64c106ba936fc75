import { and, eq, inArray, isNull, notInArray, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { db } from "@/db";
import { deletedCustomers, stripeTransactions, subscriptions, users } from "@/db/schema";
import type { Statement } from "@/db/transaction";
import { livemode } from "@/env";
import { ACTIVE_STATUSES, ONGOING_STATUSES } from "./status";

/** Links a customer's rows to their user, and a user to the subscription that grants access. SQL statements, for others to send. */

/** The user whose Stripe customer this is or was, or null: rows of strangers are kept and linked when they are known. */
export const userOf = (stripeCustomerId: string | null) =>
  sql<string>`(
    select ${users.id} from ${users} where ${users.stripeCustomerId} = ${stripeCustomerId}
    union all
    select ${deletedCustomers.userId} from ${deletedCustomers} where ${deletedCustomers.stripeId} = ${stripeCustomerId}
    limit 1)`;

/** The subscription that grants access now: an active one before one that is merely ongoing, then the newest. */
export function setCurrentSubscription(userId: SQL) {
  const candidates = db
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.userId, users.id),
        inArray(subscriptions.status, ONGOING_STATUSES),
        // Its own end may be told later than its customer's.
        notInArray(
          subscriptions.stripeCustomerId,
          db
            .select({ id: deletedCustomers.stripeId })
            .from(deletedCustomers)
            .where(eq(deletedCustomers.userId, users.id)),
        ),
      ),
    )
    .orderBy(
      sql`${inArray(subscriptions.status, ACTIVE_STATUSES)} desc`,
      sql`${subscriptions.startedAt} desc`,
    )
    .limit(1);
  return db
    .update(users)
    .set({ currentSubscriptionId: sql`(${candidates})` })
    .where(eq(users.id, userId));
}

/** A table that says by `stripe_customer_id` whom a row concerns, and by `user_id` which of our users that is. */
type CustomerTable = PgTable & { stripeCustomerId: PgColumn; userId: PgColumn };

/**
 * From now on the user is this customer, and so are the rows that arrived before we knew.
 * @param tables every table with such rows beside the ledger
 */
export function linkCustomer(userId: string, stripeCustomerId: string, tables: CustomerTable[]): Statement[] {
  const claim = db
    .update(users)
    .set({ stripeCustomerId })
    .where(and(eq(users.id, userId), isNull(users.stripeCustomerId)));
  // Only fills gaps, so it commutes with everything else.
  const fill = [...tables, stripeTransactions].map((table: CustomerTable) =>
    db
      .update(table as PgTable)
      .set({ userId: userOf(stripeCustomerId) })
      .where(and(eq(table.stripeCustomerId, stripeCustomerId), isNull(table.userId))),
  );
  return [claim, ...fill, setCurrentSubscription(userOf(stripeCustomerId))];
}

/**
 * The customer is gone, and its subscriptions with it. Their own `deleted` events may come later and know
 * better; until then access ends here, and the user is free for another customer.
 */
export function unlinkCustomer(
  stripeCustomerId: string,
  stamp: { stampLo: number; stampHi: number },
): Statement[] {
  const end = db
    .update(subscriptions)
    .set({
      status: "canceled",
      endedAt: sql`coalesce(${subscriptions.endedAt}, to_timestamp(${stamp.stampHi}::bigint))`,
      stampLo: sql`greatest(${subscriptions.stampLo}, ${stamp.stampLo})`,
      stampHi: sql`greatest(${subscriptions.stampHi}, ${stamp.stampHi})`,
      fromCreated: false,
      rev: sql`${subscriptions.rev} + 1`,
    })
    .where(
      and(
        eq(subscriptions.stripeCustomerId, stripeCustomerId),
        notInArray(subscriptions.status, ["canceled", "incomplete_expired"]),
      ),
    );
  const remember = sql`insert into ${deletedCustomers} (stripe_id, user_id, livemode)
    select ${users.stripeCustomerId}, ${users.id}, ${livemode}::boolean from ${users}
    where ${eq(users.stripeCustomerId, stripeCustomerId)} on conflict do nothing`;
  const unlink = db
    .update(users)
    .set({ stripeCustomerId: null })
    .where(eq(users.stripeCustomerId, stripeCustomerId));
  return [end, remember, unlink, setCurrentSubscription(userOf(stripeCustomerId))];
}
