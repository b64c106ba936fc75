import { desc, getViewSelectedFields, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { subscriptionSpans } from "@/db/schema";
import type { Comparison } from "./definition";
import { mrrAt } from "./mrr";
import { contentOf } from "./subscription-content";
import { isOnTestClock } from "./subscription-version";

const { mrrMicro, stripeSubscriptionId, toldAt, validFrom, ...content } =
  getViewSelectedFields(subscriptionSpans);

/** The version that is true now; a span to come waits for a discount to run out. */
const newestVersion = db
  .selectDistinctOn([stripeSubscriptionId], {
    ...content,
    stripeSubscriptionId,
    name: sql<string>`${stripeSubscriptionId} || ' in its history'`.as("name"),
    mrrMicro: sql<string>`${mrrMicro}::text`.as("mrr_micro_as_text"),
  })
  .from(subscriptionSpans)
  .where(sql`${validFrom} <= greatest(now(), ${toldAt})`)
  .orderBy(stripeSubscriptionId, desc(validFrom))
  .as("newest_version");

/** Holds the newest version that the history knows against Stripe: what differs, no event told of. */
export const newestVersionComparison: Comparison<Stripe.Subscription> = {
  table: newestVersion,
  objectId: newestVersion.stripeSubscriptionId,
  rowId: { name: "name" },
  rowsOf: (source) =>
    isOnTestClock(source) ? [] : [{ id: `${source.id} in its history`, fields: fieldsOf(source) }],
  mayBeForeign: () => false,
  strayRow: () => null,
};

/** The terms of discounts show in the sum: an event may have named one that nobody could read any more. */
function fieldsOf(source: Stripe.Subscription) {
  const { discounts, ...fields } = contentOf(source);
  const mrr = mrrAt({ ...fields, discounts }, Math.floor(Date.now() / 1000));
  return { ...fields, mrrMicro: String(mrr) };
}
