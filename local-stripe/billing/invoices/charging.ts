import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { customers } from "../../objects/customer";
import type { Decline } from "../../objects/declines";
import { type Invoice, invoices, subscriptionOf } from "../../objects/invoice";
import { type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { decideCharge } from "../payments/bank";
import { fail } from "../payments/failures";
import { createPaymentIntent, requireAction, sendDebit, succeed } from "../payments/payment-intents";
import { keepIfAsked } from "../payments/payment-methods";
import { settleCharge } from "../payments/settlement";
import { defaultPaymentOf, markPaid, payWith } from "./invoice-payments";
import { retryAfter } from "./retries";

/** The outcome of one attempt to collect an open invoice. */
export type Collected =
  | { readonly kind: "paid"; readonly invoice: Invoice }
  /** The bank will answer in some days. */
  | { readonly kind: "processing"; readonly invoice: Invoice; readonly intent: string }
  | { readonly kind: "action_required"; readonly invoice: Invoice; readonly intent: string }
  | {
      readonly kind: "failed";
      readonly invoice: Invoice;
      readonly decline: Decline;
      readonly intent: string;
    };

export type Refused = Extract<Collected, { kind: "action_required" | "failed" }>;

export const isRefused = (result: Collected): result is Refused =>
  result.kind === "action_required" || result.kind === "failed";

/**
 * The subscription's own method pays, then the customer's default (type: the comment of
 * `Stripe.Subscription.default_payment_method`).
 */
export const methodOf = ({ default_payment_method, customer }: Subscription): PaymentMethod | undefined =>
  paymentMethods.get(default_payment_method ?? defaultOf(customer));

/** A source, given in the older way, comes last (type: the comment of `Stripe.Customer.default_source`). */
function defaultOf(id: string | null): string {
  const customer = customers.get(id ?? "");
  const source = customer?.default_source as string | null | undefined;
  return customer?.invoice_settings.default_payment_method ?? source ?? "";
}

/** The words: recorded. */
export const noMethod = () =>
  invalid(
    "This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
    { code: "resource_missing" },
  );

/** The invoice's own method goes before. */
export function methodFor(invoice: Invoice): PaymentMethod | undefined {
  const own = paymentMethods.get(invoice.default_payment_method ?? "");
  const subscription = subscriptions.get(subscriptionOf(invoice) ?? "");
  return own ?? (subscription ? methodOf(subscription) : paymentMethods.get(defaultOf(invoice.customer)));
}

export interface Attempt {
  /** The customer has just passed 3D Secure. */
  readonly passed?: boolean;
  /** Made by the retry schedule. */
  readonly automatic?: boolean;
  /** The bank's page leads back here. */
  readonly returnUrl?: string | null;
}

/** Makes one attempt: the money and the invoice. Its consequences for the subscription are in standing.ts. */
export function chargeInvoice(
  open: Invoice,
  method: PaymentMethod,
  { passed = false, automatic = false, returnUrl = null }: Attempt = {},
): Collected {
  const intent = ensurePaymentIntent(open);
  if (intent.status === "processing") return { kind: "processing", invoice: open, intent: intent.id };
  const counted = withAttempt(open, automatic);
  const decision = decideCharge(method, passed);
  if (decision.verdict === "pending") {
    sendDebit(intent, method);
    keepIfAsked(intent, method);
    return { kind: "processing", invoice: awaitBank(counted, open), intent: intent.id };
  }
  if (decision.verdict === "approved") {
    settleCharge(succeed(intent, method));
    keepIfAsked(intent, method);
    return { kind: "paid", invoice: markPaid(counted) };
  }
  if (decision.verdict === "authenticate") {
    requireAction(intent, method, returnUrl);
    // The bank has only asked a question, which counts as an attempt of the retry schedule alone (recorded).
    const asked = automatic ? counted : { ...counted, attempt_count: open.attempt_count };
    const invoice = recordFailure(asked, open);
    emit("invoice.payment_action_required", invoice);
    return { kind: "action_required", invoice, intent: intent.id };
  }
  fail(intent, method, decision.decline);
  return {
    kind: "failed",
    invoice: recordFailure(counted, open),
    decline: decision.decline,
    intent: intent.id,
  };
}

/**
 * Plans no further attempt, and gives up none, before the bank has answered
 * (https://docs.stripe.com/payments/ach-direct-debit).
 */
function awaitBank(attempted: Invoice, before: Invoice): Invoice {
  const { auto_advance } = before;
  const invoice = invoices.put({ ...attempted, auto_advance, next_payment_attempt: null });
  emit("invoice.updated", invoice, before);
  return invoice;
}

/** Ties a debit that was sent before there was an invoice to it. */
export function awaitDebit(open: Invoice, intent: string): Invoice {
  payWith(open, intent);
  return invoices.put({ ...open, attempt_count: 1, attempted: true });
}

/** Without a payment method nobody can be asked, and the attempt has failed. */
export function chargeNobody(open: Invoice): Invoice {
  return recordFailure(withAttempt(open, true), open);
}

/**
 * Counts an attempt. Only the retry schedule counts each, plans the next, and gives up after the last (type: the
 * comment of `Stripe.Invoice.attempt_count`).
 */
function withAttempt(open: Invoice, automatic: boolean): Invoice {
  const attempted = { ...open, attempted: true };
  if (!automatic) return { ...attempted, attempt_count: Math.max(1, open.attempt_count) };
  return withNextAttempt({ ...attempted, attempt_count: open.attempt_count + 1 });
}

/** Plans the next attempt after those that were made. */
export function withNextAttempt(invoice: Invoice): Invoice {
  const next_payment_attempt = retryAfter(invoice.attempt_count);
  const auto_advance = invoice.auto_advance === true && next_payment_attempt !== null;
  return { ...invoice, auto_advance, next_payment_attempt };
}

/** The invoice after an attempt that brought nothing. */
export function recordFailure(attempted: Invoice, before: Invoice): Invoice {
  const invoice = invoices.put(attempted);
  emit("invoice.updated", invoice, before);
  emit("invoice.payment_failed", invoice);
  return invoice;
}

/** Makes the invoice's payment intent if there is none: it keeps one, however often it is tried (recorded). */
export function ensurePaymentIntent(invoice: Invoice): PaymentIntent {
  const begun = defaultPaymentOf(invoice.id)?.payment.payment_intent;
  if (begun) return paymentIntents.must(begun);
  const intent = createPaymentIntent({
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description: descriptionOf(invoice),
    ...(subscriptionOf(invoice) ? { setup_future_usage: "off_session" } : {}),
  });
  payWith(invoice, intent.id);
  return intent;
}

function descriptionOf({ billing_reason, number }: Invoice): string {
  if (billing_reason === "subscription_create") return "Subscription creation";
  return billing_reason === "manual" ? `Payment for Invoice ${number}` : "Subscription update";
}
