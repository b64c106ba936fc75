import {
  choice,
  emptyable,
  flag,
  group,
  integerFrom,
  listOf,
  optional,
  text,
  textUpTo,
  timestamp,
} from "../kit/params";

/**
 * Options that are meant for one type of payment method only, for the types that are served here (types:
 * `Stripe.PaymentIntentCreateParams.PaymentMethodOptions` and the one of setup intents).
 */

const KNOWN = [
  "acss_debit",
  "affirm",
  "afterpay_clearpay",
  "alipay",
  "amazon_pay",
  "bancontact",
  "blik",
  "card",
  "cashapp",
  "eps",
  "giropay",
  "ideal",
  "klarna",
  "multibanco",
  "p24",
  "paypal",
  "revolut_pay",
  "sepa_debit",
  "sofort",
  "swish",
  "twint",
  "us_bank_account",
  "wechat_pay",
  "zip",
] as const;

export const excludedTypes = listOf(choice(...KNOWN));
export const allowedTypes = listOf(choice(...KNOWN, "link"));

const ifAvailable = emptyable(choice("if_available", "never"));

const network = choice(
  "amex",
  "cartes_bancaires",
  "diners",
  "discover",
  "eftpos_au",
  "girocard",
  "interac",
  "jcb",
  "link",
  "mastercard",
  "unionpay",
  "unknown",
  "visa",
);

const sharedCard = optional({
  moto: flag,
  network,
  request_three_d_secure: choice("any", "automatic", "challenge"),
});

/** Months in which the payer pays the rest (type: `Stripe.PaymentIntent.PaymentMethodOptions.Card.Installments`). */
const installments = group(
  optional({
    enabled: flag,
    plan: emptyable(
      group({
        type: choice("bonus", "fixed_count", "revolving"),
        ...optional({ count: integerFrom(1), interval: choice("month") }),
      }),
    ),
  }),
).transform(({ enabled = false, plan = null }) => ({ available_plans: null, enabled, plan }));

const UNSAID = { description: null, end_date: null, interval_count: null, supported_types: null };

/** A standing agreement about later payments (type: `Stripe.PaymentIntent.PaymentMethodOptions.Card.MandateOptions`). */
const mandateOptions = group({
  amount: integerFrom(1),
  amount_type: choice("fixed", "maximum"),
  interval: choice("day", "month", "sporadic", "week", "year"),
  reference: textUpTo(80),
  start_date: timestamp,
  ...optional({
    description: textUpTo(200),
    end_date: timestamp,
    interval_count: integerFrom(1),
    supported_types: listOf(choice("india")),
  }),
}).transform((given) => ({ ...UNSAID, ...given }));

const financialConnections = group(
  optional({
    permissions: listOf(choice("balances", "ownership", "payment_method", "transactions")),
    prefetch: listOf(choice("balances", "ownership", "transactions")),
    return_url: text,
  }),
);

const sharedAccount = optional({
  financial_connections: financialConnections,
  verification_method: choice("automatic", "instant", "microdeposits"),
});

export const paymentOptions = group(
  optional({
    card: group({
      ...sharedCard,
      ...optional({
        capture_method: emptyable(choice("manual")),
        cvc_token: text,
        installments,
        mandate_options: mandateOptions,
        request_extended_authorization: ifAvailable,
        request_incremental_authorization: ifAvailable,
        request_multicapture: ifAvailable,
        request_overcapture: ifAvailable,
        require_cvc_recollection: flag,
        setup_future_usage: emptyable(choice("none", "off_session", "on_session")),
        statement_descriptor_suffix_kana: emptyable(text),
        statement_descriptor_suffix_kanji: emptyable(text),
      }),
    }),
    us_bank_account: group({
      ...sharedAccount,
      ...optional({
        mandate_options: group(optional({ collection_method: emptyable(choice("paper")) })),
        setup_future_usage: emptyable(choice("none", "off_session", "on_session")),
        target_date: text,
        transaction_purpose: emptyable(choice("goods", "other", "services", "unspecified")),
      }),
    }),
  }),
);

export const setupOptions = group(
  optional({ card: group(sharedCard), us_bank_account: group(sharedAccount) }),
);

type Options = Readonly<Record<string, object | undefined>>;

/** Merges type by type; what was unset is no longer there, and some parameters never are. */
export function mergeOptions<T extends object | null>(before: T, given: Options | undefined): T {
  if (!given) return before;
  const earlier = (before ?? {}) as Options;
  const merged = Object.entries(given).map(([type, wanted]) => {
    const entries = Object.entries({ ...earlier[type], ...wanted });
    return [type, Object.fromEntries(entries.filter(([name, value]) => isShown(name, value)))];
  });
  return { ...earlier, ...Object.fromEntries(merged) } as T;
}

/** Recorded: these are there with nothing in them. */
const ALWAYS_THERE = ["installments", "mandate_options", "network"];

/** Used for the payment, but no part of the intent (types). */
const NEVER_SHOWN = ["cvc_token", "moto"];

const isShown = (name: string, value: unknown): boolean =>
  !NEVER_SHOWN.includes(name) && (value !== null || ALWAYS_THERE.includes(name));
