import type Stripe from "stripe";
import type { checkoutSessions, disputes, invoices, products, subscriptions } from "@/db/schema";
import { idOf } from "../stripe";

/** Stripe object → row. Pure. What it means as money is in facts.ts. */

type Values<Table extends { $inferInsert: object }> = Table["$inferInsert"];

export const time = (seconds: number) => new Date(seconds * 1000);
const timeOrNull = (seconds: number | null) => (seconds === null ? null : time(seconds));

/** Metadata is text that anybody with the dashboard may edit; only a UUID can be the id of a row. */
const ourId = (text: string | undefined) =>
  text && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined;

/** The shop sells one price a subscription, so the first item is the subscription's price and period. */
export function toSubscriptionRow(subscription: Stripe.Subscription) {
  const item = subscription.items.data[0];
  if (!item)
    throw new Error(`Subscription ${subscription.id} has no items, so it has no price and no period.`);
  return {
    stripeId: subscription.id,
    stripeCustomerId: idOf(subscription.customer) ?? "",
    status: subscription.status,
    stripePriceId: item.price.id,
    quantity: item.quantity ?? 1,
    unitAmount: item.price.unit_amount,
    currency: subscription.currency,
    interval: item.price.recurring?.interval ?? null,
    currentPeriodStart: time(item.current_period_start),
    currentPeriodEnd: time(item.current_period_end),
    trialEnd: timeOrNull(subscription.trial_end),
    cancelAt: timeOrNull(subscription.cancel_at),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    canceledAt: timeOrNull(subscription.canceled_at),
    endedAt: timeOrNull(subscription.ended_at),
    startedAt: time(subscription.start_date),
    livemode: subscription.livemode,
  } satisfies Partial<Values<typeof subscriptions>>;
}

/** @param at when the session was in this state, in Stripe's seconds */
export function toCheckoutSessionRow(session: Stripe.Checkout.Session, at: number) {
  type Row = Values<typeof checkoutSessions>;
  return {
    id: ourId(session.metadata?.checkout_session_id),
    stripeId: session.id,
    // Stripe types its enums as open; these three are closed by the states a session can be in.
    mode: session.mode as Row["mode"],
    status: (session.status ?? "open") as Row["status"],
    paymentStatus: session.payment_status as Row["paymentStatus"],
    stripeCustomerId: idOf(session.customer),
    stripeSubscriptionId: idOf(session.subscription),
    stripePaymentIntentId: idOf(session.payment_intent),
    amountTotal: session.amount_total,
    currency: session.currency,
    url: session.url,
    expiresAt: time(session.expires_at),
    completedAt: session.status === "complete" ? time(at) : null,
    livemode: session.livemode,
  } satisfies Partial<Values<typeof checkoutSessions>>;
}

/** A plan's product and one of its prices, as applyCatalog made them: our own keys are in the metadata. */
export function toProductRow(product: Stripe.Product, price: Stripe.Price) {
  return {
    plan: product.metadata.plan ?? "",
    family: product.metadata.family || null,
    name: product.name,
    description: product.description ?? "",
    features: product.marketing_features.flatMap(({ name }) => (name ? [name] : [])),
    interval: (price.recurring?.interval ?? null) as Values<typeof products>["interval"],
    unitAmount: price.unit_amount ?? 0,
    currency: price.currency,
    stripeProductId: product.id,
    stripePriceId: price.id,
    lookupKey: price.lookup_key,
    active: product.active && price.active,
    position: Number(product.metadata.position ?? 0),
    livemode: price.livemode,
  } satisfies Values<typeof products>;
}

export function toInvoiceRow(invoice: Stripe.Invoice) {
  return {
    stripeId: invoice.id,
    stripeCustomerId: idOf(invoice.customer),
    stripeSubscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
    number: invoice.number,
    status: (invoice.status ?? "draft") as Values<typeof invoices>["status"],
    attemptCount: invoice.attempt_count,
    amountDue: invoice.amount_due,
    amountPaid: invoice.amount_paid,
    currency: invoice.currency,
    hostedInvoiceUrl: invoice.hosted_invoice_url ?? null,
    invoicePdf: invoice.invoice_pdf ?? null,
    stripeCreatedAt: time(invoice.created),
    livemode: invoice.livemode,
  } satisfies Partial<Values<typeof invoices>>;
}

/** The API may add statuses; they are stored as they are. */
export const toDisputeRow = (dispute: Stripe.Dispute) =>
  ({
    stripeId: dispute.id,
    stripeChargeId: idOf(dispute.charge),
    stripePaymentIntentId: idOf(dispute.payment_intent),
    status: dispute.status,
    reason: dispute.reason,
    amount: dispute.amount,
    currency: dispute.currency,
    evidenceDueAt: timeOrNull(dispute.evidence_details.due_by),
    stripeCreatedAt: time(dispute.created),
    livemode: dispute.livemode,
  }) satisfies Partial<Values<typeof disputes>>;
