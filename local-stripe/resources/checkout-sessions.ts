import { createSession } from "../billing/checkout/new-session";
import { createParams, listParams, updateParams } from "../billing/checkout/session-params";
import { expireSession } from "../billing/checkout/submission";
import { call, list, type Resource } from "../kit/api";
import { createdParam, inlineList } from "../kit/list";
import { find } from "../kit/lookup";
import { mergeMetadata } from "../kit/params";
import {
  type CheckoutSession,
  checkoutPlans,
  checkoutSessions,
  type LineItem,
  lineItemTaxes,
} from "../objects/checkout-session";

const lineItemsOf = (id: string) => checkoutPlans.must(id).lineItems;

export const checkoutSessionResource: Resource = {
  routes: {
    "POST /v1/checkout/sessions": call(createParams, createSession),

    "GET /v1/checkout/sessions": list(
      { ...createdParam, ...listParams },
      ({ customer, subscription, payment_intent, status, customer_details }) =>
        checkoutSessions
          .where({ customer, subscription, payment_intent, status })
          .filter(
            (session) => !customer_details || session.customer_details?.email === customer_details.email,
          ),
    ),

    "GET /v1/checkout/sessions/:id": call({}, (_, { id }) => find(checkoutSessions, id)),

    "POST /v1/checkout/sessions/:id": call(updateParams, ({ metadata }, { id }) => {
      const session = find(checkoutSessions, id);
      return checkoutSessions.put({
        ...session,
        metadata: mergeMetadata(session.metadata ?? {}, metadata),
      });
    }),

    "POST /v1/checkout/sessions/:id/expire": call({}, (_, { id }) =>
      expireSession(find(checkoutSessions, id)),
    ),

    "GET /v1/checkout/sessions/:id/line_items": list({}, (_, { id }) =>
      [...lineItemsOf(find(checkoutSessions, id).id)].reverse(),
    ),
  },

  expansions: {
    "checkout.session": {
      line_items: ({ id }: CheckoutSession) =>
        inlineList(`/v1/checkout/sessions/${id}/line_items`, lineItemsOf(id)),
    },
    item: {
      taxes: ({ id }: LineItem) => lineItemTaxes.get(id)?.taxes ?? [],
    },
  },
};
