import { now } from "../../kit/clock";
import { emit, inSequence, type Sequence } from "../../kit/events";
import type { Answers, CheckoutSession, Submission } from "../../objects/checkout-session";
import { type Customer, customers } from "../../objects/customer";
import { lineTaxRates } from "../../objects/line-rates";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { type Subscription, subscriptions } from "../../objects/subscription";
import * as sequences from "../behavior/sequences";
import { createDiscount } from "../discounts/discounts";
import type { Redemption } from "../discounts/redemption";
import { createInvoice } from "../invoices/invoices";
import { isDelayed } from "../payments/bank";
import { attach } from "../payments/payment-methods";
import { TRIAL_WARNING_SECONDS } from "../subscriptions/cycle";
import { billsNothing } from "../subscriptions/drafts";
import { createFirstInvoice, createSubscription } from "../subscriptions/subscriptions";
import { closeSession, type Made } from "./closing";
import { findOrCreateCustomer } from "./customer";
import { checkoutPlanOf } from "./intents";
import { isKept } from "./method-options";
import { keepMethod, oneTimeLine, payFor, settleInvoice, shippingOn } from "./payment";
import { redemptionOf } from "./session-discounts";
import { keepTaxId } from "./tax-id-kinds";
import { trialEnd } from "./totals";

/**
 * Brings about everything that follows from a completed Checkout, once the bank has agreed
 * (https://docs.stripe.com/payments/checkout/how-checkout-works; the order: recorded).
 */
export function completeSession(
  session: CheckoutSession,
  submission: Submission,
  used: PaymentMethod | undefined,
  passed: boolean,
): CheckoutSession {
  const allow_redisplay = checkoutPlanOf(session).allowRedisplay;
  const method = used && allow_redisplay ? paymentMethods.put({ ...used, allow_redisplay }) : used;
  const sequence = sequenceFor(session, method);
  // Asked before the payment, which is a transaction that first-time codes do not allow.
  const redemption = redemptionOf(session);
  return inSequence(passed ? [...sequences.AUTHENTICATED, ...sequence] : sequence, () => {
    const before = customers.get(session.customer ?? "");
    const customer = findOrCreateCustomer(session, submission, method);
    if (customer) keepTaxId(customer, submission.answers.taxId);
    const made =
      session.mode === "subscription"
        ? subscribe(session, customer, method, redemption)
        : session.mode === "payment"
          ? payOnce(session, customer, method, redemption, submission.answers)
          : { setup_intent: keepMethod(session, customer, method) };
    const changed = customer && customers.must(customer.id);
    if (customer && changed) emit("customer.updated", changed, before ?? customer);
    return closeSession(session, { ...made, customer: customer?.id ?? null }, changed, submission, method);
  });
}

function sequenceFor(session: CheckoutSession, method: PaymentMethod | undefined): Sequence {
  if (session.amount_total && method && isDelayed(method)) return sequences.CHECKOUT_PROCESSING;
  if (session.mode === "payment") return sequences.CHECKOUT_PAYMENT;
  return session.amount_total ? sequences.CHECKOUT_SUBSCRIPTION : sequences.CHECKOUT_TRIAL;
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
  const recurring = plan.lineItems.flatMap(({ id, price, quantity }) => {
    const tax_rates = [...(lineTaxRates.get(id)?.rates ?? [])];
    return price?.recurring ? [{ price, quantity: quantity ?? 1, tax_rates }] : [];
  });
  const trial_end = trialEnd(session.id);
  const begun = createSubscription(recurring, {
    customer: customer.id,
    currency: session.currency ?? "usd",
    default_payment_method: method?.id ?? null,
    automatic_tax: {
      disabled_reason: null,
      enabled: session.automatic_tax.enabled,
      liability: session.automatic_tax.liability,
    },
    default_tax_rates: [...data.defaultTaxRates],
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
  const onceLines = (id: string) => once.map((item) => oneTimeLine(id, item, begun.id));
  const invoice = billsNothing(begun.items.data, onceLines)
    ? null
    : settleInvoice(createFirstInvoice(begun, onceLines, amounts), paid).id;
  const subscription = subscriptions.must(begun.id);
  emit("customer.subscription.created", subscription);
  announceShortTrial(subscription);
  return { subscription: subscription.id, invoice, setup_intent: setup };
}

function payOnce(
  session: CheckoutSession,
  customer: Customer | null,
  method: PaymentMethod | undefined,
  redemption: Redemption | null,
  { phone, shipping }: Answers,
): Made {
  const plan = checkoutPlanOf(session);
  const parcel = shipping && { ...shipping, carrier: null, phone, tracking_number: null };
  const paid = session.amount_total ? payFor(session, customer, method, parcel) : null;
  if (method && customer && isKept(session, method)) attach(method, customer.id);
  const target = { customer: customer?.id ?? null, checkout_session: session.id };
  const discounts = redemption ? [createDiscount(redemption, target).id] : [];
  if (!session.invoice_creation?.enabled || !customer) return { payment_intent: paid?.id ?? null };
  const draft = createInvoice(
    customer.id,
    {
      ...shippingOn(session, shipping),
      ...(session.automatic_tax.enabled
        ? { automatic_tax: { ...session.automatic_tax, disabled_reason: null } }
        : {}),
      billing_reason: "manual",
      currency: session.currency ?? "usd",
      discounts,
      parent: null,
    },
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
