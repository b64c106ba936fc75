import { eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { subscriptions } from "@/db/schema";
import { setCurrentSubscription } from "../customer-links";
import { idOf, stripe } from "../stripe";
import { NOTHING_ELSE, type ObjectDefinition, type ObjectEffects, ONE_ROW_EACH, ownId } from "./definition";
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
  isCarriedWhole: true,
  retrieve: (id, options) => stripe.subscriptions.retrieve(id, {}, options),
  // Without `all` Stripe leaves the canceled ones out.
  list: (pages, after) =>
    pages((params, options) => stripe.subscriptions.list({ ...params, status: "all" }, options), after),
  ledgerEntries: () => [],
  ownLedgerKind: null,
  effects: (source) => ({
    ...access(source.id, idOf(source.customer)),
    note: `Subscription ${source.id} is ${source.status}.`,
    row: toSubscriptionRow(source),
  }),
  effectsWhenGone: (id, stripeCustomerId) => ({
    ...access(id, stripeCustomerId),
    note: `Stripe knows no subscription ${id}.`,
  }),
  mirror: {
    table: subscriptions,
    rankOf: () => 0,
    whenGone: { status: "canceled" },
    keepsTombstone: false,
  },
  comparison: {
    ...ONE_ROW_EACH,
    table: subscriptions,
    objectId: subscriptions.stripeId,
    rowId: subscriptions.stripeId,
    rowsOf: (source) => [{ id: source.id, fields: toSubscriptionRow(source) }],
  },
  listOtherIds: async () => [],
  customerTable: subscriptions,
} satisfies ObjectDefinition<Stripe.Subscription>;

/** Any change of a subscription may give its user another current one. */
const access = (id: string, stripeCustomerId: string | null): Omit<ObjectEffects, "note"> => ({
  ...NOTHING_ELSE,
  stripeCustomerId,
  afterRow: () => [setCurrentSubscription(userOfSubscription(id))],
  touchesUser: true,
});

const userOfSubscription = (id: string) =>
  sql`(select ${subscriptions.userId} from ${subscriptions} where ${eq(subscriptions.stripeId, id)})`;

/** The shop sells one price a subscription, so the first item is the subscription's price and period. */
function toSubscriptionRow(subscription: Stripe.Subscription) {
  const item = subscription.items.data[0];
  if (!item)
    throw new Error(`Subscription ${subscription.id} has no items, so it has no price and no period.`);
  return {
    stripeId: subscription.id,
    stripeCustomerId: idOf(subscription.customer) ?? "",
    status: subscription.status,
    stripePriceId: item.price.id,
    quantity: item.quantity ?? 1,
    unitAmount: item.price.unit_amount,
    currency: subscription.currency,
    interval: item.price.recurring?.interval ?? null,
    currentPeriodStart: toTime(item.current_period_start),
    currentPeriodEnd: toTime(item.current_period_end),
    trialEnd: toTimeOrNull(subscription.trial_end),
    cancelAt: toTimeOrNull(subscription.cancel_at),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    canceledAt: toTimeOrNull(subscription.canceled_at),
    endedAt: toTimeOrNull(subscription.ended_at),
    startedAt: toTime(subscription.start_date),
    livemode: subscription.livemode,
  } satisfies Partial<typeof subscriptions.$inferInsert>;
}
