import { invalid, onlyOneOf } from "../../kit/errors";
import { find } from "../../kit/lookup";
import { mergeMetadata } from "../../kit/params";
import { paymentMethods } from "../../objects/payment-method";
import { noInvoiceSettings, noPaymentSettings, type Subscription } from "../../objects/subscription";
import { findTaxRates } from "../tax/given-rates";
import { currentPeriodEnd, nextPeriodEnd } from "../time/subscription-periods";
import { cancelAt } from "./cancellation";
import { inFuture, type Updated } from "./orders";

/** Parameters of a subscription that do not change what it bills. */

export function planCancellation(
  subscription: Subscription,
  { cancel_at, cancel_at_period_end }: Pick<Updated, "cancel_at" | "cancel_at_period_end">,
): Subscription {
  if (cancel_at_period_end !== undefined && cancel_at !== undefined && cancel_at !== null) {
    throw onlyOneOf("cancel_at_period_end", "cancel_at");
  }
  if (cancel_at_period_end !== undefined) {
    const end = cancel_at_period_end ? currentPeriodEnd(subscription) : null;
    return cancelAt(subscription, end, cancel_at_period_end);
  }
  if (cancel_at === undefined) return subscription;
  return cancelAt(subscription, cancel_at === null ? null : cancelMoment(subscription, cancel_at), false);
}

function cancelMoment(subscription: Subscription, at: number | "min_period_end" | "max_period_end"): number {
  if (at === "min_period_end") return nextPeriodEnd(subscription);
  return at === "max_period_end" ? currentPeriodEnd(subscription) : inFuture(at, "cancel_at");
}

type Noted = Pick<
  Updated,
  | "automatic_tax"
  | "billing_thresholds"
  | "collection_method"
  | "days_until_due"
  | "default_payment_method"
  | "default_tax_rates"
  | "description"
  | "invoice_settings"
  | "metadata"
  | "payment_settings"
  | "trial_settings"
>;

/** Everything that is simply noted on the subscription. */
export function notedFields(before: Partial<Subscription>, given: Noted): Partial<Subscription> {
  const { default_payment_method, description, collection_method, days_until_due, trial_settings } = given;
  if (default_payment_method) find(paymentMethods, default_payment_method, "default_payment_method");
  if (collection_method === "send_invoice" && (days_until_due ?? before.days_until_due ?? null) === null) {
    throw invalid("You must pass `days_until_due` when `collection_method` is `send_invoice`.", {
      param: "days_until_due",
    });
  }
  if (
    given.days_until_due !== undefined &&
    (collection_method ?? before.collection_method) !== "send_invoice"
  ) {
    throw invalid("You can only specify 'days_until_due' if invoice collection method is 'send_invoice'.");
  }
  const { billing_thresholds: thresholds, invoice_settings, payment_settings } = given;
  return {
    ...notedTaxes(before, given),
    ...(thresholds === undefined ? {} : { billing_thresholds: wholeThresholds(thresholds) }),
    ...(invoice_settings
      ? { invoice_settings: { ...(before.invoice_settings ?? noInvoiceSettings), ...invoice_settings } }
      : {}),
    ...(payment_settings ? { payment_settings: paymentSettings(before, payment_settings) } : {}),
    ...(default_payment_method === undefined ? {} : { default_payment_method }),
    ...(description === undefined ? {} : { description }),
    ...(collection_method === undefined ? {} : { collection_method }),
    ...(days_until_due === undefined ? {} : { days_until_due }),
    ...(trial_settings === undefined
      ? {}
      : { trial_settings: { end_behavior: { billing_cycle_anchor: null, ...trial_settings.end_behavior } } }),
    metadata: mergeMetadata(before.metadata ?? {}, given.metadata),
  };
}

/** By which rates it is taxed, or whether by itself. */
export function notedTaxes(
  before: Partial<Subscription>,
  { automatic_tax, default_tax_rates: rates }: Pick<Noted, "automatic_tax" | "default_tax_rates">,
): Partial<Subscription> {
  return {
    ...(automatic_tax
      ? {
          automatic_tax: {
            disabled_reason: null,
            enabled: automatic_tax.enabled,
            liability: automatic_tax.enabled ? { type: "self" as const } : null,
          },
        }
      : {}),
    ...(rates === undefined
      ? {}
      : { default_tax_rates: findTaxRates(rates, "default_tax_rates", before.default_tax_rates) }),
  };
}

const wholeThresholds = (given: NonNullable<Noted["billing_thresholds"]> | null) =>
  given && { amount_gte: null, reset_billing_cycle_anchor: null, ...given };

/** Means of payment that a subscription could have options for; none of them is set but the card's. */
const noOptions = {
  acss_debit: null,
  bancontact: null,
  card: null,
  customer_balance: null,
  konbini: null,
  payto: null,
  pix: null,
  sepa_debit: null,
  upi: null,
  us_bank_account: null,
};

function paymentSettings(
  { payment_settings: before }: Partial<Subscription>,
  { payment_method_options: options, ...given }: NonNullable<Noted["payment_settings"]>,
): Subscription["payment_settings"] {
  const card = options?.card && { network: null, request_three_d_secure: null, ...options.card };
  return {
    ...(before ?? noPaymentSettings),
    ...given,
    ...(options ? { payment_method_options: { ...noOptions, card: card ?? null } } : {}),
  };
}
