import type Stripe from "stripe";
import { account } from "../kit/account";
import { now } from "../kit/clock";
import { randomText } from "../kit/ids";
import { Table } from "../kit/store";
import type { Metadata, Wire } from "../kit/wire";
import type { PaymentIntent } from "./payment-intent";
import type { TaxRate } from "./tax-rate";

export type CheckoutSession = Wire<Stripe.Checkout.Session>;
export type LineItem = Wire<Stripe.LineItem>;

type Index = "customer" | "subscription" | "payment_intent" | "recovered_from" | "recovery" | "status";

export const checkoutSessions = new Table<CheckoutSession, Index>("checkout.session", "cs_test_", {
  customer: (session) => session.customer,
  subscription: (session) => session.subscription,
  payment_intent: (session) => session.payment_intent,
  recovered_from: (session) => session.recovered_from,
  recovery: (session) => session.after_expiration?.recovery?.url,
  status: (session) => session.status,
});

export type CollectedInformation = NonNullable<CheckoutSession["collected_information"]>;
export type ShippingDetails = NonNullable<CollectedInformation["shipping_details"]>;

/** The shop asked for this beside the payment; null and false where it did not, or the customer kept it. */
export interface Answers {
  readonly businessName: string | null;
  /** By the key of the field. */
  readonly customFields: Readonly<Record<string, string>>;
  readonly individualName: string | null;
  readonly phone: string | null;
  readonly promotions: boolean;
  readonly shipping: ShippingDetails | null;
  readonly taxId: string | null;
  readonly termsAccepted: boolean;
}

/** The page collected this; a trial may need no card. */
export interface Submission {
  readonly payment_method: string | null;
  readonly email: string | null;
  readonly answers: Answers;
}

type Update = "auto" | "never";

/** A session was created with this, and its object does not show it until payment. */
export interface CheckoutPlan {
  readonly id: string;
  readonly lineItems: readonly LineItem[];
  readonly customerUpdate: { readonly address: Update; readonly name: Update; readonly shipping: Update };
  readonly subscriptionData: {
    readonly metadata: Metadata;
    readonly defaultTaxRates: readonly TaxRate[];
    readonly description: string | null;
    readonly trialEnd: number | null;
    readonly trialPeriodDays: number | null;
    readonly missingPaymentMethod: "cancel" | "create_invoice" | "pause";
    readonly billingCycleAnchor: number | null;
  };
  readonly paymentIntentData: Pick<
    PaymentIntent,
    | "description"
    | "metadata"
    | "receipt_email"
    | "setup_future_usage"
    | "shipping"
    | "statement_descriptor"
    | "statement_descriptor_suffix"
    | "transfer_group"
  > &
    Partial<Pick<PaymentIntent, "capture_method">>;
  readonly setupIntentData: { readonly description: string | null; readonly metadata: Metadata };
  readonly allowRedisplay: "always" | "limited" | "unspecified" | null;
  /** The address that a customer typed who wants to hear of offers; it is told if the session expires. */
  readonly contact: string | null;
  /** The intent of an earlier attempt: the next attempt continues it. */
  readonly intent: string | null;
  /** The place of the address that its customer typed, by which automatic tax goes. */
  readonly place: { readonly country: string; readonly state: string | null } | null;
  /** A submission that waits for the 3D Secure page. */
  readonly pending: Submission | null;
}

export const checkoutPlans = new Table<CheckoutPlan, "intent">("checkout_plan", "", {
  intent: (plan) => plan.intent,
});

/** The taxes of an item, by its id; it shows them only when expanded. */
export const lineItemTaxes = new Table<{
  readonly id: string;
  readonly taxes: readonly NonNullable<LineItem["taxes"]>[number][];
}>("line_item_taxes", "");

export const newSessionId = () => `cs_test_a1${randomText(56)}`;
/** Stripe.js finds the session by what stands before `_secret_`. */
export const newClientSecret = (id: string) => `${id}_secret_${randomText(32)}`;
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
