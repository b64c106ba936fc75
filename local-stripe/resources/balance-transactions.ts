import { call, list, type Resource } from "../kit/api";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import { optional, text } from "../kit/params";
import { balanceTransactions } from "../objects/balance-transaction";

/** Recorded: nothing is found by a dispute, although its transactions name it. */
const isFound = (source: string | undefined): boolean => !source?.startsWith("du_");

export const balanceTransactionResource: Resource = {
  routes: {
    "GET /v1/balance_transactions": list(
      { ...createdParam, ...optional({ currency: text, payout: text, source: text, type: text }) },
      ({ currency, payout, source, type }) =>
        // Nothing was ever paid out.
        payout === undefined && isFound(source) ? balanceTransactions.where({ currency, source, type }) : [],
    ),
    "GET /v1/balance_transactions/:id": call({}, (_, { id }) => find(balanceTransactions, id)),
  },
};
