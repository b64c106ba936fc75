import { refuseCheckoutIntent } from "../billing/checkout/intents";
import { captureHold } from "../billing/payments/holds";
import { refuseCancellation, refuseLateChange } from "../billing/payments/intent-states";
import { refuseUnusable } from "../billing/payments/ownership";
import { cancelIntent, createPaymentIntent } from "../billing/payments/payment-intents";
import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import {
  choice,
  currency,
  flag,
  integer,
  mergeMetadata,
  metadata,
  noPaymentMethodTypes,
  optional,
  text,
} from "../kit/params";
import { search } from "../kit/search";
import { customers } from "../objects/customer";
import { noPaymentOptions, paymentIntents } from "../objects/payment-intent";
import { inTimeOf } from "../objects/test-clock";
import { confirmIntent, refuseUnlessConfirming } from "./payment-confirmation";
import {
  amountParam,
  automaticMethods,
  changeable,
  chosen,
  confirming,
  describing,
  mergeShipping,
  onStatement,
  refuseNothing,
  SETTLED,
  typesOf,
  wholeAutomaticMethods,
} from "./payment-intent-params";
import { methodGiven, methodParams } from "./payment-method-data";
import { allowedTypes, mergeOptions } from "./payment-method-options";

export const paymentIntentResource: Resource = {
  routes: {
    "POST /v1/payment_intents": call(
      {
        amount: amountParam,
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
        ...optional({ amount: amountParam, currency, customer: text, metadata }),
      },
      (given, { id }) => {
        const intent = find(paymentIntents, id);
        refuseNothing(given.amount);
        for (const param of SETTLED.filter((one) => given[one] !== undefined)) {
          refuseLateChange(intent, param);
          refuseCheckoutIntent(intent, "update");
        }
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
        refuseCheckoutIntent(intent, "cancel");
        return inTimeOf(intent.customer, () => cancelIntent(intent, cancellation_reason ?? null));
      },
    ),
  },
};
