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
import { priceData } from "../catalog/prices";

const productData = group({
  name: text,
  ...optional({ description: text, images: listOf(url, 8), metadata, tax_code: text }),
});

const lineItems = listOf(
  group(
    optional({
      adjustable_quantity: group({
        enabled: flag,
        ...optional({ maximum: integerFrom(0, 999_999), minimum: integerFrom(0, 999_999) }),
      }),
      price: text,
      price_data: group({ ...priceData, ...optional({ product: text, product_data: productData }) }),
      quantity: integerFrom(0),
    }),
  ),
  100,
);

const subscriptionData = group(
  optional({
    billing_cycle_anchor: timestamp,
    billing_mode: group({ type: choice("flexible") }),
    description: text,
    metadata,
    trial_end: timestamp,
    trial_period_days: integerFrom(1, 730),
    trial_settings: group({
      end_behavior: group({ missing_payment_method: choice("cancel", "create_invoice", "pause") }),
    }),
  }),
);

const paymentIntentData = group(
  optional({
    description: text,
    metadata,
    receipt_email: email,
    setup_future_usage: choice("on_session", "off_session"),
  }),
);

export const createParams = {
  mode: choice("payment", "setup", "subscription"),
  ...optional({
    allow_promotion_codes: flag,
    allowed_payment_method_types: listOf(text),
    automatic_tax: group({ enabled: flag }),
    billing_address_collection: choice("auto", "required"),
    cancel_url: url,
    client_reference_id: textUpTo(200),
    currency,
    customer: text,
    customer_creation: choice("always", "if_required"),
    customer_email: email,
    discounts: listOf(group(optional({ coupon: text, promotion_code: text }))),
    excluded_payment_method_types: listOf(text),
    expires_at: timestamp,
    invoice_creation: group({ enabled: flag }),
    line_items: lineItems,
    locale: text,
    metadata,
    payment_intent_data: paymentIntentData,
    payment_method_collection: choice("always", "if_required"),
    payment_method_types: noPaymentMethodTypes,
    submit_type: choice("auto", "book", "donate", "pay", "subscribe"),
    subscription_data: subscriptionData,
    success_url: url,
    tax_id_collection: group({ enabled: flag }),
    ui_mode: choice("hosted_page"),
  }),
};

export const listParams = optional({
  customer: text,
  customer_details: group({ email }),
  payment_intent: text,
  status: choice("complete", "expired", "open"),
  subscription: text,
});

export const updateParams = optional({ metadata });
