import type Stripe from "stripe";
import {
  type Fact,
  toAttemptFact,
  toCheckoutFact,
  toDisputeFact,
  toInvoicePaidFact,
  toPaymentFact,
  toRefundFact,
} from "../ledger";
import { idOf } from "../stripe";
import type { Plan, StripeObject } from ".";
import {
  time,
  toCheckoutSessionRow,
  toDisputeRow,
  toInvoiceRow,
  toProductRow,
  toSubscriptionRow,
} from "./rows";

/**
 * What an object means for our tables, before anybody asks whether it is news. Pure: apply.ts writes it.
 * Three kinds of data, three rules: facts are a set, one-way statuses only climb, free-moving objects are
 * decided by their time (decide.ts).
 */
export interface Effects {
  /** Whom it concerns; one customer's events are applied one after another. */
  stripeCustomerId: string | null;
  facts?: Fact[];
  checkoutSession?: ReturnType<typeof toCheckoutSessionRow> & { paymentFailed?: boolean };
  mirror?: Mirrored;
  /** The customer does not exist any more. */
  customerDeleted?: boolean;
  /** One sentence for the inbox. */
  note: string;
}

/** A row that carries its version stamp; mirror.ts says what writing it entails. */
export type Mirrored =
  | { kind: "subscription"; row: ReturnType<typeof toSubscriptionRow> }
  | { kind: "invoice"; row: ReturnType<typeof toInvoiceRow> & { deletedAt?: Date } }
  | { kind: "dispute"; row: ReturnType<typeof toDisputeRow> }
  | {
      kind: "plan";
      row: { stripeId: string; livemode: boolean };
      products: ReturnType<typeof toProductRow>[];
    };

/** @param event what told of the object; null when Stripe was asked without one. */
export function effectsOf(object: StripeObject, event: Stripe.Event | null): Effects {
  const effects = withoutOrigin(object, event);
  return { ...effects, facts: effects.facts?.map((fact) => ({ ...fact, stripeEventId: event?.id ?? null })) };
}

function withoutOrigin(object: StripeObject, event: Stripe.Event | null): Effects {
  switch (object.object) {
    case "checkout.session":
      return ofCheckoutSession(object, event);
    case "customer":
      return ofCustomer(object, event);
    case "dispute":
      return ofDispute(object, event);
    case "invoice":
      return ofInvoice(object, event);
    case "plan":
      return ofPlan(object);
    case "refund":
      return ofRefund(object, event);
    case "subscription":
      return ofSubscription(object);
  }
}

function ofCheckoutSession(session: Stripe.Checkout.Session, event: Stripe.Event | null): Effects {
  const type = event?.type ?? "checkout.session.completed";
  const at = event?.created ?? purchasedAt(session);
  const payment = toPaymentFact(session, type, at);
  // The checkout is one fact, told by `completed`; a delayed payment only adds its money.
  const isCheckout = type === "checkout.session.completed" && session.status === "complete";
  const paymentFailed = type === "checkout.session.async_payment_failed" || hasFailed(session);
  return {
    stripeCustomerId: idOf(session.customer),
    checkoutSession: { ...toCheckoutSessionRow(session, at), paymentFailed },
    facts: [...(isCheckout ? [toCheckoutFact(session, type, at)] : []), ...(payment ? [payment] : [])],
    note: paymentFailed
      ? `The payment of checkout ${session.id} failed.`
      : `Checkout ${session.id} is ${session.status}, its payment ${session.payment_status}.`,
  };
}

/** A session does not say when it was completed, but what it led to came into being in that moment. */
function purchasedAt({ subscription, payment_intent, created }: Stripe.Checkout.Session) {
  const outcome = subscription ?? payment_intent;
  return outcome && typeof outcome === "object" ? outcome.created : created;
}

/** A delayed payment that never came leaves the session `unpaid`; only its payment intent tells. */
function hasFailed({ status, payment_status, payment_intent }: Stripe.Checkout.Session) {
  if (status !== "complete" || payment_status !== "unpaid") return false;
  if (!payment_intent || typeof payment_intent === "string") return false;
  return ["requires_payment_method", "canceled"].includes(payment_intent.status);
}

function ofInvoice(invoice: Stripe.Invoice, event: Stripe.Event | null): Effects {
  const type = event?.type ?? "invoice.payment_succeeded";
  const facts: Fact[] = [];
  if (invoice.status === "paid")
    facts.push(toInvoicePaidFact(invoice, type, event?.created ?? invoice.created));
  // Read later, the invoice may have seen more attempts than the one that is told of.
  if (event?.type === "invoice.payment_failed")
    facts.push(
      toAttemptFact({ ...invoice, attempt_count: event.data.object.attempt_count }, type, event.created),
    );
  const row = toInvoiceRow(invoice);
  return {
    stripeCustomerId: idOf(invoice.customer),
    mirror: {
      kind: "invoice",
      row: event?.type === "invoice.deleted" ? { ...row, deletedAt: time(event.created) } : row,
    },
    facts,
    note: `Invoice ${invoice.id} is ${invoice.status}.`,
  };
}

const ofSubscription = (subscription: Stripe.Subscription): Effects => ({
  stripeCustomerId: idOf(subscription.customer),
  mirror: { kind: "subscription", row: toSubscriptionRow(subscription) },
  note: `Subscription ${subscription.id} is ${subscription.status}.`,
});

const ofRefund = (refund: Stripe.Refund, event: Stripe.Event | null): Effects => ({
  stripeCustomerId: idOf(refund.customer),
  facts: [toRefundFact(refund, event?.type ?? "refund.created")],
  note: `Refund ${refund.id} is ${refund.status}.`,
});

const ofDispute = (dispute: Stripe.Dispute, event: Stripe.Event | null): Effects => ({
  stripeCustomerId: null,
  mirror: { kind: "dispute", row: toDisputeRow(dispute) },
  facts: [toDisputeFact(dispute, event?.type ?? "charge.dispute.created")],
  note: `Dispute ${dispute.id} is ${dispute.status}.`,
});

function ofCustomer(customer: Stripe.Customer | Stripe.DeletedCustomer, event: Stripe.Event | null): Effects {
  const customerDeleted = event?.type === "customer.deleted" || customer.deleted === true;
  return {
    stripeCustomerId: customer.id,
    customerDeleted,
    note: customerDeleted ? `Customer ${customer.id} is gone.` : `Customer ${customer.id} exists.`,
  };
}

/** A product without `metadata.plan` is not one of ours, or not any more. */
const ofPlan = ({ id, product, prices }: Plan): Effects => ({
  stripeCustomerId: null,
  mirror: {
    kind: "plan",
    row: { stripeId: id, livemode: product.livemode },
    products: product.metadata.plan ? prices.map((price) => toProductRow(product, price)) : [],
  },
  note: `The plan of ${id} was read anew from Stripe.`,
});
