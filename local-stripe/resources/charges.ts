import { call, list, type Resource } from "../kit/api";
import { createdParam, inlineList } from "../kit/list";
import { find } from "../kit/lookup";
import { optional, text } from "../kit/params";
import { balanceTransactions } from "../objects/balance-transaction";
import { type Charge, charges } from "../objects/charge";
import { refunds } from "../objects/refund";

export const chargeResource: Resource = {
  routes: {
    "GET /v1/charges": list(
      { ...createdParam, ...optional({ customer: text, payment_intent: text }) },
      ({ customer, payment_intent }) => charges.where({ customer, payment_intent }),
    ),
    "GET /v1/charges/:id": call({}, (_, { id }) => find(charges, id)),
    "GET /v1/balance_transactions/:id": call({}, (_, { id }) => find(balanceTransactions, id)),
  },
  expansions: {
    charge: {
      refunds: ({ id }: Charge) =>
        inlineList(`/v1/charges/${id}/refunds`, refunds.where({ charge: id }).reverse()),
    },
  },
};
