import { now } from "../../kit/clock";
import { find } from "../../kit/lookup";
import { mergeMetadata } from "../../kit/params";
import {
  buildCheckoutSession,
  type CheckoutSession,
  checkoutPlans,
  newClientSecret,
  newSessionId,
} from "../../objects/checkout-session";
import { type Customer, customers } from "../../objects/customer";
import { refuseOtherCurrency } from "../subscriptions/one-currency";
import { DAY_SECONDS } from "../time/durations";
import { collectionOf } from "./collection";
import { knownDetails } from "./known-details";
import { invoiceCreation, paymentOf } from "./new-payment";
import { toPlan } from "./new-plan";
import { openSession } from "./open-session";
import { makeOptionalItems } from "./optional-items";
import { checkSession, makeLineItems, refuseTooSmall } from "./session-checks";
import { discountSession } from "./session-discounts";
import type { Given } from "./session-params";
import { shippingCost, shippingOptions } from "./shipping";

export function createSession(given: Given): CheckoutSession {
  checkSession(given);
  const customer = given.customer ? find(customers, given.customer, "customer") : null;
  const lineItems = makeLineItems(given);
  const currency = lineItems[0]?.currency ?? given.currency ?? null;
  if (customer && currency && given.mode === "subscription") refuseOtherCurrency(customer.id, currency);
  const id = newSessionId();
  checkoutPlans.put(toPlan(id, given, lineItems));
  const options = shippingOptions(given, currency);
  const [first] = options;
  const session = buildCheckoutSession({
    id,
    mode: given.mode,
    ...collectionOf(given),
    ...paymentOf(given, customer, currency),
    ...pageOf(id, given),
    ...customerOf(given, customer),
    ...(given.optional_items ? { optional_items: makeOptionalItems(given, currency) } : {}),
    after_expiration: recoveryOf(given),
    allow_promotion_codes: given.allow_promotion_codes ?? null,
    client_reference_id: given.client_reference_id ?? null,
    currency,
    expires_at: given.expires_at ?? now() + DAY_SECONDS,
    integration_identifier: given.integration_identifier ?? null,
    metadata: mergeMetadata({}, given.metadata),
    origin_context: given.origin_context ?? null,
    shipping_cost: first ? shippingCost(first) : null,
    shipping_options: options,
  });
  const discounted = discountSession(session, given.discounts?.[0] ?? null);
  refuseTooSmall(discounted);
  return openSession(discounted);
}

/** An embedded page has no address of its own, but a secret (type: `Stripe.Checkout.Session.client_secret`). */
function pageOf(id: string, given: Given): Partial<CheckoutSession> {
  const locale = (given.locale ?? null) as CheckoutSession["locale"];
  const words = { locale, submit_type: given.submit_type ?? null };
  if (given.ui_mode !== "embedded_page") {
    return { ...words, cancel_url: given.cancel_url ?? null, success_url: given.success_url ?? null };
  }
  return {
    ...words,
    client_secret: newClientSecret(id),
    redirect_on_completion: given.redirect_on_completion ?? "always",
    ui_mode: "embedded_page",
    url: null,
    ...(given.return_url ? { return_url: given.return_url } : {}),
  };
}

/** Open sessions of a customer: recorded. */
function customerOf(given: Given, known: Customer | null): Partial<CheckoutSession> {
  const invoicing = given.invoice_creation?.enabled ?? false;
  const [customer, customer_email] = [known?.id ?? null, given.customer_email ?? null];
  return {
    collected_information: known
      ? { business_name: null, individual_name: null, shipping_details: null }
      : null,
    customer,
    customer_creation: known ? null : creation(given, invoicing),
    customer_details: knownDetails({ customer, customer_email }),
    customer_email,
    invoice_creation: given.mode === "payment" ? invoiceCreation(invoicing) : null,
  };
}

/** An invoice is always somebody's, so asking for one makes a customer. */
function creation({ customer_creation: asked, mode }: Given, invoicing: boolean) {
  if (invoicing) return "always";
  return asked ?? (mode === "payment" ? "if_required" : null);
}

function recoveryOf({ after_expiration }: Given): CheckoutSession["after_expiration"] {
  const recovery = after_expiration?.recovery;
  if (!recovery) return null;
  const allow_promotion_codes = recovery.allow_promotion_codes ?? false;
  return {
    recovery: { allow_promotion_codes, enabled: recovery.enabled, expires_at: null, url: null },
  };
}
