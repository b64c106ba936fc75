import { refuseCheckoutIntent } from "../billing/checkout/intents";
import { confirmPayment } from "../billing/collection/confirmation";
import {
  cancelIntent,
  cardError,
  createPaymentIntent,
  failAuthentication,
} from "../billing/payments/payment-intents";
import { findOrCreatePaymentMethod, refuseForeign } from "../billing/payments/payment-methods";
import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import {
  choice,
  currency,
  email,
  emptyable,
  flag,
  group,
  integerFrom,
  mergeMetadata,
  metadata,
  noPaymentMethodTypes,
  optional,
  text,
  url,
} from "../kit/params";
import { customers } from "../objects/customer";
import { invoicePayments } from "../objects/invoice-payment";
import { type PaymentIntent, paymentIntents } from "../objects/payment-intent";
import { DECLINES } from "../objects/test-cards";
import { inTimeOf } from "../objects/test-clock";

const CANCELABLE = ["requires_payment_method", "requires_confirmation", "requires_action"];

const CONFIRMABLE = ["requires_payment_method", "requires_confirmation", "requires_action"];

interface Confirmation {
  readonly payment_method?: string;
  readonly return_url?: string;
  readonly error_on_requires_action?: boolean;
  readonly off_session?: boolean;
}

function confirm(intent: PaymentIntent, given: Confirmation): PaymentIntent {
  if (!CONFIRMABLE.includes(intent.status)) {
    throw invalid(
      `You cannot confirm this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action, requires_payment_method.`,
      { code: "payment_intent_unexpected_state" },
    );
  }
  refuseCheckoutIntent(intent, "confirm");
  const id = given.payment_method ?? intent.payment_method;
  if (!id) {
    throw invalid(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { code: "payment_intent_unexpected_state" },
    );
  }
  const method = findOrCreatePaymentMethod(id, "payment_method");
  refuseForeign(method, intent.customer);
  const confirmed = confirmPayment(intent, method, {
    returnUrl: given.return_url ?? null,
    offSession: given.off_session ?? false,
  });
  if (confirmed.decline) throw cardError(confirmed.intent, confirmed.decline);
  if (given.error_on_requires_action && confirmed.intent.status === "requires_action") {
    throw cardError(failAuthentication(confirmed.intent, method), DECLINES.authentication_required);
  }
  return confirmed.intent;
}

export const paymentIntentResource: Resource = {
  routes: {
    "POST /v1/payment_intents": call(
      {
        amount: integerFrom(1, 99_999_999),
        currency,
        ...optional({
          automatic_payment_methods: group({
            enabled: flag,
            ...optional({ allow_redirects: choice("always", "never") }),
          }),
          confirm: flag,
          customer: text,
          description: text,
          error_on_requires_action: flag,
          metadata,
          off_session: flag,
          payment_method: text,
          payment_method_types: noPaymentMethodTypes,
          receipt_email: email,
          return_url: url,
          setup_future_usage: choice("off_session", "on_session"),
        }),
      },
      ({ automatic_payment_methods, confirm: at_once, payment_method, ...given }) => {
        const { return_url, error_on_requires_action, off_session, ...rest } = given;
        if (rest.customer) find(customers, rest.customer, "customer");
        for (const [param, value] of Object.entries({ return_url, error_on_requires_action, off_session })) {
          if (value === undefined || at_once) continue;
          throw invalid(`\`${param}\` can only be set when \`confirm\` is true.`, { param });
        }
        return inTimeOf(rest.customer ?? null, () => {
          const method = payment_method && findOrCreatePaymentMethod(payment_method, "payment_method").id;
          const intent = createPaymentIntent({
            ...rest,
            automatic_payment_methods: automatic_payment_methods ?? { enabled: true },
            metadata: mergeMetadata({}, rest.metadata),
            ...(method ? { payment_method: method, status: "requires_confirmation" } : {}),
          });
          return at_once ? confirm(intent, { return_url, error_on_requires_action, off_session }) : intent;
        });
      },
    ),

    "POST /v1/payment_intents/:id/confirm": call(
      optional({ error_on_requires_action: flag, off_session: flag, payment_method: text, return_url: url }),
      (given, { id }) => {
        const intent = find(paymentIntents, id);
        return inTimeOf(intent.customer, () => confirm(intent, given));
      },
    ),

    "GET /v1/payment_intents": list({ ...createdParam, ...optional({ customer: text }) }, ({ customer }) =>
      paymentIntents.where({ customer }),
    ),

    "GET /v1/payment_intents/:id": call(optional({ client_secret: text }), (_, { id }) =>
      find(paymentIntents, id),
    ),

    "POST /v1/payment_intents/:id": call(
      optional({ description: emptyable(text), metadata, receipt_email: emptyable(email) }),
      (given, { id }) => {
        const intent = find(paymentIntents, id);
        return paymentIntents.put({
          ...intent,
          ...given,
          metadata: mergeMetadata(intent.metadata, given.metadata),
        });
      },
    ),

    "POST /v1/payment_intents/:id/cancel": call(
      optional({
        cancellation_reason: choice("abandoned", "duplicate", "fraudulent", "requested_by_customer"),
      }),
      ({ cancellation_reason }, { id }) => {
        const intent = find(paymentIntents, id);
        if (!CANCELABLE.includes(intent.status)) {
          throw invalid(
            `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.`,
            { code: "payment_intent_unexpected_state" },
          );
        }
        refuseCheckoutIntent(intent, "cancel");
        if (invoicePayments.where({ payment_intent: id }).length > 0) {
          throw invalid(
            "You cannot cancel PaymentIntents created by invoices. You may void the invoice instead.",
          );
        }
        return inTimeOf(intent.customer, () => cancelIntent(intent, cancellation_reason ?? null));
      },
    ),
  },
};
