import { now } from "../../kit/clock";
import { StripeError } from "../../kit/errors";
import { emit, inSequence } from "../../kit/events";
import { schedule } from "../../kit/jobs";
import { type Invoice, type InvoiceLineItem, invoices, subscriptionOf } from "../../objects/invoice";
import { paymentIntents } from "../../objects/payment-intent";
import { type Subscription, subscriptions } from "../../objects/subscription";
import * as sequences from "../behavior/sequences";
import { planDraft } from "../collection/manual-invoices";
import { reportingCustomer, withSavedMethod } from "../collection/standing";
import {
  chargeInvoice,
  ensurePaymentIntent,
  isRefused,
  methodOf,
  noMethod,
  type Refused,
} from "../invoices/charging";
import { draftWindow } from "../invoices/draft-window";
import { finalizeInvoice } from "../invoices/invoices";
import { voidInvoice } from "../invoices/terminal-invoices";
import { attemptIn } from "../payments/failures";
import { backdatedLines } from "../subscriptions/backdating";
import { scheduleCycle, TRIAL_WARNING_SECONDS } from "../subscriptions/cycle";
import { billsNothing, createDraft } from "../subscriptions/drafts";
import { createSubscription, type OrderedItem } from "../subscriptions/subscriptions";
import { HOUR_SECONDS } from "../time/durations";

export type PaymentBehavior =
  | "allow_incomplete"
  | "default_incomplete"
  | "error_if_incomplete"
  | "pending_if_incomplete";

interface Order {
  readonly items: readonly OrderedItem[];
  readonly given: Partial<Subscription> & Pick<Subscription, "customer" | "currency">;
  /** Does to the subscription what else is wanted of it, before it is billed. */
  readonly prepare: (begun: Subscription) => Subscription;
  /** True if the time up to a later billing cycle anchor costs something. */
  readonly billsFirstPeriod: boolean;
  readonly once: (invoice: string) => readonly InvoiceLineItem[];
  readonly behavior: PaymentBehavior;
}

const EXPIRES_AFTER_SECONDS = 23 * HOUR_SECONDS;

/**
 * Starts a subscription asked for through the API: its first invoice is collected before it is reported, and one that
 * is to be sent stays a draft (https://docs.stripe.com/billing/subscriptions/overview; the order and the draft:
 * recorded).
 */
export function startSubscription({
  items: ordered,
  given,
  prepare,
  billsFirstPeriod,
  once,
  behavior,
}: Order): Subscription {
  const trialing = given.trial_end != null;
  const sent = given.collection_method === "send_invoice";
  const order = (begun: Subscription) => {
    if (begun.status === "trialing") return sequences.API_TRIAL;
    return begun.status === "incomplete" ? sequences.API_SUBSCRIPTION_UNPAID : sequences.API_SUBSCRIPTION;
  };
  return inSequence(order, () =>
    reportingCustomer(given.customer, () => {
      const status = trialing ? "trialing" : sent ? "active" : "incomplete";
      const begun = subscriptions.put(prepare(createSubscription(ordered, { ...given, status })));
      const billsNow = billsFirstPeriod || begun.billing_cycle_anchor <= now();
      const items = billsNow ? begun.items.data : [];
      const lines = (id: string) => [...(billsFirstPeriod ? backdatedLines(id, begun) : []), ...once(id)];
      if (billsNothing(items, lines)) return startUnbilled(begun);
      const more = sent ? draftWindow({ auto_advance: true, collection_method: "send_invoice" }) : {};
      const draft = createDraft(begun, { reason: "subscription_create", items, once: lines, more });
      if (sent && draft.total > 0) planDraft(draft);
      else collectFirst(draft, behavior);
      const outcome = subscriptions.must(begun.id);
      emit("customer.subscription.created", outcome);
      if (outcome.status === "incomplete") {
        schedule("subscription.expire", outcome.id, now() + EXPIRES_AFTER_SECONDS, outcome.test_clock);
      }
      const { trial_end } = outcome;
      if (trial_end !== null && trial_end - now() < TRIAL_WARNING_SECONDS) {
        emit("customer.subscription.trial_will_end", outcome);
      }
      return outcome;
    }),
  );
}

/** Finalizes the first invoice and, unless there is nothing to pay, collects it. */
function collectFirst(draft: Invoice, behavior: PaymentBehavior): void {
  const owner = String(subscriptionOf(draft));
  const open = finalizeInvoice(draft);
  const isCollected =
    open.status === "paid" || collectFirstInvoice(open, subscriptions.must(owner), behavior);
  if (isCollected) activate(owner, open);
}

/** Without an invoice there is nothing to wait for. */
function startUnbilled(begun: Subscription): Subscription {
  const status = begun.status === "incomplete" ? ("active" as const) : begun.status;
  const started = subscriptions.put({ ...begun, status });
  scheduleCycle(started);
  emit("customer.subscription.created", started);
  return started;
}

/**
 * Tries to collect the first invoice, as far as the caller wants that; true if it was paid, or a debit is on its way
 * (type: the comment of `Stripe.SubscriptionCreateParams.payment_behavior`).
 */
function collectFirstInvoice(open: Invoice, subscription: Subscription, behavior: PaymentBehavior): boolean {
  if (behavior === "default_incomplete") {
    ensurePaymentIntent(open);
    return false;
  }
  const method = methodOf(subscription);
  if (!method) throw noMethod();
  const result = chargeInvoice(open, method);
  if (isRefused(result) && behavior === "error_if_incomplete") throw collectionError(result);
  return !isRefused(result);
}

/** As a 402 that names no intent: nothing of the attempt remains. */
export function collectionError(result: Refused): StripeError {
  if (result.kind === "failed") {
    const { last_payment_error } = paymentIntents.must(result.intent);
    const { payment_method } = attemptIn(last_payment_error);
    return new StripeError(402, { type: "card_error", ...result.decline, payment_method });
  }
  return new StripeError(402, {
    type: "card_error",
    code: "subscription_payment_intent_requires_action",
    message:
      "Payment for this subscription requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with `subscription.latest_invoice`.",
  });
}

function activate(id: string, paid: Invoice): void {
  const subscription = withSavedMethod(subscriptions.must(id), paid);
  const begins = subscription.status === "incomplete";
  scheduleCycle(subscriptions.put(begins ? { ...subscription, status: "active" } : subscription));
}

export function expireIncomplete(id: string): void {
  const subscription = subscriptions.get(id);
  if (subscription?.status !== "incomplete") return;
  inSequence(sequences.INCOMPLETE_EXPIRED, () => {
    const expired = subscriptions.put({ ...subscription, ended_at: now(), status: "incomplete_expired" });
    emit("customer.subscription.updated", expired, subscription);
    const invoice = invoices.get(subscription.latest_invoice ?? "");
    if (invoice?.status === "open") voidInvoice(invoice);
  });
}
