import type Stripe from "stripe";
import type { Snapshot } from "./decide";
import {
  toAttemptFact,
  toCheckoutFact,
  toCheckoutSessionRow,
  toInvoicePaidFact,
  toInvoiceRow,
  toPaymentFact,
  toSubscriptionRow,
} from "./rows";
import { idOf } from "./stripe";

/**
 * What an event means for our tables, before anybody asks whether it is news. Pure: agent.ts applies it.
 * Three kinds of data, three rules: facts are a set, one-way statuses only climb, free-moving objects are
 * decided by their time (decide.ts).
 */
export interface Effects {
  /** Whom it concerns; one customer's events are applied one after another. */
  stripeCustomerId: string | null;
  facts?: (ReturnType<typeof toCheckoutFact> | null)[];
  checkoutSession?: ReturnType<typeof toCheckoutSessionRow> & { paymentFailed?: boolean };
  invoice?: ReturnType<typeof toInvoiceRow>;
  subscription?: { id: string; moment: Snapshot["moment"]; row: ReturnType<typeof toSubscriptionRow> };
  /** A product or price changed: the plan is read anew from Stripe. */
  catalog?: { stripeProductId: string };
  /** One sentence for the inbox. */
  note: string;
}

/** The events that matter, and why. The webhook endpoint subscribes to exactly these (STRIPE_SETUP.md). */
export const HANDLED_EVENTS = {
  "checkout.session.completed": "the purchase; of a one-time sale also its money",
  "checkout.session.async_payment_succeeded": "the money of a delayed payment method arrived",
  "checkout.session.async_payment_failed": "the money of a delayed payment method never came",
  "checkout.session.expired": "the person may start another checkout",
  "customer.subscription.created": "access begins",
  "customer.subscription.updated": "renewal, plan change, cancellation, past due",
  "customer.subscription.deleted": "access ends",
  "invoice.paid": "the money of a subscription, also when settled outside of Stripe",
  "invoice.payment_succeeded": "the money of a subscription",
  "invoice.payment_failed": "an attempt to collect failed; Stripe will try again",
  "product.created": "the catalog gained a plan",
  "product.updated": "a plan was edited in the dashboard",
  "product.deleted": "a plan is gone",
  "price.created": "the catalog gained a price",
  "price.updated": "a price was archived or edited in the dashboard",
  "price.deleted": "a price is gone",
} as const satisfies Partial<Record<Stripe.Event["type"], string>>;

type HandledEvent = Extract<Stripe.Event, { type: keyof typeof HANDLED_EVENTS }>;

const isHandled = (event: Stripe.Event): event is HandledEvent => Object.hasOwn(HANDLED_EVENTS, event.type);

/** @returns null for an event that means nothing to us. */
export function effectsOf(event: Stripe.Event): Effects | null {
  return isHandled(event) ? effectsOfHandled(event) : null;
}

/** The return type makes the compiler demand a case for every event of the list. */
function effectsOfHandled(event: HandledEvent): Effects {
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
      return checkoutCompleted(event.data.object, event);
    case "checkout.session.async_payment_failed":
      return {
        ...checkoutCompleted(event.data.object, event),
        checkoutSession: { ...toCheckoutSessionRow(event.data.object, event.created), paymentFailed: true },
        note: `The payment of checkout ${event.data.object.id} failed.`,
      };
    case "checkout.session.expired":
      return {
        stripeCustomerId: idOf(event.data.object.customer),
        checkoutSession: toCheckoutSessionRow(event.data.object, event.created),
        note: `Checkout ${event.data.object.id} expired unpaid.`,
      };
    case "customer.subscription.created":
      return subscriptionChanged(event.data.object, "created");
    case "customer.subscription.updated":
      return subscriptionChanged(event.data.object, "changed");
    case "customer.subscription.deleted":
      return subscriptionChanged(event.data.object, "deleted");
    case "invoice.paid":
    case "invoice.payment_succeeded":
      return invoiceSettled(event.data.object, event);
    case "invoice.payment_failed":
      return {
        stripeCustomerId: idOf(event.data.object.customer),
        invoice: toInvoiceRow(event.data.object),
        facts: [toAttemptFact(event.data.object, event.type, event.created)],
        note: `Attempt ${event.data.object.attempt_count} to collect invoice ${event.data.object.id} failed.`,
      };
    case "product.created":
    case "product.updated":
    case "product.deleted":
      return catalogChanged(event.data.object.id);
    case "price.created":
    case "price.updated":
    case "price.deleted":
      return catalogChanged(idOf(event.data.object.product) ?? event.data.object.id);
  }
}

/** These three are also what the success page applies, which does not wait for the event. */
export function checkoutCompleted(
  session: Stripe.Checkout.Session,
  { type, created }: { type: string; created: number },
): Effects {
  // The checkout is one fact, told by `completed`; a delayed payment only adds its money.
  const checkout =
    type === "checkout.session.completed" && session.status === "complete"
      ? toCheckoutFact(session, type, created)
      : null;
  return {
    stripeCustomerId: idOf(session.customer),
    checkoutSession: toCheckoutSessionRow(session, created),
    facts: [checkout, toPaymentFact(session, type, created)],
    note: `Checkout ${session.id} is ${session.status}, its payment ${session.payment_status}.`,
  };
}

export const invoiceSettled = (
  invoice: Stripe.Invoice,
  { type, created }: { type: string; created: number },
): Effects => ({
  stripeCustomerId: idOf(invoice.customer),
  invoice: toInvoiceRow(invoice),
  facts: [toInvoicePaidFact(invoice, type, created)],
  note: `Invoice ${invoice.id} is paid.`,
});

export function subscriptionChanged(subscription: Stripe.Subscription, moment: Snapshot["moment"]): Effects {
  return {
    stripeCustomerId: idOf(subscription.customer),
    subscription: { id: subscription.id, moment, row: toSubscriptionRow(subscription) },
    note: `Subscription ${subscription.id} is ${subscription.status}.`,
  };
}

const catalogChanged = (stripeProductId: string): Effects => ({
  stripeCustomerId: null,
  catalog: { stripeProductId },
  note: `The plan of ${stripeProductId} was read anew from Stripe.`,
});
