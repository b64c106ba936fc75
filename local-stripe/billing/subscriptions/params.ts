import { z } from "zod";
import {
  choice,
  currency,
  emptyable,
  flag,
  group,
  integerFrom,
  listOf,
  metadata,
  optional,
  text,
  textUpTo,
  timestamp,
} from "../../kit/params";
import { DEBITS } from "../../objects/payment-method";
import { priceDataParam } from "../catalog/given-prices";
import { discountParam } from "../discounts/discounts";
import { changedRatesParam, ratesParam } from "../tax/given-rates";

const FEEDBACK = [
  "customer_service",
  "low_quality",
  "missing_features",
  "other",
  "switched_service",
  "too_complex",
  "too_expensive",
  "unused",
] as const;

export const cancellationDetails = group(
  optional({ comment: emptyable(text), feedback: emptyable(choice(...FEEDBACK)) }),
);

const addInvoiceItems = listOf(
  group(
    optional({
      metadata,
      price: text,
      price_data: priceDataParam,
      quantity: integerFrom(0),
      tax_rates: ratesParam,
    }),
  ),
  20,
);

const trialSettings = group({
  end_behavior: group({ missing_payment_method: choice("cancel", "create_invoice", "pause") }),
});

export const itemParams = optional({
  discounts: emptyable(listOf(discountParam, 20)),
  metadata,
  price: text,
  price_data: priceDataParam,
  quantity: integerFrom(0),
  tax_rates: changedRatesParam,
});

export const changedItems = listOf(group({ ...itemParams, ...optional({ deleted: flag, id: text }) }), 20);

export const prorationBehavior = choice("create_prorations", "none", "always_invoice");
/** In the order in which Stripe names them (recorded). */
export const paymentBehavior = choice(
  "allow_incomplete",
  "error_if_incomplete",
  "pending_if_incomplete",
  "default_incomplete",
);
export const trialEnd = z.union([choice("now"), timestamp]);
export const anchorType = group({ type: choice("now", "unchanged") });

/** Texts for its invoices, beside what they bill (type: `Stripe.SubscriptionCreateParams.InvoiceSettings`). */
const invoiceSettings = group(
  optional({
    custom_fields: emptyable(listOf(group({ name: textUpTo(40), value: textUpTo(140) }), 4)),
    description: emptyable(textUpTo(1500)),
    footer: emptyable(text),
  }),
);

const paymentSettings = group(
  optional({
    payment_method_options: group(
      optional({
        card: emptyable(group(optional({ request_three_d_secure: choice("any", "automatic", "challenge") }))),
      }),
    ),
    payment_method_types: emptyable(listOf(choice("card", ...DEBITS), 20)),
    save_default_payment_method: choice("off", "on_subscription"),
  }),
);

/** They are kept; nothing is metered that could reach them. */
const billingThresholds = emptyable(
  group(optional({ amount_gte: integerFrom(1), reset_billing_cycle_anchor: flag })),
);

const anchorConfig = group({
  day_of_month: integerFrom(1, 31),
  ...optional({
    hour: integerFrom(0, 23),
    minute: integerFrom(0, 59),
    month: integerFrom(1, 12),
    second: integerFrom(0, 59),
  }),
});

/** Parameters of a subscription that are given at its beginning or later. */
const common = optional({
  add_invoice_items: addInvoiceItems,
  automatic_tax: group({ enabled: flag }),
  billing_thresholds: billingThresholds,
  cancel_at_period_end: flag,
  collection_method: choice("charge_automatically", "send_invoice"),
  days_until_due: integerFrom(1, 365),
  default_payment_method: emptyable(text),
  default_tax_rates: changedRatesParam,
  description: emptyable(text),
  discounts: emptyable(listOf(discountParam, 20)),
  invoice_settings: invoiceSettings,
  metadata,
  off_session: flag,
  payment_behavior: paymentBehavior,
  payment_settings: paymentSettings,
  proration_behavior: prorationBehavior,
  trial_end: trialEnd,
  trial_settings: trialSettings,
});

export const createParams = {
  customer: text,
  items: listOf(group(itemParams), 20),
  ...common,
  ...optional({
    backdate_start_date: timestamp,
    billing_cycle_anchor: timestamp,
    billing_cycle_anchor_config: anchorConfig,
    billing_mode: group({ type: choice("flexible") }),
    cancel_at: z.union([choice("min_period_end", "max_period_end"), timestamp]),
    currency,
    trial_from_plan: flag,
    trial_period_days: integerFrom(1, 730),
  }),
};

export const updateParams = {
  ...common,
  ...optional({
    billing_cycle_anchor: anchorType,
    cancel_at: emptyable(z.union([choice("min_period_end", "max_period_end"), timestamp])),
    cancellation_details: cancellationDetails,
    items: changedItems,
    pause_collection: emptyable(
      group({
        behavior: choice("keep_as_draft", "mark_uncollectible", "void"),
        ...optional({ resumes_at: timestamp }),
      }),
    ),
    proration_date: timestamp,
  }),
};
