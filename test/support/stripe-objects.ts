import { randomBytes } from "node:crypto";
import type Stripe from "stripe";
import { STRIPE_API_VERSION } from "@/lib/billing/stripe";

/**
 * Stripe's objects as its events carry them, cut down to what rows.ts reads. Every call has ids of its own, so
 * tests share one database without meeting each other.
 */

export const stripeId = (prefix: string) => `${prefix}_${randomBytes(9).toString("hex")}`;

type Over = Record<string, unknown>;

export const PERIOD_START = 1_790_000_000;
export const PERIOD_END = PERIOD_START + 30 * 86_400;

export const subscription = (over: Over = {}) => ({
  id: stripeId("sub"),
  object: "subscription",
  customer: stripeId("cus"),
  status: "active",
  currency: "usd",
  items: {
    object: "list",
    data: [
      {
        id: stripeId("si"),
        object: "subscription_item",
        quantity: 1,
        discounts: [] as (string | object)[],
        current_period_start: PERIOD_START,
        current_period_end: PERIOD_END,
        price: {
          id: stripeId("price"),
          object: "price",
          product: stripeId("prod"),
          unit_amount: 1900,
          unit_amount_decimal: "1900",
          currency: "usd",
          recurring: { interval: "month", interval_count: 1, usage_type: "licensed" },
        },
      },
    ],
  },
  collection_method: "charge_automatically",
  pause_collection: null,
  discounts: [] as (string | object)[],
  schedule: null,
  trial_start: null,
  trial_end: null,
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  cancellation_details: { comment: null, feedback: null, reason: null },
  ended_at: null,
  start_date: PERIOD_START,
  metadata: {},
  livemode: false,
  ...over,
});

export const checkoutSession = (over: Over = {}) => ({
  id: stripeId("cs_test"),
  object: "checkout.session",
  mode: "subscription",
  status: "complete",
  payment_status: "paid",
  customer: stripeId("cus"),
  subscription: stripeId("sub"),
  invoice: null,
  payment_intent: null,
  amount_total: 1900,
  currency: "usd",
  client_reference_id: null,
  metadata: {},
  url: null,
  created: PERIOD_START,
  expires_at: PERIOD_START + 86_400,
  livemode: false,
  ...over,
});

/** A one-time sale: no subscription, no invoice, a payment intent. */
export const paymentSession = (over: Over = {}) =>
  checkoutSession({
    mode: "payment",
    subscription: null,
    payment_intent: stripeId("pi"),
    amount_total: 49_900,
    ...over,
  });

export const invoice = (over: Over = {}) => ({
  id: stripeId("in"),
  object: "invoice",
  number: "TF-0001",
  status: "paid",
  customer: stripeId("cus"),
  parent: {
    type: "subscription_details",
    subscription_details: { subscription: stripeId("sub"), metadata: {} },
  },
  billing_reason: "subscription_cycle",
  collection_method: "charge_automatically",
  description: null,
  period_start: PERIOD_START - 86_400,
  period_end: PERIOD_START,
  attempt_count: 1,
  next_payment_attempt: null,
  due_date: null,
  subtotal: 1900,
  total_discount_amounts: [],
  total_taxes: [],
  total: 1900,
  amount_due: 1900,
  amount_paid: 1900,
  amount_remaining: 0,
  currency: "usd",
  created: PERIOD_START,
  status_transitions: { paid_at: null },
  hosted_invoice_url: "https://invoice.example/i",
  invoice_pdf: "https://invoice.example/i.pdf",
  lines: {
    object: "list",
    data: [
      {
        amount: 1900,
        description: "1 × Starter (at $19.00 / month)",
        pricing: { price_details: { price: stripeId("price") } },
      },
    ],
  },
  livemode: false,
  ...over,
});

/** Ties a payment to the invoice that it paid. */
export const invoicePayment = (over: Over = {}) => ({
  id: stripeId("inpay"),
  object: "invoice_payment",
  invoice: stripeId("in"),
  payment: { type: "payment_intent", payment_intent: stripeId("pi") },
  status: "paid",
  amount_paid: 1900,
  currency: "usd",
  created: PERIOD_START,
  status_transitions: { canceled_at: null, paid_at: PERIOD_START },
  livemode: false,
  ...over,
});

export const refund = (over: Over = {}) => ({
  id: stripeId("re"),
  object: "refund",
  status: "succeeded",
  amount: 1900,
  currency: "usd",
  customer: stripeId("cus"),
  charge: stripeId("ch"),
  payment_intent: stripeId("pi"),
  created: PERIOD_START,
  ...over,
});

/** As a reading answers: an event has the charge's id alone, and leads to one. */
export const dispute = (over: Over = {}) => ({
  id: stripeId("du"),
  object: "dispute",
  status: "needs_response",
  reason: "fraudulent",
  amount: 1900,
  currency: "usd",
  charge: { id: stripeId("ch"), object: "charge", customer: null as string | null },
  payment_intent: stripeId("pi"),
  evidence_details: { due_by: PERIOD_END },
  created: PERIOD_START,
  livemode: false,
  ...over,
});

export interface TestEvent {
  id: string;
  type: Stripe.Event["type"] | (string & {});
  created: number;
  livemode: boolean;
  api_version: string;
  object: "event";
  data: { object: object };
}

export const event = (type: TestEvent["type"], object: object, over: Partial<TestEvent> = {}): TestEvent => ({
  id: stripeId("evt"),
  object: "event",
  type,
  created: PERIOD_START,
  livemode: false,
  api_version: STRIPE_API_VERSION,
  data: { object },
  ...over,
});
