import { noChargeToRefund, refundCharge } from "../billing/payments/refunds";
import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import { choice, integerFrom, mergeMetadata, metadata, optional, text } from "../kit/params";
import { type Charge, charges } from "../objects/charge";
import { paymentIntents } from "../objects/payment-intent";
import { refunds } from "../objects/refund";
import { inTimeOf } from "../objects/test-clock";

function chargeOf(given: { charge?: string; payment_intent?: string }): Charge {
  // Recorded: as if its id stood in the path.
  if (given.charge) return find(charges, given.charge);
  if (!given.payment_intent) {
    throw invalid(
      "One of the following params should be provided for this request: payment_intent or charge.",
    );
  }
  const intent = find(paymentIntents, given.payment_intent, "payment_intent");
  const charge = charges.get(intent.latest_charge ?? "");
  if (!charge?.paid) throw noChargeToRefund(intent.id);
  return charge;
}

export const refundResource: Resource = {
  routes: {
    "POST /v1/refunds": call(
      optional({
        amount: integerFrom(1),
        charge: text,
        metadata,
        payment_intent: text,
        reason: choice("duplicate", "fraudulent", "requested_by_customer"),
      }),
      ({ amount, reason, metadata, ...of }) => {
        const charge = chargeOf(of);
        return inTimeOf(charge.customer, () =>
          refundCharge(charge, { amount, reason: reason ?? null, metadata: mergeMetadata({}, metadata) }),
        );
      },
    ),

    "GET /v1/refunds": list(
      { ...createdParam, ...optional({ charge: idOf(charges), payment_intent: idOf(paymentIntents) }) },
      ({ charge, payment_intent }) => refunds.where({ charge, payment_intent }),
    ),

    "GET /v1/refunds/:id": call({}, (_, { id }) => find(refunds, id)),

    "POST /v1/refunds/:id": call(optional({ metadata }), ({ metadata }, { id }) => {
      const before = find(refunds, id);
      const updated = refunds.put({ ...before, metadata: mergeMetadata(before.metadata ?? {}, metadata) });
      emit("refund.updated", updated, before);
      emit("charge.refund.updated", updated, before);
      return updated;
    }),

    // A refund waits for nobody here, so that it could still be canceled; recorded of one that did not.
    "POST /v1/refunds/:id/cancel": call({}, (_, { id }) => {
      find(refunds, id);
      throw invalid("Canceling this refund is unsupported.");
    }),
  },
};
