import type { z } from "zod";
import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { find } from "../../kit/lookup";
import {
  choice,
  currency,
  emptyable,
  flag,
  group,
  integerFrom,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  text,
  timestamp,
} from "../../kit/params";
import type { Invoice } from "../../objects/invoice";
import { paymentMethods } from "../../objects/payment-method";
import { createDiscount, discountParam } from "../discounts/discounts";
import { checkRedemption } from "../discounts/redemption";
import { refuseBoth } from "../tax/automatic-tax";
import { changedRatesParam, findTaxRates } from "../tax/given-rates";
import { DAY_SECONDS } from "../time/durations";

export const draftParams = optional({
  auto_advance: flag,
  automatic_tax: group({ enabled: flag }),
  automatically_finalizes_at: timestamp,
  collection_method: choice("charge_automatically", "send_invoice"),
  days_until_due: integerFrom(1, 365),
  default_payment_method: emptyable(text),
  default_tax_rates: changedRatesParam,
  description: emptyable(text),
  discounts: emptyable(listOf(discountParam, 20)),
  due_date: timestamp,
  footer: emptyable(text),
  metadata,
});

export const createParams = {
  customer: text,
  ...draftParams,
  ...optional({
    currency,
    pending_invoice_items_behavior: choice("include", "exclude"),
    subscription: text,
  }),
};

type Given = z.output<ReturnType<typeof group<typeof draftParams>>>;

/**
 * Applies a draft's parameters, and redeems the discounts among them; `before` is the draft, or the fields that a new
 * one begins with.
 */
export function applyDraftParams(
  before: Partial<Invoice> & Pick<Invoice, "customer" | "currency">,
  given: Given,
) {
  const {
    automatic_tax: automatic,
    days_until_due,
    default_tax_rates: rates,
    discounts,
    due_date,
    metadata,
    ...plain
  } = given;
  const method = plain.default_payment_method;
  if (method) find(paymentMethods, method, "default_payment_method");
  const default_tax_rates =
    rates === undefined
      ? (before.default_tax_rates ?? [])
      : findTaxRates(rates, "default_tax_rates", before.default_tax_rates);
  const isAutomatic = automatic?.enabled ?? before.automatic_tax?.enabled;
  refuseBoth(isAutomatic, default_tax_rates, "default_tax_rates");
  const sent = (plain.collection_method ?? before.collection_method) === "send_invoice";
  const created = before.created ?? now();
  const due =
    due_date ?? (days_until_due === undefined ? before.due_date : created + days_until_due * DAY_SECONDS);
  if (sent && (due === null || due === undefined)) {
    throw invalid(
      "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.",
    );
  }
  if (!sent && (due_date !== undefined || days_until_due !== undefined)) {
    throw invalid(
      "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'.",
    );
  }
  return {
    ...plain,
    ...(automatic
      ? {
          automatic_tax: {
            disabled_reason: null,
            enabled: automatic.enabled,
            liability: null,
            provider: null,
            status: null,
          },
        }
      : {}),
    ...(rates === undefined ? {} : { default_tax_rates }),
    discounts: discounts === undefined ? (before.discounts ?? []) : redeemAll(before, discounts ?? []),
    due_date: sent ? (due ?? null) : null,
    metadata: mergeMetadata(before.metadata ?? {}, metadata),
  } satisfies Partial<Invoice>;
}

function redeemAll(
  { customer, currency }: Pick<Invoice, "customer" | "currency">,
  given: NonNullable<Given["discounts"]>,
): string[] {
  return given.map((one, position) => {
    const purchase = { customer, currency, amount: null };
    return createDiscount(checkRedemption(one, purchase, `discounts[${position}]`), { customer }).id;
  });
}
