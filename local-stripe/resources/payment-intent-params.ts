import type { z } from "zod";
import { ParameterError } from "../kit/errors";
import {
  address,
  choice,
  email,
  emptyable,
  flag,
  group,
  integerFrom,
  LARGEST_AMOUNT,
  optional,
  text,
  textUpTo,
  timestamp,
  url,
} from "../kit/params";
import type { PaymentIntent } from "../objects/payment-intent";
import type { PaymentMethod } from "../objects/payment-method";
import { methodParams } from "./payment-method-data";
import { excludedTypes, paymentOptions } from "./payment-method-options";

export const shipping = group({
  address,
  name: text,
  ...optional({ carrier: text, phone: text, tracking_number: text }),
});

type Shipping = PaymentIntent["shipping"];
type GivenShipping = z.output<typeof shipping> | null | undefined;

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
const nowhere = { carrier: null, phone: null, tracking_number: null };

/** Merges what is given, leaf by leaf (recorded). */
export function mergeShipping(before: Shipping, given: GivenShipping): Shipping {
  if (given === undefined) return before;
  if (given === null) return null;
  return { ...nowhere, ...before, ...given, address: { ...noAddress, ...before?.address, ...given.address } };
}

export const automaticMethods = group({
  enabled: flag,
  ...optional({ allow_redirects: choice("always", "never") }),
});

/** Recorded: an intent allows redirects unless it is told not to. */
export const wholeAutomaticMethods = (given: z.output<typeof automaticMethods> | undefined) => ({
  allow_redirects: given?.allow_redirects ?? ("always" as const),
  enabled: given?.enabled ?? true,
});

/** A mandate is agreed to, and nobody looks at it here (type: `Stripe.PaymentIntentCreateParams.MandateData`). */
export const mandateData = emptyable(
  group({
    customer_acceptance: group({
      type: choice("offline", "online"),
      ...optional({
        accepted_at: timestamp,
        offline: emptyable(text),
        online: group(optional({ ip_address: text, user_agent: text })),
      }),
    }),
  }),
);

export const onStatement = { statement_descriptor: textUpTo(22), statement_descriptor_suffix: textUpTo(22) };

/** Parameters of an intent that may also come with a change or with its confirmation. */
export const changeable = optional({
  capture_method: choice("automatic", "automatic_async", "manual"),
  excluded_payment_method_types: emptyable(excludedTypes),
  payment_method_options: paymentOptions,
  receipt_email: emptyable(email),
  setup_future_usage: emptyable(choice("off_session", "on_session")),
  shipping: emptyable(shipping),
});

export const describing = optional({
  description: emptyable(text),
  transfer_group: text,
  ...onStatement,
});

/** Parameters that a confirmation alone heeds. */
export const confirming = {
  ...methodParams,
  ...optional({
    error_on_requires_action: flag,
    mandate_data: mandateData,
    off_session: choice("false", "one_off", "recurring", "true"),
    return_url: url,
    use_stripe_sdk: flag,
  }),
};

/** Parameters that can no longer be changed once the intent is on its way. */
export const SETTLED = [
  "amount",
  "capture_method",
  "currency",
  "customer",
  "payment_method",
  "payment_method_data",
  "payment_method_options",
  "setup_future_usage",
] as const;

export const amountParam = integerFrom(Number.MIN_SAFE_INTEGER, LARGEST_AMOUNT);

/** Recorded, word for word. */
export function refuseNothing(amount: number | undefined): void {
  if (amount === undefined || amount > 0) return;
  throw new ParameterError(400, {
    type: "invalid_request_error",
    code: "parameter_invalid_integer",
    message:
      "The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a Payment Method for future use without an immediate payment, use a Setup Intent instead: https://docs.stripe.com/payments/setup-intents",
    param: "amount",
  });
}

/** Only cards are offered unless others are asked for. */
export const typesOf = (allowed: readonly string[] = ["card"], excluded: readonly string[] | null = []) =>
  allowed.filter((type) => !excluded?.includes(type));

/** An intent that has a method waits for its confirmation. */
export const chosen = (method: PaymentMethod | undefined) =>
  method ? { payment_method: method.id, status: "requires_confirmation" as const } : {};
