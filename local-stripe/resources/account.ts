import type Stripe from "stripe";
import { account } from "../kit/account";
import { call, type Resource } from "../kit/api";
import { noSuch } from "../kit/errors";
import type { Wire } from "../kit/wire";

const shown = () =>
  ({
    id: account.id,
    object: "account",
    business_profile: null,
    business_type: "company",
    capabilities: { card_payments: "active", transfers: "active" },
    charges_enabled: true,
    country: account.country,
    default_currency: account.currency,
    details_submitted: true,
    email: "owner@example.com",
    metadata: {},
    payouts_enabled: true,
    type: "standard",
  }) satisfies Wire<Stripe.Account>;

export const accountResource: Resource = {
  routes: {
    "GET /v1/account": call({}, shown),
    "GET /v1/accounts/:id": call({}, (_, { id }) => {
      if (id !== account.id) throw noSuch("account", id);
      return shown();
    }),
  },
};
