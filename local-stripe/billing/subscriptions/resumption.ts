import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import { schedule, unschedule } from "../../kit/jobs";
import { Table } from "../../kit/store";
import { type Invoice, invoices } from "../../objects/invoice";
import { itemList, type Subscription, subscriptions } from "../../objects/subscription";
import { switches } from "../behavior/switches";
import { voidInvoice } from "../invoices/terminal-invoices";
import { HOUR_SECONDS } from "../time/durations";
import { periodEnd } from "../time/periods";
import { scheduleCycle } from "./cycle";
import { debit } from "./prorations";

/** A paused subscription that goes on once this invoice is paid or given up. */
const resumptions = new Table<{ id: string; subscription: string }>("resumption", "");

const KEPT_SECONDS = 23 * HOUR_SECONDS;

/** The periods that a resumed subscription is in: new ones from now on, or those that its old anchor gives. */
export function withPeriodsFromNow(subscription: Subscription, anchor: "now" | "unchanged"): Subscription {
  const billing_cycle_anchor = anchor === "now" ? now() : subscription.billing_cycle_anchor;
  const items = subscription.items.data.map((item) => {
    if (!item.price.recurring) throw new Error(`${item.id} does not recur`);
    if (anchor === "unchanged" && item.current_period_end > now()) return item;
    let start = anchor === "now" ? now() : item.current_period_start;
    let end = periodEnd(billing_cycle_anchor, item.price.recurring, start);
    while (end <= now()) {
      start = end;
      end = periodEnd(billing_cycle_anchor, item.price.recurring, start);
    }
    return { ...item, current_period_start: start, current_period_end: end };
  });
  return { ...subscription, billing_cycle_anchor, items: itemList(subscription.id, items) };
}

/** Debits what is left of the periods that are under way. */
export function debitRest(subscription: Subscription, from: number): void {
  for (const item of subscription.items.data) debit(subscription, item, from);
}

/** Active at once. */
export function resumeNow(subscription: Subscription): Subscription {
  const { status_details: _, ...rest } = subscription;
  const active = subscriptions.put({ ...rest, status: "active" });
  scheduleCycle(active);
  emit("customer.subscription.resumed", active);
  if (switches.pauseUpdatesSubscription === "yes") {
    emit("customer.subscription.updated", active, subscription);
  }
  return active;
}

/**
 * Keeps it paused until its invoice has been paid; after 23 hours the invoice is void (type:
 * `Stripe.SubscriptionResumeParams`; inferred: void).
 */
export function resumeWhenPaid(subscription: Subscription, invoice: Invoice): void {
  resumptions.put({ id: invoice.id, subscription: subscription.id });
  schedule("subscription.resumption.expire", invoice.id, now() + KEPT_SECONDS, subscription.test_clock);
}

/** Resumes the paused subscription that had waited for this invoice; false if none had. */
export function resumeAfter(settled: Invoice): boolean {
  const waiting = resumptions.get(settled.id);
  if (!waiting) return false;
  resumptions.delete(settled.id);
  unschedule("subscription.resumption.expire", settled.id);
  const subscription = subscriptions.must(waiting.subscription);
  if (subscription.status === "paused") resumeNow(subscription);
  return true;
}

export function expireResumption(id: string): void {
  resumptions.delete(id);
  const invoice = invoices.must(id);
  if (invoice.status === "open") voidInvoice(invoice);
}
