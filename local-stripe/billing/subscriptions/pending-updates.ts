import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import { schedule, unschedule } from "../../kit/jobs";
import { Table } from "../../kit/store";
import { type Invoice, invoices } from "../../objects/invoice";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { type Debit, debits } from "../invoices/debits";
import { voidInvoice } from "../invoices/terminal-invoices";
import { HOUR_SECONDS } from "../time/durations";
import { followPeriodEnd } from "./cancellation";
import { scheduleCycle } from "./cycle";

/** A change that waits until its invoice, whose id this is, has been paid. */
interface WaitingChange {
  readonly id: string;
  readonly subscription: string;
  readonly change: Pick<
    Subscription,
    "items" | "billing_cycle_anchor" | "trial_end" | "status" | "discounts"
  >;
  readonly debits: readonly Debit[];
}

const waiting = new Table<WaitingChange, "subscription">("waiting_change", "", {
  subscription: (change) => change.subscription,
});

const KEPT_SECONDS = 23 * HOUR_SECONDS;

/**
 * Puts the subscription back as it was before the change, which applies once the invoice is paid, within 23 hours
 * (https://docs.stripe.com/billing/subscriptions/pending-updates-reference).
 */
export function holdBack(
  before: Subscription,
  after: Subscription,
  unpaid: Invoice,
  debited: readonly Debit[],
): Subscription {
  const expires_at = now() + KEPT_SECONDS;
  const { items, billing_cycle_anchor, trial_end, status, discounts } = after;
  const changed = items.data.flatMap(({ id }) => debits.get(id) ?? []);
  waiting.put({
    id: unpaid.id,
    subscription: before.id,
    change: { items, billing_cycle_anchor, trial_end, status, discounts },
    debits: changed,
  });
  for (const { id } of changed) debits.delete(id);
  for (const debit of debited) debits.put(debit);
  schedule("subscription.pending_update.expire", unpaid.id, expires_at, before.test_clock);
  const held = subscriptions.put({
    ...followPeriodEnd(before),
    latest_invoice: unpaid.id,
    pending_update: {
      billing_cycle_anchor:
        billing_cycle_anchor === before.billing_cycle_anchor ? null : billing_cycle_anchor,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at,
      metadata: null,
      subscription_items: items.data,
      trial_end: trial_end === before.trial_end ? null : trial_end,
      trial_from_plan: false,
    },
  });
  scheduleCycle(held);
  return held;
}

/** Makes the change that had waited for this invoice; false if none had. */
export function applyPendingUpdate(paid: Invoice): boolean {
  const held = waiting.get(paid.id);
  if (!held) return false;
  const before = subscriptions.must(held.subscription);
  waiting.delete(paid.id);
  unschedule("subscription.pending_update.expire", paid.id);
  // A subscription that has ended in the meantime does not begin again.
  if (before.ended_at !== null) return false;
  for (const debit of held.debits) debits.put(debit);
  const changed = { ...before, ...held.change, pending_update: null };
  const after = subscriptions.put(followPeriodEnd(changed));
  scheduleCycle(after);
  emit("customer.subscription.updated", after, before);
  emit("customer.subscription.pending_update_applied", after);
  return true;
}

export function expirePendingUpdate(id: string): void {
  const held = waiting.get(id);
  if (!held) return;
  waiting.delete(id);
  const before = subscriptions.must(held.subscription);
  if (before.ended_at === null) {
    const after = subscriptions.put({ ...before, pending_update: null });
    emit("customer.subscription.updated", after, before);
    emit("customer.subscription.pending_update_expired", after);
  }
  const invoice = invoices.must(id);
  if (invoice.status === "open") voidInvoice(invoice);
}
