import type Stripe from "stripe";
import { subscriptionItems, subscriptions } from "@/db/schema";
import { sql } from "@/db/sql";
import { columnsOf, json, newRows, type Write } from "@/db/write";
import { grantAccess } from "../customer-links";
import { idOf, stripe } from "../stripe";
import {
  NOTHING_ELSE,
  type ObjectDefinition,
  type ObjectEffects,
  ONE_ROW_EACH,
  ownId,
  type Page,
  type Pages,
} from "./definition";
import { hasIdsOnly, toDecimalText, toDiscounts } from "./price-parts";
import { newestVersionComparison } from "./subscription-drift";
import { recordEnd, recordVersions } from "./subscription-version";
import { toTime, toTimeOrNull } from "./time";

/** A subscription is billed again and again, and gives access while it runs. */
export const subscription = {
  events: {
    "customer.subscription.created": "access begins",
    "customer.subscription.updated": "renewal, plan change, cancellation, past due",
    "customer.subscription.paused": "access pauses: a trial ended without a card",
    "customer.subscription.resumed": "access is back",
    "customer.subscription.deleted": "access ends",
  },
  notedEvents: {
    "customer.subscription.trial_will_end": "three days' notice; the end of the trial is an event of its own",
  },
  idFrom: { subscription: ownId },
  // An event names discounts by their ids alone; how much they are worth is in a read.
  isCarriedWhole: (source) => !hasUnreadDiscounts(source),
  retrieve: retrieveWithDiscounts,
  list: listWithDiscounts,
  ledgerEntries: () => [],
  ownLedgerKind: null,
  effects: (source, events) => ({
    ...access(source.id, idOf(source.customer)),
    note: `Subscription ${source.id} is ${source.status}.`,
    row: toSubscriptionRow(source),
    parts: {
      table: subscriptionItems,
      where: sql`stripe_subscription_id = ${source.id}`,
      rows: toItemRows(source),
    },
    afterRow: () => [...writeItems(source), grantAccess(source.id)],
    inAnyOrder: (stamp) => recordVersions(source, events, stamp),
  }),
  effectsWhenGone: (id, stripeCustomerId) => ({
    ...access(id, stripeCustomerId),
    note: `Stripe knows no subscription ${id}.`,
    inAnyOrder: (stamp) => [recordEnd(id, stamp)],
  }),
  mirror: {
    table: subscriptions,
    rankOf: () => 0,
    whenGone: { status: "canceled" },
    keepsTombstone: false,
  },
  comparisons: [
    {
      ...ONE_ROW_EACH,
      table: subscriptions,
      objectId: subscriptions.stripeId,
      rowId: subscriptions.stripeId,
      rowsOf: (source) => [{ id: source.id, fields: toSubscriptionRow(source) }],
    },
    {
      table: subscriptionItems,
      objectId: subscriptionItems.stripeSubscriptionId,
      rowId: subscriptionItems.stripeId,
      rowsOf: (source) => toItemRows(source).map((row) => ({ id: row.stripeId, fields: row })),
      mayBeForeign: () => false,
      strayRow: () => ({ field: "row", ours: "exists", stripe: null }),
    },
    newestVersionComparison,
  ],
  listOtherIds: async () => [],
  customerTable: subscriptions,
} satisfies ObjectDefinition<Stripe.Subscription>;

/** Any change of a subscription may give its user another current one. */
const access = (id: string, stripeCustomerId: string | null): Omit<ObjectEffects, "note"> => ({
  ...NOTHING_ELSE,
  stripeCustomerId,
  afterRow: () => [grantAccess(id)],
});

const hasUnreadDiscounts = ({ discounts, items }: Stripe.Subscription) =>
  hasIdsOnly(discounts) || hasUnreadItems({ items });

const hasUnreadItems = ({ items }: Pick<Stripe.Subscription, "items">) =>
  items.data.some(({ discounts }) => hasIdsOnly(discounts));

type Answer<Source> = Stripe.Response<Source>;

async function retrieveWithDiscounts(id: string, options: Stripe.RequestOptions) {
  const expand = ["discounts.source.coupon"];
  return withItemDiscounts(await stripe.subscriptions.retrieve(id, { expand }, options), options);
}

async function* listWithDiscounts(
  pages: Pages,
  after: string | null,
): AsyncGenerator<Page<Stripe.Subscription>> {
  // Without `all` Stripe leaves the canceled ones out.
  const filter = { status: "all" as const, expand: ["data.discounts.source.coupon"] };
  yield* pages<Stripe.Subscription>(async (params, options) => {
    const page = await stripe.subscriptions.list({ ...params, ...filter }, options);
    const whole = { ...page, lastResponse: page.lastResponse, data: [] as Stripe.Subscription[] };
    for (const source of page.data) {
      const { lastResponse, ...one } = await withItemDiscounts(
        { ...source, lastResponse: whole.lastResponse },
        options,
      );
      whole.data.push(one);
      whole.lastResponse = lastResponse;
    }
    return whole;
  }, after);
}

/**
 * Stripe expands four levels, and an item's coupon would be the fifth. Few items have one of their own.
 * @returns the subscription, dated by the later of both answers
 */
async function withItemDiscounts(
  source: Answer<Stripe.Subscription>,
  options: Stripe.RequestOptions,
): Promise<Answer<Stripe.Subscription>> {
  if (!hasUnreadItems(source)) return source;
  const asked = { subscription: source.id, limit: 100, expand: ["data.discounts.source.coupon"] };
  const { data, lastResponse } = await stripe.subscriptionItems.list(asked, options);
  return { ...source, items: { ...source.items, data }, lastResponse };
}

/** The first item stands for the subscription where one price, one period and one quantity are asked for. */
function toSubscriptionRow(subscription: Stripe.Subscription) {
  const item = subscription.items.data[0];
  if (!item)
    throw new Error(`Subscription ${subscription.id} has no items, so it has no price and no period.`);
  return {
    stripeId: subscription.id,
    stripeCustomerId: idOf(subscription.customer),
    status: subscription.status,
    stripePriceId: item.price.id,
    quantity: item.quantity ?? 1,
    unitAmount: item.price.unit_amount,
    currency: subscription.currency,
    interval: item.price.recurring?.interval ?? null,
    intervalCount: item.price.recurring?.interval_count ?? 1,
    currentPeriodStart: toTime(item.current_period_start),
    currentPeriodEnd: toTime(item.current_period_end),
    trialStart: toTimeOrNull(subscription.trial_start),
    trialEnd: toTimeOrNull(subscription.trial_end),
    cancelAt: toTimeOrNull(subscription.cancel_at),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    canceledAt: toTimeOrNull(subscription.canceled_at),
    cancellationReason: subscription.cancellation_details?.reason ?? null,
    endedAt: toTimeOrNull(subscription.ended_at),
    collectionMethod: subscription.collection_method,
    pauseBehavior: subscription.pause_collection?.behavior ?? null,
    pauseResumesAt: toTimeOrNull(subscription.pause_collection?.resumes_at),
    discounts: toDiscounts(subscription.discounts),
    stripeScheduleId: idOf(subscription.schedule),
    startedAt: toTime(subscription.start_date),
    livemode: subscription.livemode,
  } satisfies Partial<typeof subscriptions.$inferInsert>;
}

const toItemRows = (subscription: Stripe.Subscription) =>
  subscription.items.data.map((item) => ({
    stripeId: item.id,
    stripeSubscriptionId: subscription.id,
    stripePriceId: item.price.id,
    stripeProductId: idOf(item.price.product),
    quantity: item.quantity ?? null,
    unitAmount: item.price.unit_amount,
    unitAmountDecimal: toDecimalText(item.price.unit_amount_decimal),
    currency: item.price.currency,
    interval: item.price.recurring?.interval ?? null,
    intervalCount: item.price.recurring?.interval_count ?? 1,
    usageType: item.price.recurring?.usage_type ?? null,
    currentPeriodStart: toTime(item.current_period_start),
    currentPeriodEnd: toTime(item.current_period_end),
    discounts: toDiscounts(item.discounts),
    livemode: subscription.livemode,
  })) satisfies (typeof subscriptionItems.$inferInsert)[];

/** An item that Stripe names no more is billed no more. */
function writeItems(subscription: Stripe.Subscription): Write[] {
  const rows = toItemRows(subscription);
  const ids = json(rows.map(({ stripeId }) => stripeId));
  const { names, values, takeAll } = columnsOf(rows[0] ?? {});
  const removed = sql`delete from subscription_items using turn
    where stripe_subscription_id = ${subscription.id} and not ${ids} ? stripe_id`;
  const billed = sql`insert into subscription_items (${names})
    select ${values} from turn, ${newRows(subscriptionItems, rows)}
    on conflict (stripe_id) do update set ${takeAll}`;
  return [removed, billed].map((statement) => ({ table: subscriptionItems, statement }));
}
