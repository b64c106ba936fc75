import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type TaxRate = Wire<Stripe.TaxRate>;

export const taxRates = new Table<TaxRate, "active" | "inclusive">("tax_rate", "txr_", {
  active: (rate) => rate.active,
  inclusive: (rate) => rate.inclusive,
});

export function buildTaxRate(
  given: Partial<TaxRate> & Pick<TaxRate, "display_name" | "inclusive" | "percentage">,
): TaxRate {
  return {
    id: newId("txr_1"),
    object: "tax_rate",
    active: true,
    country: null,
    created: now(),
    description: null,
    effective_percentage: null,
    flat_amount: null,
    jurisdiction: null,
    jurisdiction_level: null,
    livemode: false,
    metadata: {},
    rate_type: null,
    state: null,
    tax_type: null,
    ...given,
  };
}
