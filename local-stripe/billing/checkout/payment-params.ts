import {
  choice,
  email,
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
import { ratesParam } from "../tax/given-rates";

const shipping = group({
  address: group({
    line1: text,
    ...optional({ city: text, country: text, line2: text, postal_code: text, state: text }),
  }),
  name: text,
  ...optional({ carrier: text, phone: text, tracking_number: text }),
});

/**
 * Without what belongs to Connect, and without holding money that is captured later (type:
 * `Stripe.Checkout.SessionCreateParams.PaymentIntentData`).
 */
export const paymentIntentData = group(
  optional({
    capture_method: choice("automatic", "automatic_async"),
    description: text,
    metadata,
    receipt_email: email,
    setup_future_usage: choice("on_session", "off_session"),
    shipping,
    statement_descriptor: textUpTo(22),
    statement_descriptor_suffix: textUpTo(22),
    transfer_group: text,
  }),
);

export const setupIntentData = group(optional({ description: text, metadata }));

export const subscriptionData = group(
  optional({
    billing_cycle_anchor: timestamp,
    billing_mode: group({ type: choice("flexible") }),
    default_tax_rates: ratesParam,
    description: text,
    metadata,
    trial_end: timestamp,
    trial_period_days: integerFrom(1, 730),
    trial_settings: group({
      end_behavior: group({ missing_payment_method: choice("cancel", "create_invoice", "pause") }),
    }),
  }),
);

/** Of the two means of payment that the page offers. */
export const paymentMethodOptions = group(
  optional({
    card: group(
      optional({
        request_three_d_secure: choice("any", "automatic", "challenge"),
        restrictions: group(
          optional({
            brands_blocked: listOf(
              choice("american_express", "discover_global_network", "mastercard", "visa"),
            ),
          }),
        ),
        setup_future_usage: choice("off_session", "on_session"),
      }),
    ),
    us_bank_account: group(
      optional({
        setup_future_usage: choice("none", "off_session", "on_session"),
        verification_method: choice("automatic", "instant"),
      }),
    ),
  }),
);

const able = choice("disabled", "enabled");

export const savedPaymentMethodOptions = group(
  optional({
    allow_redisplay_filters: listOf(choice("always", "limited", "unspecified")),
    payment_method_remove: able,
    payment_method_save: able,
  }),
);

export const paymentMethodData = group(
  optional({ allow_redisplay: choice("always", "limited", "unspecified") }),
);

export const afterExpiration = group(
  optional({ recovery: group({ enabled: flag, ...optional({ allow_promotion_codes: flag }) }) }),
);
