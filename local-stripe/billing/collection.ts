import { invalid } from "../kit/errors";
import { emit, inSequence } from "../kit/events";
import { customers } from "../objects/customer";
import { type Invoice, invoices, subscriptionOf } from "../objects/invoice";
import { paymentIntents } from "../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../objects/payment-method";
import { subscriptions } from "../objects/subscription";
import type { Decline } from "../objects/test-cards";
import { type Decision, decideCharge } from "./bank";
import { defaultPaymentOf, markPaid, payWith } from "./invoices";
import { createPaymentIntent, fail, requireAction, settle, succeed } from "./payments";
import { INVOICE_PAID, INVOICE_PAYMENT_FAILED } from "./sequences";

/** What became of one attempt to collect an open invoice. */
export type Collected =
  | { readonly kind: "paid"; readonly invoice: Invoice }
  | { readonly kind: "action_required"; readonly invoice: Invoice; readonly intent: string }
  | {
      readonly kind: "failed";
      readonly invoice: Invoice;
      readonly decline: Decline;
      readonly intent: string;
    };

/** Who pays: the invoice's own method, the subscription's, then the customer's default. */
export function methodFor(invoice: Invoice): PaymentMethod | undefined {
  const subscription = subscriptions.get(subscriptionOf(invoice) ?? "");
  const customer = customers.get(invoice.customer ?? "");
  const id =
    invoice.default_payment_method ??
    subscription?.default_payment_method ??
    customer?.invoice_settings.default_payment_method;
  return paymentMethods.get(id ?? "");
}

/** One attempt. An invoice keeps one payment intent, however often it is tried. */
export function collect(open: Invoice, method: PaymentMethod | undefined, passed = false): Collected {
  if (open.amount_due === 0) return { kind: "paid", invoice: inSequence(INVOICE_PAID, () => recover(open)) };
  if (!method) {
    throw invalid(
      "There is no `default_payment_method` set on this Customer or Invoice. Please set a default payment method or pass one to this call.",
    );
  }
  const decision = decideCharge(method, passed);
  const sequence = decision.verdict === "approved" ? INVOICE_PAID : INVOICE_PAYMENT_FAILED;
  return inSequence(sequence, () => attempt(open, method, decision));
}

function attempt(open: Invoice, method: PaymentMethod, decision: Decision): Collected {
  const intent = intentOf(open);
  if (decision.verdict === "approved") {
    settle(succeed(intent, method));
    return { kind: "paid", invoice: recover(open) };
  }
  const attempted = { ...open, attempt_count: open.attempt_count + 1, attempted: true };
  const invoice = invoices.put(attempted);
  emit("invoice.updated", invoice, open);
  if (decision.verdict === "authenticate") {
    requireAction(intent, method);
    emit("invoice.payment_action_required", invoice);
    fallBehind(invoice);
    return { kind: "action_required", invoice, intent: intent.id };
  }
  fail(intent, method, decision.decline);
  fallBehind(invoice);
  return { kind: "failed", invoice, decline: decision.decline, intent: intent.id };
}

function intentOf(invoice: Invoice) {
  const begun = defaultPaymentOf(invoice.id)?.payment.payment_intent;
  if (begun) return paymentIntents.must(begun);
  const intent = createPaymentIntent({
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: subscriptionOf(invoice) ? "Subscription update" : `Payment for Invoice`,
    setup_future_usage: "off_session",
  });
  payWith(invoice, intent.id);
  return intent;
}

/** Paid; a subscription that waited for it goes on. */
function recover(open: Invoice): Invoice {
  const paid = markPaid(open);
  emit("invoice.updated", paid, open);
  const subscription = subscriptions.get(subscriptionOf(paid) ?? "");
  if (subscription?.latest_invoice === paid.id && BEHIND.has(subscription.status)) {
    const active = subscriptions.put({ ...subscription, status: "active" });
    emit("customer.subscription.updated", active, subscription);
  }
  setDelinquent(paid, false);
  return paid;
}

const BEHIND = new Set<string>(["incomplete", "past_due", "unpaid"]);

function fallBehind(invoice: Invoice): void {
  emit("invoice.payment_failed", invoice);
  const subscription = subscriptions.get(subscriptionOf(invoice) ?? "");
  if (subscription?.status === "active") {
    const late = subscriptions.put({ ...subscription, status: "past_due" });
    emit("customer.subscription.updated", late, subscription);
  }
  setDelinquent(invoice, true);
}

function setDelinquent(invoice: Invoice, delinquent: boolean): void {
  const customer = customers.get(invoice.customer ?? "");
  if (!customer || customer.delinquent === delinquent) return;
  emit("customer.updated", customers.put({ ...customer, delinquent }), customer);
}
