import { mergeMetadata } from "../../kit/params";
import type { CheckoutPlan, LineItem } from "../../objects/checkout-session";
import { findTaxRates } from "../tax/given-rates";
import type { Given } from "./session-params";

/** Everything that the session's object does not show until it is paid. */
export function toPlan(id: string, given: Given, lineItems: readonly LineItem[]): CheckoutPlan {
  const { customer_update: update, setup_intent_data: setup, subscription_data: data } = given;
  return {
    id,
    allowRedisplay: given.payment_method_data?.allow_redisplay ?? null,
    contact: null,
    customerUpdate: { address: "never", name: "never", shipping: "never", ...update },
    intent: null,
    lineItems,
    paymentIntentData: paymentIntentOf(given),
    pending: null,
    place: null,
    setupIntentData: {
      description: setup?.description ?? null,
      metadata: mergeMetadata({}, setup?.metadata),
    },
    subscriptionData: {
      billingCycleAnchor: data?.billing_cycle_anchor ?? null,
      defaultTaxRates: findTaxRates(data?.default_tax_rates, "subscription_data[default_tax_rates]"),
      description: data?.description ?? null,
      metadata: mergeMetadata({}, data?.metadata),
      missingPaymentMethod: data?.trial_settings?.end_behavior.missing_payment_method ?? "create_invoice",
      trialEnd: data?.trial_end ?? null,
      trialPeriodDays: data?.trial_period_days ?? null,
    },
  };
}

const noLines = { city: null, country: null, line2: null, postal_code: null, state: null };

function paymentIntentOf({ payment_intent_data: data }: Given): CheckoutPlan["paymentIntentData"] {
  const { shipping } = data ?? {};
  return {
    description: data?.description ?? null,
    metadata: mergeMetadata({}, data?.metadata),
    receipt_email: data?.receipt_email ?? null,
    setup_future_usage: data?.setup_future_usage ?? null,
    shipping: shipping
      ? {
          carrier: null,
          phone: null,
          tracking_number: null,
          ...shipping,
          address: { ...noLines, ...shipping.address },
        }
      : null,
    statement_descriptor: data?.statement_descriptor ?? null,
    statement_descriptor_suffix: data?.statement_descriptor_suffix ?? null,
    transfer_group: data?.transfer_group ?? null,
    ...(data?.capture_method ? { capture_method: data.capture_method } : {}),
  };
}
