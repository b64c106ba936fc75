import { emit } from "../../kit/events";
import type { Immediate } from "../../kit/immediate";
import { schedule } from "../../kit/jobs";
import { type Customer, customers } from "../../objects/customer";
import { type Invoice, invoices, subscriptionOf } from "../../objects/invoice";
import { paymentIntents } from "../../objects/payment-intent";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { clockOf } from "../../objects/test-clock";
import { switches } from "../behavior/switches";
import { defaultPaymentOf, isProcessing } from "../invoices/invoice-payments";
import { cancel } from "../subscriptions/cancellation";
import { scheduleCycle } from "../subscriptions/cycle";
import { applyPendingUpdate } from "../subscriptions/pending-updates";
import { resumeAfter } from "../subscriptions/resumption";

/**
 * Carries an attempt to collect over to the subscription and the customer
 * (https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses).
 */
export function follow(open: Invoice, attempted: Invoice): void {
  if (attempted.status === "paid") catchUp(attempted);
  else if (isProcessing(attempted)) beginMeanwhile(attempted);
  else {
    fallBehind(attempted, open.auto_advance === true && attempted.auto_advance === false);
  }
}

/**
 * A subscription does not wait for a debit that is on its way
 * (https://docs.stripe.com/billing/subscriptions/overview).
 */
function beginMeanwhile(invoice: Invoice): void {
  const subscription = subscriptions.get(subscriptionOf(invoice) ?? "");
  if (subscription?.status === "incomplete") moveTo(subscription, "active");
}

const BEHIND = new Set<string>(["incomplete", "past_due", "unpaid"]);

/** A subscription that waited for this payment goes on (https://docs.stripe.com/billing/subscriptions/overview). */
export function catchUp(paid: Invoice): void {
  setDelinquent(paid, false);
  if (applyPendingUpdate(paid) || resumeAfter(paid)) return;
  const subscription = subscriptions.get(subscriptionOf(paid) ?? "");
  if (!subscription) return;
  const saved = withSavedMethod(subscription, paid);
  const waited = BEHIND.has(subscription.status) && isLatest(paid, subscription);
  const after = subscriptions.put(waited ? { ...saved, status: "active" } : saved);
  if (subscription.status === "incomplete") scheduleCycle(after);
  emit("customer.subscription.updated", after, subscription);
}

/**
 * Being past due is about the latest invoice that was finalized; a draft is not asked for yet (type: the comment of
 * `Stripe.Subscription.status`).
 */
function isLatest(paid: Invoice, { id, latest_invoice, status }: Subscription): boolean {
  if (status !== "past_due") return latest_invoice === paid.id;
  const finalized = invoices.where({ subscription: id }).filter((invoice) => invoice.status !== "draft");
  return finalized.at(-1)?.id === paid.id;
}

/**
 * Keeps the method that paid as the subscription's own, where that was asked for (type:
 * `Stripe.Subscription.PaymentSettings.save_default_payment_method`).
 */
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

/**
 * The last retry failed, and a setting of the account decides
 * (https://docs.stripe.com/billing/revenue-recovery/smart-retries). A subscription that has ended, and whose last bill
 * this was, has ended for good.
 */
function exhaust(subscription: Subscription): void {
  if (subscription.ended_at !== null) return;
  if (switches.afterRetries === "cancel") cancel(subscription, { reason: "payment_failed" });
  if (switches.afterRetries === "unpaid") moveTo(subscription, "unpaid");
}

function moveTo(subscription: Subscription, status: Subscription["status"]): void {
  const moved = subscriptions.put({ ...subscription, status });
  emit("customer.subscription.updated", moved, subscription);
}

/** The latest event of any of the customer's invoices decides (type: the comment of `Stripe.Customer.delinquent`). */
export function setDelinquent(invoice: Invoice, delinquent: boolean): void {
  const customer = customers.get(invoice.customer ?? "");
  if (customer && customer.delinquent !== delinquent) customers.put({ ...customer, delinquent });
}

/** One `customer.updated` for all that `work` changes about a customer, however many steps it takes. */
export function reportingCustomer<T>(
  id: string | null,
  work: () => Immediate<T>,
  before = customers.get(id ?? ""),
): Immediate<T> {
  const result = work();
  const after = customers.get(id ?? "");
  if (before && after) emit("customer.updated", after, visibleBefore(before, after));
  return result;
}

const visibleBefore = (before: Customer, after: Customer): Customer =>
  switches.finalizationUpdatesCustomer === "yes"
    ? before
    : { ...before, next_invoice_sequence: after.next_invoice_sequence };
