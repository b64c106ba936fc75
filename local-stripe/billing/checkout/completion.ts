import { now } from "../../kit/clock";
import { emit, inSequence, type Sequence } from "../../kit/events";
import { unschedule } from "../../kit/jobs";
import {
  type CheckoutSession,
  checkoutPlans,
  checkoutSessions,
  type Submission,
} from "../../objects/checkout-session";
import { buildCustomer, type Customer, customers } from "../../objects/customer";
import type { PaymentMethod } from "../../objects/payment-method";
import { type Subscription, subscriptions } from "../../objects/subscription";
import * as sequences from "../behavior/sequences";
import { switches } from "../behavior/switches";
import { createDiscount } from "../discounts/discounts";
import type { Redemption } from "../discounts/redemption";
import { createInvoice } from "../invoices/invoices";
import { isDelayed } from "../payments/bank";
import { attach } from "../payments/payment-methods";
import { TRIAL_WARNING_SECONDS } from "../subscriptions/cycle";
import { createFirstInvoice, createSubscription } from "../subscriptions/subscriptions";
import { checkoutPlanOf } from "./intents";
import { keepMethod, oneTimeLine, payFor, settleInvoice } from "./payment";
import { redemptionOf } from "./session-discounts";
import { trialEnd } from "./totals";

/**
 * Brings about everything that follows from a completed Checkout, once the bank has agreed
 * (https://docs.stripe.com/payments/checkout/how-checkout-works; the order: recorded).
 */
export function completeSession(
  session: CheckoutSession,
  submission: Submission,
  method: PaymentMethod | undefined,
  passed: boolean,
): CheckoutSession {
  const { email } = submission;
  const sequence = sequenceFor(session, method);
  // Asked before the payment, which is a transaction that first-time codes do not allow.
  const redemption = redemptionOf(session);
  return inSequence(passed ? [...sequences.AUTHENTICATED, ...sequence] : sequence, () => {
    const customer = findOrCreateCustomer(session, email, method);
    const made =
      session.mode === "subscription"
        ? subscribe(session, customer, method, redemption)
        : session.mode === "payment"
          ? payOnce(session, customer, method, redemption)
          : { setup_intent: keepMethod(session, customer, method) };
    const changed = customer && customers.must(customer.id);
    if (customer && changed) emit("customer.updated", changed, customer);
    return closeSession(session, { ...made, customer: customer?.id ?? null }, changed, submission, method);
  });
}

type Made = Partial<Pick<CheckoutSession, "subscription" | "invoice" | "payment_intent" | "setup_intent">>;

function sequenceFor(session: CheckoutSession, method: PaymentMethod | undefined): Sequence {
  if (session.amount_total && method && isDelayed(method)) return sequences.CHECKOUT_PROCESSING;
  if (session.mode === "payment") return sequences.CHECKOUT_PAYMENT;
  return session.amount_total ? sequences.CHECKOUT_SUBSCRIPTION : sequences.CHECKOUT_TRIAL;
}

/**
 * Checkout makes a customer for every subscription; for a single payment only when asked to (type: the comment of
 * `Stripe.Checkout.SessionCreateParams.customer_creation`).
 */
function findOrCreateCustomer(
  session: CheckoutSession,
  email: string | null,
  method: PaymentMethod | undefined,
): Customer | null {
  const existing = customers.get(session.customer ?? "");
  if (existing) return existing.email === null && email ? customers.put({ ...existing, email }) : existing;
  if (session.mode !== "subscription" && session.customer_creation !== "always") return null;
  const details = method?.billing_details;
  const customer = customers.put(
    buildCustomer({ email, name: details?.name ?? null, address: details?.address ?? null }),
  );
  emit("customer.created", customer);
  return customer;
}

function subscribe(
  session: CheckoutSession,
  customer: Customer | null,
  method: PaymentMethod | undefined,
  redemption: Redemption | null,
): Made {
  if (!customer) throw new Error("A subscription needs a customer");
  const plan = checkoutPlanOf(session);
  const { subscriptionData: data } = plan;
  const paid = session.amount_total ? payFor(session, customer, method) : null;
  const setup = !paid && method ? keepMethod(session, customer, method) : null;
  if (method && paid) attach(method, customer.id);
  const recurring = plan.lineItems.flatMap(({ price, quantity }) =>
    price?.recurring ? [{ price, quantity: quantity ?? 1 }] : [],
  );
  const trial_end = trialEnd(session.id);
  const begun = createSubscription(recurring, {
    customer: customer.id,
    currency: session.currency ?? "usd",
    default_payment_method: method?.id ?? null,
    description: data.description,
    metadata: data.metadata,
    status: trial_end === null ? "active" : "trialing",
    trial_end,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: data.missingPaymentMethod },
    },
    ...(data.billingCycleAnchor === null ? {} : { billing_cycle_anchor: data.billingCycleAnchor }),
  });
  if (redemption) {
    const { id } = createDiscount(redemption, { customer: customer.id, subscription: begun.id });
    subscriptions.update(begun.id, { discounts: [id] });
  }
  const once = plan.lineItems.filter((item) => !item.price?.recurring);
  const amounts = new Map(plan.lineItems.map((item) => [item.price?.id ?? "", item.amount_subtotal]));
  const invoice = settleInvoice(
    createFirstInvoice(begun, (id) => once.map((item) => oneTimeLine(id, item, begun.id)), amounts),
    paid,
  );
  const subscription = subscriptions.must(begun.id);
  emit("customer.subscription.created", subscription);
  announceShortTrial(subscription);
  return { subscription: subscription.id, invoice: invoice.id, setup_intent: setup };
}

function payOnce(
  session: CheckoutSession,
  customer: Customer | null,
  method: PaymentMethod | undefined,
  redemption: Redemption | null,
): Made {
  const plan = checkoutPlanOf(session);
  const paid = session.amount_total ? payFor(session, customer, method) : null;
  if (method && customer && plan.paymentIntentData.setup_future_usage) attach(method, customer.id);
  const target = { customer: customer?.id ?? null, checkout_session: session.id };
  const discounts = redemption ? [createDiscount(redemption, target).id] : [];
  if (!session.invoice_creation?.enabled || !customer) return { payment_intent: paid?.id ?? null };
  const draft = createInvoice(
    customer.id,
    { billing_reason: "manual", currency: session.currency ?? "usd", discounts, parent: null },
    (id) => plan.lineItems.map((item) => oneTimeLine(id, item, null)),
  );
  return { payment_intent: paid?.id ?? null, invoice: settleInvoice(draft, paid).id };
}

/**
 * Stripe announces the end of a trial three days before; of a shorter trial at once
 * (https://docs.stripe.com/billing/subscriptions/trials).
 */
function announceShortTrial(subscription: Subscription): void {
  const end = subscription.trial_end;
  if (end !== null && end - now() < TRIAL_WARNING_SECONDS)
    emit("customer.subscription.trial_will_end", subscription);
}

function closeSession(
  session: CheckoutSession,
  made: Made & Pick<CheckoutSession, "customer">,
  customer: Customer | null,
  { email, business }: Submission,
  method: PaymentMethod | undefined,
): CheckoutSession {
  const details = method?.billing_details;
  unschedule("checkout.session.expire", session.id);
  checkoutPlans.put({ ...checkoutPlanOf(session), pending: null });
  const completed = checkoutSessions.put({
    ...session,
    ...made,
    collected_information: {
      business_name: business?.name ?? null,
      individual_name: null,
      shipping_details: null,
    },
    customer_details: {
      address: details?.address ?? null,
      business_name: business?.name ?? null,
      email: session.customer_email ?? customer?.email ?? email,
      individual_name: null,
      name: details?.name ?? customer?.name ?? null,
      phone: null,
      tax_exempt: "none",
      tax_ids: business?.taxId ? [{ type: kindOf(business.taxId), value: business.taxId }] : [],
    },
    payment_status: session.amount_total
      ? method && isDelayed(method)
        ? "unpaid"
        : "paid"
      : session.mode === "subscription" && trialEnd(session.id) !== null
        ? switches.trialPaymentStatus
        : "no_payment_required",
    status: "complete",
    url: null,
  });
  emit("checkout.session.completed", completed);
  return completed;
}

/** A country's letters begin a European number; without any it is taken for an American one. */
function kindOf(taxId: string): "eu_vat" | "unknown" | "us_ein" {
  if (/^[A-Z]{2}\w{2,13}$/.test(taxId)) return "eu_vat";
  return /^\d{2}-?\d{7}$/.test(taxId) ? "us_ein" : "unknown";
}
