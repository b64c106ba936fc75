import type { z } from "zod";
import { alreadyExists, exclusive, missing } from "../../kit/errors";
import { emit } from "../../kit/events";
import {
  amount,
  choice,
  currency,
  decimal,
  flag,
  group,
  integerFrom,
  mergeMetadata,
  metadata,
  optional,
  text,
  textUpTo,
} from "../../kit/params";
import { buildPrice, type Price, planOf, prices } from "../../objects/price";

const recurringParams = group({
  interval: choice("day", "week", "month", "year"),
  ...optional({
    interval_count: integerFrom(1, 1095),
    trial_period_days: integerFrom(1, 730),
    usage_type: choice("licensed", "metered"),
  }),
});

/** The parameters of a price, wherever one can be given inline (type: `Stripe.PriceCreateParams`). */
export const priceData = {
  currency,
  ...optional({
    metadata,
    recurring: recurringParams,
    tax_behavior: choice("exclusive", "inclusive", "unspecified"),
    unit_amount: amount,
    unit_amount_decimal: decimal,
  }),
};

export const priceParams = {
  ...priceData,
  ...optional({
    active: flag,
    billing_scheme: choice("per_unit"),
    lookup_key: textUpTo(200),
    nickname: text,
    transfer_lookup_key: flag,
  }),
};

type PriceGiven = z.output<ReturnType<typeof group<typeof priceParams>>>;

export function createPrice(product: string, given: PriceGiven): Price {
  const { transfer_lookup_key, recurring, ...rest } = given;
  if (rest.lookup_key) claimLookupKey(rest.lookup_key, transfer_lookup_key ?? false);
  const price = prices.put(
    buildPrice({
      ...rest,
      product,
      ...unitAmount(given),
      metadata: mergeMetadata({}, given.metadata),
      recurring: recurring
        ? {
            interval: recurring.interval,
            interval_count: recurring.interval_count ?? 1,
            meter: null,
            trial_period_days: recurring.trial_period_days ?? null,
            usage_type: recurring.usage_type ?? "licensed",
          }
        : null,
    }),
  );
  if (price.recurring) emit("plan.created", planOf(price));
  emit("price.created", price);
  return price;
}

/**
 * A lookup key has one owner. With `transfer` it changes hands in the same moment (type: the comment of
 * `Stripe.PriceCreateParams.transfer_lookup_key`).
 */
export function claimLookupKey(key: string, transfer: boolean): void {
  const owner = prices.where({ lookup_key: key })[0];
  if (!owner) return;
  if (!transfer) {
    throw alreadyExists(
      `A price (\`${owner.id}\`) already uses that lookup key. You may transfer it by setting \`transfer_lookup_key\` to true.`,
      "lookup_key",
    );
  }
  emit("price.updated", prices.put({ ...owner, lookup_key: null }), owner);
}

function unitAmount(given: PriceGiven): Pick<Price, "unit_amount" | "unit_amount_decimal"> {
  const { unit_amount, unit_amount_decimal } = given;
  if (unit_amount !== undefined && unit_amount_decimal !== undefined) {
    throw exclusive("unit_amount", "unit_amount_decimal");
  }
  if (unit_amount !== undefined) return { unit_amount, unit_amount_decimal: String(unit_amount) };
  if (unit_amount_decimal === undefined) throw missing("unit_amount");
  const whole = /^\d+(\.0*)?$/.test(unit_amount_decimal) ? Number(unit_amount_decimal) : null;
  return { unit_amount: whole, unit_amount_decimal };
}
