import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type Price = Wire<Stripe.Price>;
export type Recurring = NonNullable<Price["recurring"]>;

type Index = "product" | "lookup_key" | "active" | "type" | "interval";

export const prices = new Table<Price, Index>("price", "price_", {
  product: (price) => price.product,
  lookup_key: (price) => price.lookup_key,
  active: (price) => price.active,
  type: (price) => price.type,
  interval: (price) => price.recurring?.interval,
});

/** Prices that were made for an amount given without one: they can be read, and are in no list (recorded). */
export const hiddenPrices = new Table<Price>("hidden_price", "price_");
export type Tier = NonNullable<Price["tiers"]>[number];
export type CurrencyOption = NonNullable<Price["currency_options"]>[string];

/** Terms that a price shows only when expanded. */
export interface PriceTerms {
  /** The price's. */
  readonly id: string;
  readonly tiers: readonly Tier[] | null;
  /** The same price in other currencies. */
  readonly currencyOptions: Readonly<Record<string, CurrencyOption>>;
}

export const priceTerms = new Table<PriceTerms>("price_terms", "");

/** The price as it is in this currency; undefined where it has none in it. */
export function priceIn(price: Price, currency: string): Price | undefined {
  if (price.currency === currency) return price;
  const option = priceTerms.get(price.id)?.currencyOptions[currency];
  if (!option) return undefined;
  const { tiers: _, ...amounts } = option;
  return { ...price, ...amounts, currency };
}

/** The tiers in the currency that the price is seen in; null without any. */
export function tiersOf(price: Price): readonly Tier[] | null {
  if (price.billing_scheme !== "tiered") return null;
  const terms = priceTerms.must(price.id);
  return terms.currencyOptions[price.currency]?.tiers ?? terms.tiers;
}

/** Billed by what was used, when a period is over. */
export const isMetered = (price: Price): boolean => price.recurring?.usage_type === "metered";

type Given = Partial<Price> & Pick<Price, "currency" | "product" | "unit_amount" | "unit_amount_decimal">;

export function buildPrice(given: Given): Price {
  return {
    id: newId("price_1"),
    object: "price",
    active: true,
    billing_scheme: "per_unit",
    created: now(),
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    recurring: null,
    tax_behavior: "unspecified",
    tiers_mode: null,
    transform_quantity: null,
    type: given.recurring ? "recurring" : "one_time",
    ...given,
  };
}

/** The older face of a recurring price that subscription items still show. */
export function planOf(price: Price): Wire<Stripe.Plan> {
  return {
    id: price.id,
    object: "plan",
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? "month",
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: price.recurring?.meter ?? null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: price.transform_quantity,
    trial_period_days: price.recurring?.trial_period_days ?? null,
    usage_type: price.recurring?.usage_type ?? "licensed",
  };
}
