import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam, inlineList } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import {
  choice,
  email,
  emptyable,
  group,
  mergeMetadata,
  metadata,
  optional,
  text,
  textUpTo,
} from "../kit/params";
import { search } from "../kit/search";
import { type Charge, charges } from "../objects/charge";
import { customers } from "../objects/customer";
import { paymentIntents } from "../objects/payment-intent";
import { refunds } from "../objects/refund";
import { inTimeOf } from "../objects/test-clock";
import { mergeShipping, shipping } from "./payment-intent-params";

const fraudDetails = group({ user_report: choice("fraudulent", "safe") });

/** Recorded, word for word: what belongs to the intent is not changed on its charge. */
function refuseForIntent({ payment_intent }: Charge): never {
  throw invalid(
    `This Charge was created by a PaymentIntent (${payment_intent}). You must update the \`transfer_group\` on the PaymentIntent instead of updating the Charge directly. See https://stripe.com/docs/api#update_payment_intent`,
  );
}

/** Recorded, word for word. */
function refuseCapture({ id, captured, payment_intent }: Charge): never {
  if (captured) {
    throw invalid(`Charge ${id} has already been captured.`, { code: "charge_already_captured" });
  }
  throw invalid(
    `This uncaptured Charge was created by a PaymentIntent (${payment_intent}). You must capture the PaymentIntent instead. For more information, see https://stripe.com/docs/payments/place-a-hold-on-a-payment-method`,
  );
}

export const chargeResource: Resource = {
  routes: {
    "GET /v1/charges": list(
      {
        ...createdParam,
        ...optional({
          customer: idOf(customers),
          payment_intent: idOf(paymentIntents),
          transfer_group: text,
        }),
      },
      ({ customer, payment_intent, transfer_group }) =>
        charges
          .where({ customer, payment_intent })
          .filter((charge) => transfer_group === undefined || charge.transfer_group === transfer_group),
    ),

    // Before the next one, which would take it for an id.
    "GET /v1/charges/search": search(
      [
        "amount",
        "billing_details.address.postal_code",
        "created",
        "currency",
        "customer",
        "disputed",
        "metadata",
        "payment_method_details.card.brand",
        "payment_method_details.card.exp_month",
        "payment_method_details.card.exp_year",
        "payment_method_details.card.fingerprint",
        "payment_method_details.card.last4",
        "refunded",
        "status",
      ],
      () => charges.all(),
    ),

    "GET /v1/charges/:id": call({}, (_, { id }) => find(charges, id)),

    "POST /v1/charges/:id": call(
      optional({
        customer: text,
        description: emptyable(text),
        fraud_details: fraudDetails,
        metadata,
        receipt_email: emptyable(email),
        shipping,
        transfer_group: text,
      }),
      ({ transfer_group, ...given }, { id }) => {
        const before = find(charges, id);
        if (transfer_group !== undefined) refuseForIntent(before);
        const customer = given.customer ? find(customers, given.customer, "customer").id : before.customer;
        return inTimeOf(before.customer, () => {
          const after = charges.put({
            ...before,
            ...given,
            customer,
            metadata: mergeMetadata(before.metadata, given.metadata),
            shipping: mergeShipping(before.shipping, given.shipping),
          });
          emit("charge.updated", after, before);
          return after;
        });
      },
    ),

    "POST /v1/charges/:id/capture": call(
      optional({ amount: text, receipt_email: email, statement_descriptor: textUpTo(22) }),
      (_, { id }) => refuseCapture(find(charges, id)),
    ),
  },
  expansions: {
    charge: {
      refunds: ({ id }: Charge) =>
        inlineList(`/v1/charges/${id}/refunds`, refunds.where({ charge: id }).reverse()),
    },
  },
};
