import { ask } from "../kit/ask";
import { type Price, prices } from "../objects/price";
import type { Product } from "../objects/product";
import { priceResource } from "../resources/prices";
import { productResource } from "../resources/products";
import { type Scenario, ScenarioError, type ScenarioPlan } from "./scenario";

/** The intervals of a plan, with the id of each one's price. */
export interface SoldPlan {
  readonly share: number;
  readonly monthly: string | undefined;
  readonly yearly: string | undefined;
}

/** A price that is there under its lookup key is sold as it is; every other one is created. */
export function openShop({ plans, currency }: Scenario): SoldPlan[] {
  return plans.map((plan) => sell(plan, currency));
}

function sell({ name, share, monthly, yearly }: ScenarioPlan, currency: string): SoldPlan {
  const known = [monthly, yearly].flatMap((one) => existing(one?.lookup_key) ?? []);
  const productId = () =>
    known[0]?.product ?? ask<Product>(productResource, "POST /v1/products", "", { name }).id;
  let product: string | undefined;
  const priceOf = (given: ScenarioPlan["monthly"], interval: "month" | "year") => {
    if (!given) return undefined;
    const sold = existing(given.lookup_key);
    if (sold) return checked(sold, given.lookup_key, interval, currency).id;
    product ??= productId();
    return ask<Price>(priceResource, "POST /v1/prices", "", {
      currency,
      lookup_key: given.lookup_key,
      product,
      recurring: { interval },
      unit_amount: String(given.unit_amount),
    }).id;
  };
  return { share, monthly: priceOf(monthly, "month"), yearly: priceOf(yearly, "year") };
}

const existing = (lookup_key: string | undefined): Price | undefined =>
  lookup_key === undefined ? undefined : prices.where({ lookup_key, active: true })[0];

function checked(price: Price, key: string, interval: "month" | "year", currency: string): Price {
  const { recurring } = price;
  if (recurring?.interval === interval && recurring.interval_count === 1 && price.currency === currency)
    return price;
  throw new ScenarioError(
    `There is a price with the lookup key \`${key}\` that is not billed every ${interval} in ${currency}.`,
  );
}
