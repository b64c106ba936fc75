import { cancelIntent } from "../billing/payments";
import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import { choice, emptyable, mergeMetadata, metadata, optional, text } from "../kit/params";
import { invoicePayments } from "../objects/invoice-payment";
import { paymentIntents } from "../objects/payment-intent";

const CANCELABLE = ["requires_payment_method", "requires_confirmation", "requires_action"];

export const paymentIntentResource: Resource = {
  routes: {
    "GET /v1/payment_intents": list({ ...createdParam, ...optional({ customer: text }) }, ({ customer }) =>
      paymentIntents.where({ customer }),
    ),

    "GET /v1/payment_intents/:id": call(optional({ client_secret: text }), (_, { id }) =>
      find(paymentIntents, id),
    ),

    "POST /v1/payment_intents/:id": call(
      optional({ description: emptyable(text), metadata, receipt_email: emptyable(text) }),
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
        if (invoicePayments.where({ payment_intent: id }).length > 0) {
          throw invalid(
            "You cannot cancel PaymentIntents created by invoices. You may void the invoice instead.",
          );
        }
        return cancelIntent(intent, cancellation_reason ?? null);
      },
    ),
  },
};
