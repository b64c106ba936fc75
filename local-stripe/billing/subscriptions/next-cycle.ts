import { now } from "../../kit/clock";
import { schedule } from "../../kit/jobs";
import type { Invoice } from "../../objects/invoice";
import {
  itemList,
  type Subscription,
  type SubscriptionItem,
  subscriptions,
} from "../../objects/subscription";
import { HOUR_SECONDS } from "../time/durations";
import { periodEnd } from "../time/periods";
import { createDraft, meteredOnly } from "./drafts";

/**
 * Bills the items that are due for their next period. The invoice's own period is the one that has passed (type: the
 * comment of `Stripe.Invoice.period_end`).
 */
export function beginCycle(subscription: Subscription): { renewed: Subscription; draft: Invoice } {
  const at = now();
  const isDue = (item: SubscriptionItem) => item.current_period_end <= at;
  const due = subscription.items.data.filter(isDue);
  const start = Math.min(...due.map((item) => item.current_period_start));
  const items = subscription.items.data.map((item) => (isDue(item) ? nextPeriod(subscription, item) : item));
  const moved = subscriptions.put({ ...subscription, items: itemList(subscription.id, items) });
  const draft = createDraft(moved, {
    reason: "subscription_cycle",
    items: items.filter((_, position) => isDue(subscription.items.data[position] as SubscriptionItem)),
    usage: meteredOnly(due),
    more: draftDates(moved, start, at),
  });
  return { renewed: subscriptions.must(moved.id), draft };
}

/**
 * An unpaid subscription's invoices are drafted, but nobody is asked for them
 * (https://docs.stripe.com/billing/subscriptions/overview).
 */
export function draftDates({ status, pause_collection }: Subscription, start: number, at: number) {
  const waits = status === "unpaid" || pause_collection?.behavior === "keep_as_draft";
  return {
    auto_advance: !waits,
    automatically_finalizes_at: waits ? null : at + HOUR_SECONDS,
    next_payment_attempt: waits ? null : at + HOUR_SECONDS,
    period_start: start,
    period_end: at,
  };
}

/** A draft stays open to changes for an hour (https://docs.stripe.com/billing/invoices/subscription). */
export function keepForAnHour({ test_clock }: Subscription, draft: Invoice): void {
  if (draft.auto_advance) schedule("invoice.finalize", draft.id, now() + HOUR_SECONDS, test_clock);
}

function nextPeriod({ billing_cycle_anchor }: Subscription, item: SubscriptionItem): SubscriptionItem {
  const { current_period_end: start, price } = item;
  if (!price.recurring) throw new Error(`${item.id} does not recur`);
  return {
    ...item,
    current_period_start: start,
    current_period_end: periodEnd(billing_cycle_anchor, price.recurring, start),
  };
}
