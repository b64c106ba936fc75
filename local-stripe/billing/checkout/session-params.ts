import { z } from "zod";
import { idOf } from "../../kit/lookup";
import {
  choice,
  currency,
  email,
  flag,
  group,
  integerFrom,
  listOf,
  metadata,
  noPaymentMethodTypes,
  optional,
  text,
  textUpTo,
  timestamp,
  url,
} from "../../kit/params";
import { customers } from "../../objects/customer";
import { paymentIntents } from "../../objects/payment-intent";
import { subscriptions } from "../../objects/subscription";
import { priceData } from "../catalog/prices";
import { shippingRateParams } from "../catalog/shipping-rates";
import { ratesParam } from "../tax/given-rates";
import { collectionParams } from "./collection-params";
import {
  afterExpiration,
  paymentIntentData,
  paymentMethodData,
  paymentMethodOptions,
  savedPaymentMethodOptions,
  setupIntentData,
  subscriptionData,
} from "./payment-params";

const productData = group({
  name: text,
  ...optional({ description: text, images: listOf(url, 8), metadata, tax_code: text }),
});

const adjustableQuantity = group({
  enabled: flag,
  ...optional({ maximum: integerFrom(0, 999_999), minimum: integerFrom(0, 999_999) }),
});

const lineItems = listOf(
  group(
    optional({
      adjustable_quantity: adjustableQuantity,
      dynamic_tax_rates: z.unknown(),
      metadata,
      price: text,
      price_data: group({ ...priceData, ...optional({ product: text, product_data: productData }) }),
      quantity: integerFrom(0),
      tax_rates: ratesParam,
    }),
  ),
  100,
);

const optionalItems = listOf(
  group({
    price: text,
    quantity: integerFrom(0),
    ...optional({ adjustable_quantity: adjustableQuantity }),
  }),
);

const shippingOptions = listOf(
  group(optional({ shipping_rate: text, shipping_rate_data: group(shippingRateParams) })),
);

export const createParams = {
  mode: choice("payment", "setup", "subscription"),
  ...collectionParams,
  ...optional({
    adaptive_pricing: group(optional({ enabled: flag })),
    after_expiration: afterExpiration,
    allow_promotion_codes: flag,
    allowed_payment_method_types: listOf(text),
    automatic_tax: group({ enabled: flag }),
    cancel_url: url,
    client_reference_id: textUpTo(200),
    currency,
    customer: text,
    customer_creation: choice("always", "if_required"),
    customer_email: email,
    discounts: listOf(group(optional({ coupon: text, promotion_code: text }))),
    excluded_payment_method_types: listOf(text),
    expires_at: timestamp,
    integration_identifier: textUpTo(200),
    invoice_creation: group({ enabled: flag }),
    line_items: lineItems,
    locale: text,
    metadata,
    optional_items: optionalItems,
    origin_context: choice("mobile_app", "web"),
    payment_intent_data: paymentIntentData,
    payment_method_collection: choice("always", "if_required"),
    payment_method_data: paymentMethodData,
    payment_method_options: paymentMethodOptions,
    payment_method_types: noPaymentMethodTypes,
    redirect_on_completion: choice("always", "if_required", "never"),
    return_url: url,
    saved_payment_method_options: savedPaymentMethodOptions,
    setup_intent_data: setupIntentData,
    shipping_options: shippingOptions,
    submit_type: choice("auto", "book", "donate", "pay", "subscribe"),
    subscription_data: subscriptionData,
    success_url: url,
    ui_mode: choice("elements", "embedded_page", "form", "hosted_page"),
  }),
};

export type Given = z.output<ReturnType<typeof group<typeof createParams>>>;

export const listParams = optional({
  customer: idOf(customers),
  customer_details: group({ email }),
  payment_intent: idOf(paymentIntents),
  status: choice("open", "complete", "expired"),
  subscription: idOf(subscriptions),
});

export const updateParams = optional({ metadata });
