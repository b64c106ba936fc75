import { now } from "../kit/clock";
import { emit } from "../kit/events";
import { onDue, schedule, unschedule } from "../kit/jobs";
import { Table } from "../kit/store";
import { type Invoice, invoices } from "../objects/invoice";
import { itemList, type Subscription, subscriptions } from "../objects/subscription";
import { HOUR, scheduleCycle } from "./cycle";
import { periodEnd } from "./periods";
import { debit } from "./prorations";
import { switches } from "./switches";
import { voidInvoice } from "./terminal-invoices";

/** A paused subscription that goes on once this invoice is paid or given up. */
const resumptions = new Table<{ id: string; subscription: string }>("resumption", "");

const KEPT = 23 * HOUR;

/** The periods that a resumed subscription is in: new ones from now on, or those that its old anchor gives. */
export function periodsFromNow(subscription: Subscription, anchor: "now" | "unchanged"): Subscription {
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

/** Stays paused until its invoice has been paid; after 23 hours the invoice is void. */
export function resumeWhenPaid(subscription: Subscription, invoice: Invoice): void {
  resumptions.put({ id: invoice.id, subscription: subscription.id });
  schedule("subscription.resumption.expire", invoice.id, now() + KEPT, subscription.test_clock);
}

/** Whether the invoice was what a paused subscription had waited for; then it goes on. */
export function resumed(settled: Invoice): boolean {
  const waiting = resumptions.get(settled.id);
  if (!waiting) return false;
  resumptions.delete(settled.id);
  unschedule("subscription.resumption.expire", settled.id);
  const subscription = subscriptions.must(waiting.subscription);
  if (subscription.status === "paused") resumeNow(subscription);
  return true;
}

onDue("subscription.resumption.expire", (id) => {
  resumptions.delete(id);
  const invoice = invoices.must(id);
  if (invoice.status === "open") voidInvoice(invoice);
});
