import type Stripe from "stripe";
import { account, statementDescriptor } from "../kit/account";
import { call, type Resource } from "../kit/api";
import { inlineList } from "../kit/list";
import { notFound } from "../kit/lookup";
import type { Wire } from "../kit/wire";

const nothingRequired = {
  alternatives: [],
  current_deadline: null,
  currently_due: [],
  disabled_reason: null,
  errors: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
} satisfies Wire<Stripe.Account.Requirements>;

const settings = () =>
  ({
    bacs_debit_payments: { display_name: null, service_user_number: null },
    branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
    card_issuing: { tos_acceptance: { date: null, ip: null } },
    card_payments: {
      decline_on: { avs_failure: false, cvc_failure: true },
      statement_descriptor_prefix: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
    dashboard: { display_name: account.name, timezone: "Etc/UTC" },
    invoices: { default_account_tax_ids: null, hosted_payment_method_save: "always" },
    payments: {
      statement_descriptor: statementDescriptor(),
      statement_descriptor_kana: null,
      statement_descriptor_kanji: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
    payouts: {
      debit_negative_balances: true,
      schedule: { delay_days: 2, interval: "daily" },
      statement_descriptor: null,
    },
    sepa_debit_payments: {},
  }) satisfies Wire<Stripe.Account.Settings>;

/** 2024-01-01, before anything that happens here. */
const CREATED_AT = 1_704_067_200;

const accountObject = () =>
  ({
    id: account.id,
    object: "account",
    business_profile: null,
    business_type: "company",
    capabilities: { card_payments: "active", transfers: "active" },
    charges_enabled: true,
    controller: { type: "account" },
    country: account.country,
    created: CREATED_AT,

    default_currency: account.currency,
    details_submitted: true,
    email: "owner@example.com",
    external_accounts: inlineList(`/v1/accounts/${account.id}/external_accounts`, []),
    future_requirements: nothingRequired,
    metadata: {},
    payouts_enabled: true,
    requirements: nothingRequired,
    settings: settings(),
    tos_acceptance: { date: CREATED_AT, ip: null, user_agent: null },
    type: "standard",
  }) satisfies Wire<Stripe.Account>;

export const accountResource: Resource = {
  routes: {
    "GET /v1/account": call({}, accountObject),
    "GET /v1/accounts/:id": call({}, (_, { id }) => {
      if (id !== account.id) throw notFound("account", id);
      return accountObject();
    }),
  },
};
