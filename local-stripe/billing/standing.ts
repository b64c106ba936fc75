import { emit } from "../kit/events";
import { schedule } from "../kit/jobs";
import { type Customer, customers } from "../objects/customer";
import { type Invoice, invoices, subscriptionOf } from "../objects/invoice";
import { paymentIntents } from "../objects/payment-intent";
import { type Subscription, subscriptions } from "../objects/subscription";
import { clockOf } from "../objects/test-clock";
import { cancel } from "./cancellation";
import { scheduleCycle } from "./cycle";
import { defaultPaymentOf, isProcessing } from "./invoices";
import { applyPendingUpdate } from "./pending-updates";
import { resumed } from "./resumption";
import { switches } from "./switches";

/** What an attempt to collect means for the subscription and the customer. */
export function follow(open: Invoice, attempted: Invoice): void {
  if (attempted.status === "paid") catchUp(attempted);
  else if (isProcessing(attempted)) beginMeanwhile(attempted);
  else {
    fallBehind(attempted, open.auto_advance === true && attempted.auto_advance === false);
  }
}

/** A subscription does not wait for a debit that is on its way. */
function beginMeanwhile(invoice: Invoice): void {
  const subscription = subscriptions.get(subscriptionOf(invoice) ?? "");
  if (subscription?.status === "incomplete") moveTo(subscription, "active");
}

const BEHIND = new Set<string>(["incomplete", "past_due", "unpaid"]);

/** Paid: a subscription that waited for it goes on. */
export function catchUp(paid: Invoice): void {
  setDelinquent(paid, false);
  if (applyPendingUpdate(paid) || resumed(paid)) return;
  const subscription = subscriptions.get(subscriptionOf(paid) ?? "");
  if (!subscription) return;
  const saved = withSavedMethod(subscription, paid);
  const waited = BEHIND.has(subscription.status) && isLatest(paid, subscription);
  const after = subscriptions.put(waited ? { ...saved, status: "active" } : saved);
  if (subscription.status === "incomplete") scheduleCycle(after);
  emit("customer.subscription.updated", after, subscription);
}

/** Being past due is about the latest invoice that was ever asked for; a draft is not asked for yet. */
function isLatest(paid: Invoice, { id, latest_invoice, status }: Subscription): boolean {
  if (status !== "past_due") return latest_invoice === paid.id;
  const finalized = invoices.where({ subscription: id }).filter((invoice) => invoice.status !== "draft");
  return finalized.at(-1)?.id === paid.id;
}

/** What paid is kept as the subscription's own, where that was asked for. */
export function withSavedMethod(subscription: Subscription, paid: Invoice): Subscription {
  if (subscription.payment_settings?.save_default_payment_method !== "on_subscription") return subscription;
  const intent = paymentIntents.get(defaultPaymentOf(paid.id)?.payment.payment_intent ?? "");
  return intent?.payment_method
    ? { ...subscription, default_payment_method: intent.payment_method }
    : subscription;
}

/** @param givenUp there will be no other attempt */
function fallBehind(invoice: Invoice, givenUp: boolean): void {
  const subscription = subscriptions.get(subscriptionOf(invoice) ?? "");
  const { next_payment_attempt: next } = invoice;
  setDelinquent(invoice, true);
  if (next !== null) schedule("invoice.retry", invoice.id, next, clockOf(invoice.customer));
  if (!subscription) return;
  if (subscription.status === "active" || subscription.status === "trialing") {
    moveTo(subscription, "past_due");
  }
  if (givenUp) exhaust(subscriptions.must(subscription.id));
}

/** The last retry failed. A subscription that has ended, and whose last bill this was, has ended for good. */
function exhaust(subscription: Subscription): void {
  if (subscription.ended_at !== null) return;
  if (switches.afterRetries === "cancel") cancel(subscription, { reason: "payment_failed" });
  if (switches.afterRetries === "unpaid") moveTo(subscription, "unpaid");
}

function moveTo(subscription: Subscription, status: Subscription["status"]): void {
  const moved = subscriptions.put({ ...subscription, status });
  emit("customer.subscription.updated", moved, subscription);
}

/** What last happened to any of the customer's invoices decides. */
export function setDelinquent(invoice: Invoice, delinquent: boolean): void {
  const customer = customers.get(invoice.customer ?? "");
  if (customer && customer.delinquent !== delinquent) customers.put({ ...customer, delinquent });
}

/** One `customer.updated` for all that `work` changes about a customer, however many steps it takes. */
export function reportingCustomer<T>(id: string | null, work: () => T, before = customers.get(id ?? "")): T {
  const result = work();
  const after = customers.get(id ?? "");
  if (before && after) emit("customer.updated", after, visibleBefore(before, after));
  return result;
}

const visibleBefore = (before: Customer, after: Customer): Customer =>
  switches.finalizationUpdatesCustomer === "yes"
    ? before
    : { ...before, next_invoice_sequence: after.next_invoice_sequence };
