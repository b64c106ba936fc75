import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { createdParam } from "../kit/list";
import { notFound } from "../kit/lookup";
import { choice, currency, integerFrom, metadata, optional, range, text, textUpTo } from "../kit/params";

/** This account has no bank account that could be paid out to, so there are no payouts (recorded of such an account). */
export const payoutResource: Resource = {
  routes: {
    "GET /v1/payouts": list(
      { ...createdParam, ...optional({ arrival_date: range, destination: text, status: text }) },
      () => [],
    ),
    "GET /v1/payouts/:id": call({}, (_, { id }) => {
      throw notFound("payout", id);
    }),
    "POST /v1/payouts": call(
      {
        amount: integerFrom(1),
        currency,
        ...optional({
          description: text,
          destination: text,
          metadata,
          method: choice("instant", "standard"),
          source_type: choice("bank_account", "card", "fpx"),
          statement_descriptor: textUpTo(22),
        }),
      },
      ({ currency }) => {
        throw invalid(`Sorry, you don't have any external accounts in that currency (${currency}).`);
      },
    ),
  },
};
