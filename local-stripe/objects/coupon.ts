import type Stripe from "stripe";
import { now } from "../kit/clock";
import { randomText } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type Coupon = Wire<Stripe.Coupon>;

/** Coupons go by whatever id their creator chose, so no prefix tells them from others. */
export const coupons = new Table<Coupon>("coupon", "");

/** The products that a coupon is limited to; a coupon shows them only when expanded. */
export const couponScopes = new Table<{ id: string; products: readonly string[] }>("coupon_scope", "");

export function buildCoupon(given: Partial<Coupon>): Coupon {
  return {
    id: randomText(8),
    object: "coupon",
    amount_off: null,
    created: now(),
    currency: null,
    duration: "once",
    duration_in_months: null,
    livemode: false,
    max_redemptions: null,
    metadata: {},
    name: null,
    percent_off: null,
    redeem_by: null,
    times_redeemed: 0,
    valid: true,
    ...given,
  };
}
