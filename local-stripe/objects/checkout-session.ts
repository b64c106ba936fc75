import type Stripe from "stripe";
import { account } from "../kit/account";
import { now } from "../kit/clock";
import { randomText } from "../kit/ids";
import { Table } from "../kit/store";
import type { Metadata, Wire } from "../kit/wire";

export type CheckoutSession = Wire<Stripe.Checkout.Session>;
export type LineItem = Wire<Stripe.LineItem>;

type Index = "customer" | "subscription" | "payment_intent" | "status";

export const checkoutSessions = new Table<CheckoutSession, Index>("checkout.session", "cs_test_", {
  customer: (session) => session.customer,
  subscription: (session) => session.subscription,
  payment_intent: (session) => session.payment_intent,
  status: (session) => session.status,
});

/** The page collected this; a trial may need no card. */
export interface Submission {
  readonly payment_method: string | null;
  readonly email: string | null;
  /** Only if the shop collects tax ids. */
  readonly business?: { readonly name: string | null; readonly taxId: string | null };
}

/** A session was created with this, and its object does not show it until payment. */
export interface CheckoutPlan {
  readonly id: string;
  readonly lineItems: readonly LineItem[];
  readonly subscriptionData: {
    readonly metadata: Metadata;
    readonly description: string | null;
    readonly trialEnd: number | null;
    readonly trialPeriodDays: number | null;
    readonly missingPaymentMethod: "cancel" | "create_invoice" | "pause";
    readonly billingCycleAnchor: number | null;
  };
  readonly paymentIntentData: {
    readonly metadata: Metadata;
    readonly description: string | null;
    readonly setup_future_usage: "on_session" | "off_session" | null;
    readonly receipt_email: string | null;
  };
  /** The intent of an earlier attempt: the next attempt continues it. */
  readonly intent: string | null;
  /** A submission that waits for the 3D Secure page. */
  readonly pending: Submission | null;
}

export const checkoutPlans = new Table<CheckoutPlan, "intent">("checkout_plan", "", {
  intent: (plan) => plan.intent,
});

export const newSessionId = () => `cs_test_a1${randomText(56)}`;
export const sessionUrl = (id: string) => `${account.origin}/c/pay/${id}`;

type Given = Partial<CheckoutSession> & Pick<CheckoutSession, "id" | "mode" | "expires_at">;

export function buildCheckoutSession(given: Given): CheckoutSession {
  return {
    object: "checkout.session",
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: 0,
    amount_total: 0,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: null,
    client_reference_id: null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now(),
    currency: null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: null,
    customer_account: null,
    customer_creation: null,
    customer_details: null,
    customer_email: null,
    discounts: [],
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: {},
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card"],
    payment_status: "unpaid",
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: "open",
    submit_type: null,
    subscription: null,
    success_url: null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: "hosted_page",
    url: sessionUrl(given.id),
    wallet_options: null,
    ...given,
  };
}
