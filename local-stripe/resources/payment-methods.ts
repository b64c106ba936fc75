import { attach, detach, findOrCreatePaymentMethod } from "../billing/payments/payment-methods";
import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { emit } from "../kit/events";
import { find, idOf } from "../kit/lookup";
import { choice, group, integer, integerFrom, mergeMetadata, metadata, optional, text } from "../kit/params";
import { customers } from "../objects/customer";
import { METHOD_TYPES, paymentMethods } from "../objects/payment-method";
import { inTimeOf } from "../objects/test-clock";
import { billingDetails, makePaymentMethod, paymentMethodParams, wholeDetails } from "./payment-method-data";

export const paymentMethodResource: Resource = {
  routes: {
    "POST /v1/payment_methods": call(paymentMethodParams, makePaymentMethod),

    "GET /v1/payment_methods": list(
      optional({ customer: idOf(customers), type: choice(...METHOD_TYPES) }),
      ({ customer, type }) => (customer === undefined ? [] : paymentMethods.where({ customer, type })),
    ),

    "GET /v1/payment_methods/:id": call({}, (_, { id }) => find(paymentMethods, id)),

    "POST /v1/payment_methods/:id": call(
      optional({
        billing_details: billingDetails,
        card: group(optional({ exp_month: integerFrom(1, 12), exp_year: integer })),
        metadata,
      }),
      ({ billing_details, card, metadata }, { id }) => {
        const method = find(paymentMethods, id);
        if (method.customer === null) {
          throw invalid("You must save this PaymentMethod to a customer before you can update it.");
        }
        const updated = paymentMethods.put({
          ...method,
          billing_details: wholeDetails(method.billing_details, billing_details),
          metadata: mergeMetadata(method.metadata ?? {}, metadata),
          ...(method.card ? { card: { ...method.card, ...card } } : {}),
        });
        emit("payment_method.updated", updated, method);
        return updated;
      },
    ),

    "POST /v1/payment_methods/:id/attach": call(optional({ customer: text }), ({ customer }, { id }) => {
      if (!customer) {
        throw invalid("Must provide customer or customer_account.", { code: "parameter_missing" });
      }
      find(customers, customer, "customer");
      return inTimeOf(customer, () => attach(findOrCreatePaymentMethod(id), customer));
    }),

    "POST /v1/payment_methods/:id/detach": call({}, (_, { id }) => {
      const method = find(paymentMethods, id);
      return inTimeOf(method.customer, () => detach(method));
    }),
  },
};
