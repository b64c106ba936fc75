import type Stripe from "stripe";
import type { stripeTransactions } from "@/db/schema";
import { time } from "./objects/rows";
import { idOf } from "./stripe";

/**
 * Stripe object → fact of the ledger. Pure. The key names the money and not the event, because several events
 * may tell of one payment; `revenue` stands on one fact only.
 */

export type Fact = Omit<(typeof stripeTransactions)["$inferInsert"], "livemode" | "userId">;

/** That somebody checked out. The money, if any, is a fact of its own. */
export const toCheckoutFact = (session: Stripe.Checkout.Session, eventType: string, at: number): Fact => ({
  kind: "checkout",
  stripeId: session.id,
  eventType,
  stripeCustomerId: idOf(session.customer),
  stripeCheckoutSessionId: session.id,
  stripeSubscriptionId: idOf(session.subscription),
  stripeInvoiceId: idOf(session.invoice),
  stripePaymentIntentId: idOf(session.payment_intent),
  amount: session.amount_total ?? 0,
  revenue: 0,
  currency: session.currency ?? "usd",
  occurredAt: time(at),
});

/**
 * The money of a one-time sale, which has no invoice. A subscription's session carries none of its own: its
 * first invoice does.
 */
export function toPaymentFact(session: Stripe.Checkout.Session, eventType: string, at: number): Fact | null {
  const paymentIntent = idOf(session.payment_intent);
  if (session.mode !== "payment" || session.payment_status !== "paid" || !paymentIntent) return null;
  return {
    ...toCheckoutFact(session, eventType, at),
    kind: "payment",
    stripeId: paymentIntent,
    revenue: session.amount_total ?? 0,
  };
}

const toInvoiceFact = (invoice: Stripe.Invoice, eventType: string, at: number) => ({
  eventType,
  stripeCustomerId: idOf(invoice.customer),
  stripeSubscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
  stripeInvoiceId: invoice.id,
  stripePriceId: invoice.lines.data[0]?.pricing?.price_details?.price?.toString() ?? null,
  currency: invoice.currency,
  occurredAt: time(at),
});

/** One invoice is paid once, whichever of `invoice.paid` and `invoice.payment_succeeded` says so first. */
export const toInvoicePaidFact = (invoice: Stripe.Invoice, eventType: string, at: number): Fact => ({
  ...toInvoiceFact(invoice, eventType, invoice.status_transitions.paid_at ?? at),
  kind: "invoice_paid",
  stripeId: invoice.id,
  amount: invoice.amount_paid,
  revenue: invoice.amount_paid,
});

/** A failed attempt to collect; each attempt is a fact. */
export const toAttemptFact = (invoice: Stripe.Invoice, eventType: string, at: number): Fact => ({
  ...toInvoiceFact(invoice, eventType, at),
  kind: "attempt",
  stripeId: `${invoice.id}:${invoice.attempt_count}`,
  amount: invoice.amount_due,
  revenue: 0,
});

/** Money given back counts once it is on its way, and no longer if the bank returns it. */
export const toRefundFact = (refund: Stripe.Refund, eventType: string): Fact => ({
  kind: "refund",
  stripeId: refund.id,
  eventType,
  stripeCustomerId: idOf(refund.customer),
  stripePaymentIntentId: idOf(refund.payment_intent),
  amount: refund.amount,
  revenue: refund.status === "succeeded" ? -refund.amount : 0,
  status: refund.status ?? "pending",
  currency: refund.currency,
  occurredAt: time(refund.created),
});

/** That a payment is questioned. Who keeps the money is for the dispute to tell; it is not a refund. */
export const toDisputeFact = (dispute: Stripe.Dispute, eventType: string): Fact => ({
  kind: "dispute",
  stripeId: dispute.id,
  eventType,
  stripePaymentIntentId: idOf(dispute.payment_intent),
  amount: dispute.amount,
  revenue: 0,
  currency: dispute.currency,
  occurredAt: time(dispute.created),
});
