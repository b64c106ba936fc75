import { checkSession, type Given, makeLineItems, offeredTypes } from "../billing/checkout/session-checks";
import { discountSession } from "../billing/checkout/session-discounts";
import { createParams, listParams, updateParams } from "../billing/checkout/session-params";
import { expireSession } from "../billing/checkout/submission";
import { refuseOtherCurrency } from "../billing/subscriptions/one-currency";
import { DAY_SECONDS } from "../billing/time/durations";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { schedule } from "../kit/jobs";
import { createdParam, inlineList } from "../kit/list";
import { find } from "../kit/lookup";
import { mergeMetadata } from "../kit/params";
import {
  buildCheckoutSession,
  type CheckoutSession,
  checkoutPlans,
  checkoutSessions,
  newSessionId,
} from "../objects/checkout-session";
import { customers } from "../objects/customer";

function createSession(given: Given): CheckoutSession {
  checkSession(given);
  const customer = given.customer ? find(customers, given.customer, "customer") : null;
  const lineItems = makeLineItems(given);
  const currency = lineItems[0]?.currency ?? given.currency ?? null;
  if (customer && currency && given.mode === "subscription") refuseOtherCurrency(customer.id, currency);
  const id = newSessionId();
  const { mode, subscription_data: data, payment_intent_data: payment } = given;
  checkoutPlans.put({
    id,
    intent: null,
    lineItems,
    pending: null,
    paymentIntentData: {
      description: payment?.description ?? null,
      metadata: mergeMetadata({}, payment?.metadata),
      receipt_email: payment?.receipt_email ?? null,
      setup_future_usage: payment?.setup_future_usage ?? null,
    },
    subscriptionData: {
      billingCycleAnchor: data?.billing_cycle_anchor ?? null,
      description: data?.description ?? null,
      metadata: mergeMetadata({}, data?.metadata),
      missingPaymentMethod: data?.trial_settings?.end_behavior.missing_payment_method ?? "create_invoice",
      trialEnd: data?.trial_end ?? null,
      trialPeriodDays: data?.trial_period_days ?? null,
    },
  });
  const { success_url, cancel_url, client_reference_id, customer_email, locale, submit_type } = given;
  const email = customer?.email ?? customer_email;
  const invoicing = given.invoice_creation?.enabled ?? false;
  const session = discountSession(
    buildCheckoutSession({
      id,
      mode,
      allow_promotion_codes: given.allow_promotion_codes ?? null,
      allowed_payment_method_types: given.allowed_payment_method_types ?? null,
      automatic_tax: {
        enabled: given.automatic_tax?.enabled ?? false,
        liability: null,
        provider: null,
        status: null,
      },
      billing_address_collection: given.billing_address_collection ?? null,
      cancel_url: cancel_url ?? null,
      client_reference_id: client_reference_id ?? null,
      currency,
      customer: customer?.id ?? null,
      customer_creation: mode === "payment" && !customer ? creation(given, invoicing) : null,
      customer_details: email ? detailsBefore(email, customer?.name ?? null) : null,
      customer_email: customer_email ?? null,
      expires_at: given.expires_at ?? now() + DAY_SECONDS,
      invoice_creation: mode === "payment" ? invoiceCreation(invoicing) : null,
      locale: (locale ?? null) as CheckoutSession["locale"],
      metadata: mergeMetadata({}, given.metadata),
      payment_method_collection:
        mode === "subscription" ? (given.payment_method_collection ?? "always") : null,
      payment_method_types: offeredTypes(given, currency),
      submit_type: submit_type ?? null,
      success_url: success_url ?? null,
      ...(given.excluded_payment_method_types
        ? { excluded_payment_method_types: given.excluded_payment_method_types }
        : {}),
      ...(given.tax_id_collection
        ? { tax_id_collection: { ...given.tax_id_collection, required: "never" } }
        : {}),
    }),
    given.discounts?.[0] ?? null,
  );
  schedule("checkout.session.expire", id, session.expires_at, null);
  return session;
}

/** An invoice is always somebody's, so asking for one makes a customer. */
const creation = (given: Given, invoicing: boolean) =>
  invoicing ? "always" : (given.customer_creation ?? "if_required");

function detailsBefore(email: string, name: string | null): CheckoutSession["customer_details"] {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: "none",
    tax_ids: null,
  };
}

function invoiceCreation(enabled: boolean): CheckoutSession["invoice_creation"] {
  return {
    enabled,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: null,
      metadata: {},
      rendering_options: null,
    },
  };
}

const lineItemsOf = (id: string) => checkoutPlans.must(id).lineItems;

export const checkoutSessionResource: Resource = {
  routes: {
    "POST /v1/checkout/sessions": call(createParams, createSession),

    "GET /v1/checkout/sessions": list(
      { ...createdParam, ...listParams },
      ({ customer, subscription, payment_intent, status, customer_details }) =>
        checkoutSessions
          .where({ customer, subscription, payment_intent, status })
          .filter(
            (session) => !customer_details || session.customer_details?.email === customer_details.email,
          ),
    ),

    "GET /v1/checkout/sessions/:id": call({}, (_, { id }) => find(checkoutSessions, id)),

    "POST /v1/checkout/sessions/:id": call(updateParams, ({ metadata }, { id }) => {
      const session = find(checkoutSessions, id);
      return checkoutSessions.put({
        ...session,
        metadata: mergeMetadata(session.metadata ?? {}, metadata),
      });
    }),

    "POST /v1/checkout/sessions/:id/expire": call({}, (_, { id }) =>
      expireSession(find(checkoutSessions, id)),
    ),

    "GET /v1/checkout/sessions/:id/line_items": list({}, (_, { id }) =>
      [...lineItemsOf(find(checkoutSessions, id).id)].reverse(),
    ),
  },

  expansions: {
    "checkout.session": {
      line_items: ({ id }: CheckoutSession) =>
        inlineList(`/v1/checkout/sessions/${id}/line_items`, lineItemsOf(id)),
    },
  },
};
