import type Stripe from "stripe";
import { account } from "../kit/account";
import { call, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import type { Wire } from "../kit/wire";
import { type BalanceTransaction, balanceTransactions } from "../objects/balance-transaction";

type Funds = Wire<Stripe.Balance["available"]>;

/** By currency; Stripe shows the account's own even when there is nothing in it. */
function fundsOf(transactions: readonly BalanceTransaction[]): Funds {
  const totals = new Map([[account.currency, 0]]);
  for (const { currency, net } of transactions) totals.set(currency, (totals.get(currency) ?? 0) + net);
  return [...totals].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }));
}

export const balanceResource: Resource = {
  routes: {
    "GET /v1/balance": call({}, () => {
      const all = balanceTransactions.all();
      return {
        object: "balance",
        connect_reserved: [{ amount: 0, currency: account.currency }],
        available: fundsOf(all.filter(({ available_on }) => available_on <= now())),
        livemode: false,
        pending: fundsOf(all.filter(({ available_on }) => available_on > now())),
      } satisfies Wire<Stripe.Balance>;
    }),
  },
};
