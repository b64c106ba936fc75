import type { z } from "zod";
import { expire } from "../billing/checkout";
import { trialEnd } from "../billing/checkout-completion";
import { lineItem } from "../billing/line-items";
import { createPrice } from "../billing/prices";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { type ErrorBody, invalid, missing, type StripeError } from "../kit/errors";
import { schedule } from "../kit/jobs";
import { createdParam, inlineList } from "../kit/list";
import { find } from "../kit/lookup";
import { type group, mergeMetadata } from "../kit/params";
import {
  buildCheckoutSession,
  type CheckoutSession,
  checkoutPlans,
  checkoutSessions,
  type LineItem,
  newSessionId,
} from "../objects/checkout-session";
import { customers } from "../objects/customer";
import { type Price, prices } from "../objects/price";
import { buildProduct, products } from "../objects/product";
import { createParams, listParams, updateParams } from "./checkout-session-params";

type Given = z.output<ReturnType<typeof group<typeof createParams>>>;
type GivenItem = NonNullable<Given["line_items"]>[number];

const HOUR = 3600;
const DAY = 24 * HOUR;

function exclusive(a: string, b: string): StripeError {
  return invalid(`You may only specify one of these parameters: ${a}, ${b}.`, {
    code: "parameters_exclusive",
    param: a,
  });
}

const refuse = (message: string, param: string, more: Partial<ErrorBody> = {}) =>
  invalid(message, { param, ...more });

function check(given: Given): void {
  const { mode } = given;
  if (!given.success_url) throw missing("success_url");
  if (mode !== "setup" && !given.line_items?.length) throw missing("line_items");
  if (given.customer && given.customer_email) throw exclusive("customer", "customer_email");
  if (given.subscription_data && mode !== "subscription") {
    throw refuse(`You can not pass \`subscription_data\` in \`${mode}\` mode.`, "subscription_data");
  }
  if (given.payment_intent_data && mode !== "payment") {
    throw refuse(`You can not pass \`payment_intent_data\` in \`${mode}\` mode.`, "payment_intent_data");
  }
  if (given.invoice_creation && mode !== "payment") {
    throw refuse("You can only enable invoice creation when `mode` is set to `payment`.", "invoice_creation");
  }
  if (given.customer_creation && mode === "subscription") {
    throw refuse("`customer_creation` can only be used in `payment` and `setup` mode.", "customer_creation");
  }
  if (given.payment_method_collection && mode !== "subscription") {
    throw refuse(
      "You can only set `payment_method_collection` if there are recurring prices.",
      "payment_method_collection",
    );
  }
  checkTimes(given);
}

function checkTimes({ subscription_data: data, expires_at }: Given): void {
  if (data?.trial_end !== undefined && data.trial_period_days !== undefined) {
    throw exclusive("subscription_data[trial_end]", "subscription_data[trial_period_days]");
  }
  if (data?.trial_end !== undefined && data.trial_end < now() + 2 * DAY) {
    throw refuse(
      "The `trial_end` date has to be at least 2 days in the future.",
      "subscription_data[trial_end]",
    );
  }
  if (expires_at === undefined) return;
  if (expires_at < now() + HOUR / 2) {
    throw refuse(
      "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
      "expires_at",
    );
  }
  if (expires_at > now() + DAY) {
    throw refuse(
      "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
      "expires_at",
    );
  }
}

function priceOf({ price, price_data }: GivenItem, param: string): Price {
  if (price && price_data) throw exclusive(`${param}[price]`, `${param}[price_data]`);
  if (price) return find(prices, price, `${param}[price]`);
  if (!price_data) throw missing(`${param}[price]`);
  const { product, product_data, ...given } = price_data;
  if (product) return createPrice(find(products, product, `${param}[price_data][product]`).id, given);
  if (!product_data) throw missing(`${param}[price_data][product]`);
  const inline = { ...product_data, metadata: mergeMetadata({}, product_data.metadata), active: false };
  // Stripe keeps products and prices given inline out of sight: they exist, but are not for reuse.
  const made = products.put(buildProduct({ ...inline, active: true }));
  return createPrice(made.id, given);
}

function itemsOf(given: Given): LineItem[] {
  const items = (given.line_items ?? []).map((item, position) => {
    const param = `line_items[${position}]`;
    if (item.quantity === undefined) {
      throw refuse(`Quantity is required. Add \`quantity\` to \`${param}\``, `${param}[quantity]`);
    }
    const { enabled, maximum, minimum } = item.adjustable_quantity ?? { enabled: false };
    const adjustable = enabled ? { enabled, maximum: maximum ?? 99, minimum: minimum ?? 0 } : null;
    const price = priceOf(item, param);
    return lineItem({ price, quantity: item.quantity, adjustable }, `${param}[price]`);
  });
  const recurring = items.some((item) => item.price?.recurring);
  if (given.mode === "payment" && recurring) {
    throw refuse(
      "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
      "mode",
    );
  }
  if (given.mode === "subscription" && !recurring) {
    throw refuse(
      "You must provide at least one recurring price in `subscription` mode when using prices.",
      "mode",
    );
  }
  if (new Set(items.map((item) => item.currency)).size > 1) {
    throw refuse("All prices on a Checkout Session must use the same currency.", "line_items");
  }
  return items;
}

function create(given: Given): CheckoutSession {
  check(given);
  const customer = given.customer ? find(customers, given.customer, "customer") : null;
  const lineItems = itemsOf(given);
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
  const trial = trialEnd(id) !== null;
  const due = lineItems.filter((item) => !trial || !item.price?.recurring);
  const total = due.reduce((sum, item) => sum + item.amount_total, 0);
  const { success_url, cancel_url, client_reference_id, customer_email, locale, submit_type } = given;
  const email = customer?.email ?? customer_email;
  const invoicing = given.invoice_creation?.enabled ?? false;
  const session = checkoutSessions.put(
    buildCheckoutSession({
      id,
      mode,
      allow_promotion_codes: given.allow_promotion_codes ?? null,
      allowed_payment_method_types: given.allowed_payment_method_types ?? null,
      amount_subtotal: mode === "setup" ? null : total,
      amount_total: mode === "setup" ? null : total,
      automatic_tax: {
        enabled: given.automatic_tax?.enabled ?? false,
        liability: null,
        provider: null,
        status: null,
      },
      billing_address_collection: given.billing_address_collection ?? null,
      cancel_url: cancel_url ?? null,
      client_reference_id: client_reference_id ?? null,
      currency: lineItems[0]?.currency ?? given.currency ?? null,
      customer: customer?.id ?? null,
      customer_creation: mode === "payment" && !customer ? creation(given, invoicing) : null,
      customer_details: email ? detailsBefore(email, customer?.name ?? null) : null,
      customer_email: customer_email ?? null,
      expires_at: given.expires_at ?? now() + DAY,
      invoice_creation: mode === "payment" ? invoiceCreation(invoicing) : null,
      locale: (locale ?? null) as CheckoutSession["locale"],
      metadata: mergeMetadata({}, given.metadata),
      payment_method_collection:
        mode === "subscription" ? (given.payment_method_collection ?? "always") : null,
      submit_type: submit_type ?? null,
      success_url: success_url ?? null,
      ...(given.excluded_payment_method_types
        ? { excluded_payment_method_types: given.excluded_payment_method_types }
        : {}),
      ...(given.tax_id_collection
        ? { tax_id_collection: { ...given.tax_id_collection, required: "never" } }
        : {}),
    }),
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
    "POST /v1/checkout/sessions": call(createParams, create),

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

    "POST /v1/checkout/sessions/:id/expire": call({}, (_, { id }) => expire(find(checkoutSessions, id))),

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
