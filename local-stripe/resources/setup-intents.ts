import { refuseCheckoutIntent } from "../billing/checkout/intents";
import { refuseUnusable } from "../billing/payments/ownership";
import { findOrCreatePaymentMethod } from "../billing/payments/payment-methods";
import { cancelSetup, confirmSetup, createSetup, setupError } from "../billing/payments/setup-intents";
import { missingSetupMethod, refuseEnded, refuseSetupCancellation } from "../billing/payments/setup-states";
import { call, list, type Resource } from "../kit/api";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import {
  choice,
  emptyable,
  flag,
  mergeMetadata,
  metadata,
  noPaymentMethodTypes,
  optional,
  text,
  url,
} from "../kit/params";
import { customers } from "../objects/customer";
import { type PaymentMethod, paymentMethods } from "../objects/payment-method";
import { setupAttempts } from "../objects/setup-attempt";
import { noSetupOptions, type SetupIntent, setupIntents } from "../objects/setup-intent";
import { inTimeOf } from "../objects/test-clock";
import { automaticMethods, chosen, mandateData, wholeAutomaticMethods } from "./payment-intent-params";
import { methodGiven, methodParams } from "./payment-method-data";
import { allowedTypes, excludedTypes, mergeOptions, setupOptions } from "./payment-method-options";

function confirm(
  intent: SetupIntent,
  given: PaymentMethod | undefined,
  returnUrl: string | undefined,
): SetupIntent {
  const id = given?.id ?? intent.payment_method;
  if (!id) throw missingSetupMethod(intent);
  refuseEnded(intent, "confirm");
  refuseCheckoutIntent(intent, "confirm");
  const method = given ?? findOrCreatePaymentMethod(id, "payment_method");
  refuseUnusable(method, intent.customer, "SetupIntent", { setup_intent: intent });
  const confirmed = confirmSetup(intent, method, { returnUrl: returnUrl ?? null });
  if (confirmed.status === "requires_payment_method") throw setupError(confirmed);
  return confirmed;
}

const confirming = optional({ mandate_data: mandateData, return_url: url, use_stripe_sdk: flag });

const changeable = {
  ...methodParams,
  ...optional({
    allowed_payment_method_types: emptyable(allowedTypes),
    excluded_payment_method_types: emptyable(excludedTypes),
    payment_method_options: setupOptions,
  }),
};

const describing = optional({ customer: text, description: emptyable(text), metadata });

export const setupIntentResource: Resource = {
  routes: {
    "POST /v1/setup_intents": call(
      {
        ...changeable,
        ...confirming,
        ...describing,
        ...optional({
          automatic_payment_methods: automaticMethods,
          confirm: flag,
          payment_method_types: noPaymentMethodTypes,
          usage: choice("off_session", "on_session"),
        }),
      },
      ({ payment_method, payment_method_data, confirm: atOnce = false, ...given }) => {
        const { mandate_data: _, use_stripe_sdk: __, return_url, ...kept } = given;
        const customer = kept.customer ? find(customers, kept.customer, "customer").id : null;
        return inTimeOf(customer, () => {
          const method = methodGiven({ payment_method, payment_method_data });
          if (method) refuseUnusable(method, customer, "SetupIntent");
          const intent = createSetup({
            ...kept,
            automatic_payment_methods: wholeAutomaticMethods(kept.automatic_payment_methods),
            metadata: mergeMetadata({}, kept.metadata),
            payment_method_options: mergeOptions(noSetupOptions, kept.payment_method_options),
            ...chosen(method),
          });
          return atOnce ? confirm(intent, method, return_url) : intent;
        });
      },
    ),

    "GET /v1/setup_intents": list(
      { ...createdParam, ...optional({ customer: idOf(customers), payment_method: idOf(paymentMethods) }) },
      ({ customer, payment_method }) => setupIntents.where({ customer, payment_method }),
    ),

    "GET /v1/setup_intents/:id": call(optional({ client_secret: text }), (_, { id }) =>
      find(setupIntents, id),
    ),

    "POST /v1/setup_intents/:id": call({ ...changeable, ...describing }, (given, { id }) => {
      const intent = find(setupIntents, id);
      const { payment_method, payment_method_data, ...kept } = given;
      const customer = kept.customer ? find(customers, kept.customer, "customer").id : intent.customer;
      if (payment_method || payment_method_data) {
        refuseEnded(intent, "update");
        refuseCheckoutIntent(intent, "update");
      }
      return inTimeOf(customer, () => {
        const method = methodGiven({ payment_method, payment_method_data });
        if (method) refuseUnusable(method, customer, "SetupIntent", { setup_intent: intent });
        return setupIntents.put({
          ...intent,
          ...kept,
          metadata: mergeMetadata(intent.metadata ?? {}, kept.metadata),
          payment_method_options: mergeOptions(intent.payment_method_options, kept.payment_method_options),
          ...chosen(method),
          ...(method ? { next_action: null } : {}),
        });
      });
    }),

    "POST /v1/setup_intents/:id/confirm": call({ ...changeable, ...confirming }, (given, { id }) => {
      const intent = find(setupIntents, id);
      const { payment_method, payment_method_data, return_url, ...wanted } = given;
      const { mandate_data: _, use_stripe_sdk: __, ...kept } = wanted;
      return inTimeOf(intent.customer, () => {
        const changed = setupIntents.put({
          ...intent,
          ...kept,
          payment_method_options: mergeOptions(intent.payment_method_options, kept.payment_method_options),
        });
        return confirm(changed, methodGiven({ payment_method, payment_method_data }), return_url);
      });
    }),

    "POST /v1/setup_intents/:id/cancel": call(
      optional({ cancellation_reason: choice("abandoned", "requested_by_customer", "duplicate") }),
      ({ cancellation_reason }, { id }) => {
        const intent = find(setupIntents, id);
        refuseSetupCancellation(intent);
        refuseCheckoutIntent(intent, "cancel");
        return inTimeOf(intent.customer, () => cancelSetup(intent, cancellation_reason ?? null));
      },
    ),

    "GET /v1/setup_attempts": list({ setup_intent: text, ...createdParam }, ({ setup_intent }) =>
      setupAttempts.where({ setup_intent: find(setupIntents, setup_intent, "setup_intent").id }),
    ),
  },
};
