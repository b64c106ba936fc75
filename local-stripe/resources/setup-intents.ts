import { refuseCheckoutIntent } from "../billing/checkout/intents";
import { findOrCreatePaymentMethod } from "../billing/payments/payment-methods";
import { confirmSetup, createSetup } from "../billing/payments/setup-intents";
import { call, list, type Resource } from "../kit/api";
import { invalid, missing, StripeError } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import {
  choice,
  flag,
  group,
  mergeMetadata,
  metadata,
  noPaymentMethodTypes,
  optional,
  text,
  url,
} from "../kit/params";
import { customers } from "../objects/customer";
import { type SetupIntent, setupIntents } from "../objects/setup-intent";
import { inTimeOf } from "../objects/test-clock";

const CONFIRMABLE = ["requires_payment_method", "requires_confirmation", "requires_action"];

function unexpected(intent: SetupIntent, verb: string) {
  return invalid(`You cannot ${verb} this SetupIntent because it has a status of ${intent.status}.`, {
    code: "setup_intent_unexpected_state",
  });
}

function confirm(intent: SetupIntent, given: { payment_method?: string; return_url?: string }): SetupIntent {
  if (!CONFIRMABLE.includes(intent.status)) throw unexpected(intent, "confirm");
  refuseCheckoutIntent(intent, "confirm");
  const id = given.payment_method ?? intent.payment_method;
  if (!id) throw missing("payment_method");
  const method = findOrCreatePaymentMethod(id, "payment_method");
  const confirmed = confirmSetup(intent, method, { returnUrl: given.return_url ?? null });
  const refusal = confirmed.last_setup_error;
  if (confirmed.status !== "requires_payment_method" || !refusal) return confirmed;
  const { code, decline_code, message } = refusal;
  throw new StripeError(402, {
    type: "card_error",
    message: message ?? "",
    ...(code ? { code } : {}),
    ...(decline_code ? { decline_code } : {}),
    setup_intent: confirmed,
  });
}

export const setupIntentResource: Resource = {
  routes: {
    "POST /v1/setup_intents": call(
      optional({
        automatic_payment_methods: group({
          enabled: flag,
          ...optional({ allow_redirects: choice("always", "never") }),
        }),
        confirm: flag,
        customer: text,
        description: text,
        metadata,
        payment_method: text,
        payment_method_types: noPaymentMethodTypes,
        return_url: url,
        usage: choice("off_session", "on_session"),
      }),
      ({ automatic_payment_methods: _, confirm: at_once, payment_method, return_url, ...given }) => {
        if (given.customer) find(customers, given.customer, "customer");
        return inTimeOf(given.customer ?? null, () => {
          const method = payment_method && findOrCreatePaymentMethod(payment_method, "payment_method").id;
          const intent = createSetup({
            ...given,
            metadata: mergeMetadata({}, given.metadata),
            ...(method ? { payment_method: method, status: "requires_confirmation" } : {}),
          });
          return at_once ? confirm(intent, { return_url }) : intent;
        });
      },
    ),

    "GET /v1/setup_intents": list(
      { ...createdParam, ...optional({ customer: text, payment_method: text }) },
      ({ customer, payment_method }) => setupIntents.where({ customer, payment_method }),
    ),

    "GET /v1/setup_intents/:id": call(optional({ client_secret: text }), (_, { id }) =>
      find(setupIntents, id),
    ),

    "POST /v1/setup_intents/:id/confirm": call(
      optional({ payment_method: text, return_url: url }),
      (given, { id }) => {
        const intent = find(setupIntents, id);
        return inTimeOf(intent.customer, () => confirm(intent, given));
      },
    ),

    "POST /v1/setup_intents/:id/cancel": call(
      optional({ cancellation_reason: choice("abandoned", "duplicate", "requested_by_customer") }),
      ({ cancellation_reason }, { id }) => {
        const intent = find(setupIntents, id);
        if (!CONFIRMABLE.includes(intent.status)) throw unexpected(intent, "cancel");
        refuseCheckoutIntent(intent, "cancel");
        return inTimeOf(intent.customer, () => {
          const canceled = setupIntents.put({
            ...intent,
            cancellation_reason: cancellation_reason ?? null,
            next_action: null,
            status: "canceled",
          });
          emit("setup_intent.canceled", canceled);
          return canceled;
        });
      },
    ),
  },
};
