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
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: price.recurring?.trial_period_days ?? null,
    usage_type: price.recurring?.usage_type ?? "licensed",
  };
}
