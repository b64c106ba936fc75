import { call, list, type Resource } from "../kit/api";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import { optional, text } from "../kit/params";
import { setupIntents } from "../objects/setup-intent";

export const setupIntentResource: Resource = {
  routes: {
    "GET /v1/setup_intents": list(
      { ...createdParam, ...optional({ customer: text, payment_method: text }) },
      ({ customer, payment_method }) => setupIntents.where({ customer, payment_method }),
    ),
    "GET /v1/setup_intents/:id": call(optional({ client_secret: text }), (_, { id }) =>
      find(setupIntents, id),
    ),
  },
};
