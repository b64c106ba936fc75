import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type ShippingRate = Wire<Stripe.ShippingRate>;

export const shippingRates = new Table<ShippingRate>("shipping_rate", "shr_");

export function buildShippingRate(
  given: Partial<ShippingRate> & Pick<ShippingRate, "display_name" | "fixed_amount">,
): ShippingRate {
  return {
    id: newId("shr_1"),
    object: "shipping_rate",
    active: true,
    created: now(),
    delivery_estimate: null,
    livemode: false,
    metadata: {},
    tax_behavior: "unspecified",
    tax_code: null,
    type: "fixed_amount",
    ...given,
  };
}
