import type { z } from "zod";
import { alreadyExists, invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { find } from "../../kit/lookup";
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
import { meters } from "../../objects/meter";
import { buildPrice, type Price, planOf, prices, priceTerms } from "../../objects/price";
import { currencyOptionsParam, readCurrencyOptions } from "./currency-options";
import { checkScheme, readTiers, tiersParam } from "./tiers";
import { customAmountParam, readUnitAmount } from "./unit-amounts";

const recurringParams = group({
  interval: choice("month", "year", "week", "day"),
  ...optional({
    interval_count: integerFrom(1, 1095),
    meter: text,
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
    tax_behavior: choice("inclusive", "exclusive", "unspecified"),
    unit_amount: amount,
    unit_amount_decimal: decimal,
  }),
};

/** A product's default price may be sold in several currencies or for what the customer wants to pay. */
export const defaultPriceData = {
  ...priceData,
  ...optional({ currency_options: currencyOptionsParam, custom_unit_amount: customAmountParam }),
};

export const priceParams = {
  ...defaultPriceData,
  ...optional({
    active: flag,
    billing_scheme: choice("per_unit", "tiered"),
    lookup_key: textUpTo(200),
    nickname: text,
    tiers: tiersParam,
    tiers_mode: choice("graduated", "volume"),
    transfer_lookup_key: flag,
    transform_quantity: group({ divide_by: integerFrom(1), round: choice("down", "up") }),
  }),
};

type PriceGiven = z.output<ReturnType<typeof group<typeof priceParams>>>;

export function createPrice(product: string, given: PriceGiven): Price {
  const { transfer_lookup_key, recurring, tiers, currency_options, custom_unit_amount: _, ...rest } = given;
  checkScheme(given);
  if (recurring) checkMeter(recurring);
  if (rest.lookup_key) claimLookupKey(rest.lookup_key, transfer_lookup_key ?? false);
  const price = prices.put(
    buildPrice({
      ...rest,
      product,
      ...(tiers ? { unit_amount: null, unit_amount_decimal: null } : readUnitAmount(given)),
      metadata: mergeMetadata({}, given.metadata),
      recurring: recurring
        ? {
            interval: recurring.interval,
            interval_count: recurring.interval_count ?? 1,
            meter: recurring.meter ?? null,
            trial_period_days: recurring.trial_period_days ?? null,
            usage_type: recurring.usage_type ?? "licensed",
          }
        : null,
    }),
  );
  priceTerms.put({
    id: price.id,
    tiers: tiers ? readTiers(tiers) : null,
    currencyOptions: readCurrencyOptions(currency_options ?? {}, price),
  });
  if (price.recurring) emit("plan.created", planOf(price));
  emit("price.created", price);
  return price;
}

/** The words for a metered price without a meter are recorded, the others inferred. */
function checkMeter({ meter, usage_type }: z.output<typeof recurringParams>): void {
  if (usage_type !== "metered") {
    if (!meter) return;
    throw invalid("A meter can only be used with `usage_type=metered`.", { param: "recurring[meter]" });
  }
  if (!meter) {
    throw invalid(
      "Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.",
    );
  }
  if (find(meters, meter, "recurring[meter]").status === "active") return;
  throw invalid("The meter is inactive. A price can only be attached to an active meter.", {
    param: "recurring[meter]",
  });
}

/**
 * A lookup key has one owner. With `transfer` it changes hands in the same moment (type: the comment of
 * `Stripe.PriceCreateParams.transfer_lookup_key`).
 */
export function claimLookupKey(key: string, transfer: boolean): void {
  const owner = prices.where({ lookup_key: key })[0];
  if (!owner) return;
  if (!transfer) {
    throw alreadyExists(`A price (\`${owner.id}\`) already uses that lookup key.`, "lookup_key");
  }
  emit("price.updated", prices.put({ ...owner, lookup_key: null }), owner);
}
