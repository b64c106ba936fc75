import { now } from "../../kit/clock";
import type { Invoice, InvoiceLineItem } from "../../objects/invoice";
import { isMetered } from "../../objects/price";
import {
  itemList,
  type Subscription,
  type SubscriptionItem,
  subscriptions,
} from "../../objects/subscription";
import { pendingItems } from "../invoices/pending-items";
import { periodEnd } from "../time/periods";
import { startUsage } from "../usage/usage-lines";
import { followPeriodEnd } from "./cancellation";
import { scheduleCycle } from "./cycle";
import { createDraft, meteredOnly } from "./drafts";
import { type ItemChange, withItems } from "./item-changes";
import { debit, prepareCredit, prorateEnd } from "./prorations";
import { billUsage } from "./unbilled-usage";

export interface Change {
  readonly items: readonly ItemChange[];
  readonly anchor: "now" | "unchanged";
  readonly prorations: "always_invoice" | "create_prorations" | "none";
  /** From when on the change counts; null for now. */
  readonly prorationDate: number | null;
  readonly trialEnd: number | "now" | null;
  /** The caller has said anew when it is to end. */
  readonly endMoves: boolean;
}

/**
 * Changes what is billed, and when. Whatever is to be billed at once is on the returned draft; the rest waits as
 * invoice items. Nothing is collected or reported yet.
 */
export function changeSubscription(
  before: Subscription,
  wanted: Change,
  once: (invoice: string) => readonly InvoiceLineItem[] = () => [],
): { after: Subscription; draft: Invoice | null } {
  const from = wanted.prorationDate ?? now();
  const endsTrial = wanted.trialEnd === "now" && before.status === "trialing";
  const restarts = wanted.anchor === "now" || endsTrial;
  const changed = withTrial(withItems(before, wanted.items, from), wanted.trialEnd);
  const after = subscriptions.put(followPeriodEnd(restarts ? withCycleFromNow(changed) : changed));
  const waiting = pendingItems(after.customer, after.id).length;
  for (const item of addedUsage(before, after)) startUsage(item, from);
  const prorates = wanted.prorations !== "none" && before.status !== "trialing";
  if (prorates) prorate(before, after, from, restarts);
  if (prorates && wanted.endMoves && !restarts && after.status !== "trialing") {
    for (const item of after.items.data) prorateEnd(after, item);
  }
  scheduleCycle(after);
  const prorated = pendingItems(after.customer, after.id).length > waiting;
  if (!restarts && !(wanted.prorations === "always_invoice" && prorated)) return { after, draft: null };
  const items = restarts && after.status !== "trialing" ? after.items.data : [];
  const kept = after.pause_collection?.behavior === "keep_as_draft";
  const more = kept ? { auto_advance: false } : {};
  // A cycle that begins anew ends the one in which was used what is billed now.
  const usage = restarts ? meteredOnly(before.items.data) : [];
  const draft = createDraft(after, { reason: "subscription_update", items, usage, once, more });
  return { after: subscriptions.must(after.id), draft };
}

/**
 * Credits an item that is swapped or gone, debits one that is new or different
 * (https://docs.stripe.com/billing/subscriptions/prorations).
 */
function prorate(before: Subscription, after: Subscription, from: number, restarts: boolean): void {
  const kept = new Map(after.items.data.map((item) => [item.id, item]));
  const trialing = after.status === "trialing";
  const credits = before.items.data.flatMap((item) => {
    const now = kept.get(item.id);
    const isOver = restarts || trialing || !now || differs(item, now);
    const credit = isOver ? (prepareCredit(after, item, from) ?? []) : [];
    if (!restarts && isMetered(item.price) && now?.price.id !== item.price.id) billUsage(before, item, from);
    return credit;
  });
  if (!restarts && !trialing) {
    const had = new Map(before.items.data.map((item) => [item.id, item]));
    for (const item of [...after.items.data].reverse()) {
      const was = had.get(item.id);
      if (!was || differs(was, item)) debit(after, item, from);
    }
  }
  // Items are told and billed newest first, and there the credits stand before the debits (recorded).
  for (const create of credits.reverse()) create();
}

/** Metered items that are new: what was used before is not theirs. */
function addedUsage(before: Subscription, after: Subscription): readonly SubscriptionItem[] {
  const had = new Set(before.items.data.map(({ id }) => id));
  return meteredOnly(after.items.data).filter(({ id }) => !had.has(id));
}

const differs = (a: SubscriptionItem, b: SubscriptionItem) =>
  a.price.id !== b.price.id || a.quantity !== b.quantity;

/** A new cycle begins now, for every item. */
function withCycleFromNow(subscription: Subscription): Subscription {
  const at = now();
  const items = subscription.items.data.map((item) => {
    if (!item.price.recurring) throw new Error(`${item.id} does not recur`);
    const current_period_end = periodEnd(at, item.price.recurring, at);
    return { ...item, current_period_start: at, current_period_end };
  });
  return { ...subscription, billing_cycle_anchor: at, items: itemList(subscription.id, items) };
}

/** A trial ends at once, or it (and with it the cycle) begins at another moment. */
function withTrial(subscription: Subscription, end: Change["trialEnd"]): Subscription {
  if (end === null) return subscription;
  const at = now();
  if (end === "now") {
    return subscription.status === "trialing"
      ? { ...subscription, status: "active", trial_end: at }
      : subscription;
  }
  const items = subscription.items.data.map((item) => ({
    ...item,
    current_period_start: subscription.status === "trialing" ? item.current_period_start : at,
    current_period_end: end,
  }));
  return {
    ...subscription,
    billing_cycle_anchor: end,
    items: itemList(subscription.id, items),
    status: "trialing",
    trial_end: end,
    trial_start: subscription.status === "trialing" ? subscription.trial_start : at,
  };
}
