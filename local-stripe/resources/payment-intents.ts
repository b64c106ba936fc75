import { captureHold } from "../billing/payments/holds";
import { refuseCancellation, refuseLateChange } from "../billing/payments/intent-states";
import { refuseUnusable } from "../billing/payments/ownership";
import { cancelIntent, createPaymentIntent } from "../billing/payments/payment-intents";
import { call, list, type Resource } from "../kit/api";
import { invalid, ParameterError } from "../kit/errors";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import {
  choice,
  currency,
  flag,
  integer,
  integerFrom,
  LARGEST_AMOUNT,
  mergeMetadata,
  metadata,
  noPaymentMethodTypes,
  optional,
  text,
} from "../kit/params";
import { search } from "../kit/search";
import { customers } from "../objects/customer";
import { noPaymentOptions, paymentIntents } from "../objects/payment-intent";
import type { PaymentMethod } from "../objects/payment-method";
import { inTimeOf } from "../objects/test-clock";
import { confirmIntent, refuseUnlessConfirming } from "./payment-confirmation";
import {
  automaticMethods,
  changeable,
  confirming,
  describing,
  mergeShipping,
  onStatement,
  SETTLED,
  wholeAutomaticMethods,
} from "./payment-intent-params";
import { methodGiven, methodParams } from "./payment-method-data";
import { allowedTypes, mergeOptions } from "./payment-method-options";

const amount = integerFrom(Number.MIN_SAFE_INTEGER, LARGEST_AMOUNT);

function refuseNothing(amount: number | undefined): void {
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
const typesOf = (allowed: readonly string[] = ["card"], excluded: readonly string[] | null = []) =>
  allowed.filter((type) => !excluded?.includes(type));

const chosen = (method: PaymentMethod | undefined) =>
  method ? { payment_method: method.id, status: "requires_confirmation" as const } : {};

export const paymentIntentResource: Resource = {
  routes: {
    "POST /v1/payment_intents": call(
      {
        amount,
        currency,
        ...changeable,
        ...confirming,
        ...describing,
        ...optional({
          allowed_payment_method_types: allowedTypes,
          automatic_payment_methods: automaticMethods,
          confirm: flag,
          confirmation_method: choice("automatic", "manual"),
          customer: text,
          metadata,
          payment_method_types: noPaymentMethodTypes,
        }),
      },
      ({ payment_method, payment_method_data, confirm: atOnce = false, ...given }) => {
        const { error_on_requires_action, mandate_data, off_session, return_url, ...wanted } = given;
        const { use_stripe_sdk: _, ...kept } = wanted;
        const confirmation = { error_on_requires_action, mandate_data, off_session, return_url };
        refuseNothing(kept.amount);
        if (!atOnce) refuseUnlessConfirming(confirmation);
        const customer = kept.customer ? find(customers, kept.customer, "customer").id : null;
        return inTimeOf(customer, () => {
          const method = methodGiven({ payment_method, payment_method_data });
          if (method) refuseUnusable(method, customer, "PaymentIntent");
          const { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded } = kept;
          const intent = createPaymentIntent({
            // Recorded.
            capture_method: "automatic_async",
            payment_details: null,
            ...kept,
            automatic_payment_methods: wholeAutomaticMethods(kept.automatic_payment_methods),
            metadata: mergeMetadata({}, kept.metadata),
            payment_method_options: mergeOptions(noPaymentOptions, kept.payment_method_options),
            payment_method_types: typesOf(allowed, excluded),
            shipping: mergeShipping(null, kept.shipping),
            ...chosen(method),
          });
          return atOnce ? confirmIntent(intent, method, confirmation) : intent;
        });
      },
    ),

    "POST /v1/payment_intents/:id/confirm": call({ ...changeable, ...confirming }, (given, { id }) => {
      const intent = find(paymentIntents, id);
      const { payment_method, payment_method_data, use_stripe_sdk: _, ...wanted } = given;
      const { error_on_requires_action, mandate_data: __, off_session, return_url, ...kept } = wanted;
      return inTimeOf(intent.customer, () => {
        const changed = paymentIntents.put({
          ...intent,
          ...kept,
          payment_method_options: mergeOptions(intent.payment_method_options, kept.payment_method_options),
          shipping: mergeShipping(intent.shipping, kept.shipping),
        });
        const method = methodGiven({ payment_method, payment_method_data });
        return confirmIntent(changed, method, { error_on_requires_action, off_session, return_url });
      });
    }),

    "POST /v1/payment_intents/:id/capture": call(
      optional({ amount_to_capture: integer, final_capture: flag, metadata, ...onStatement }),
      ({ amount_to_capture, final_capture = true, metadata, ...given }, { id }) => {
        const intent = find(paymentIntents, id);
        if (!final_capture) {
          throw invalid("Multicapture is not available for this PaymentIntent.", { param: "final_capture" });
        }
        const described = { ...intent, ...given, metadata: mergeMetadata(intent.metadata, metadata) };
        return inTimeOf(intent.customer, () => captureHold(described, amount_to_capture));
      },
    ),

    "GET /v1/payment_intents": list(
      { ...createdParam, ...optional({ customer: idOf(customers) }) },
      ({ customer }) => paymentIntents.where({ customer }),
    ),

    // Before the next one, which would take it for an id.
    "GET /v1/payment_intents/search": search(
      ["amount", "created", "currency", "customer", "metadata", "status"],
      () => paymentIntents.all(),
    ),

    "GET /v1/payment_intents/:id": call(optional({ client_secret: text }), (_, { id }) =>
      find(paymentIntents, id),
    ),

    "POST /v1/payment_intents/:id": call(
      {
        ...changeable,
        ...describing,
        ...methodParams,
        ...optional({ amount, currency, customer: text, metadata }),
      },
      (given, { id }) => {
        const intent = find(paymentIntents, id);
        refuseNothing(given.amount);
        for (const param of SETTLED) if (given[param] !== undefined) refuseLateChange(intent, param);
        const { payment_method, payment_method_data, ...kept } = given;
        const customer = kept.customer ? find(customers, kept.customer, "customer").id : intent.customer;
        return inTimeOf(customer, () => {
          const method = methodGiven({ payment_method, payment_method_data });
          if (method) refuseUnusable(method, customer, "PaymentIntent", { payment_intent: intent });
          return paymentIntents.put({
            ...intent,
            ...kept,
            // Type: the comment of `Stripe.PaymentIntent.last_payment_error`.
            last_payment_error: null,
            metadata: mergeMetadata(intent.metadata, kept.metadata),
            payment_method_options: mergeOptions(intent.payment_method_options, kept.payment_method_options),
            shipping: mergeShipping(intent.shipping, kept.shipping),
            ...chosen(method),
            ...(method ? { next_action: null } : {}),
          });
        });
      },
    ),

    "POST /v1/payment_intents/:id/cancel": call(
      optional({
        cancellation_reason: choice("duplicate", "fraudulent", "requested_by_customer", "abandoned"),
      }),
      ({ cancellation_reason }, { id }) => {
        const intent = find(paymentIntents, id);
        refuseCancellation(intent);
        return inTimeOf(intent.customer, () => cancelIntent(intent, cancellation_reason ?? null));
      },
    ),
  },
};
