import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId, randomText } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type PromotionCode = Wire<Stripe.PromotionCode>;

export const promotionCodes = new Table<PromotionCode, "active" | "code" | "coupon" | "customer">(
  "promotion_code",
  "promo_",
  {
    active: (promotion) => promotion.active,
    // Codes are told apart regardless of case.
    code: (promotion) => promotion.code.toLowerCase(),
    coupon: (promotion) => promotion.promotion.coupon,
    customer: (promotion) => promotion.customer,
  },
);

const UNMISTAKABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

export function buildPromotionCode(coupon: string, given: Partial<PromotionCode>): PromotionCode {
  return {
    id: newId("promo_1"),
    object: "promotion_code",
    active: true,
    code: randomText(8, UNMISTAKABLE),
    created: now(),
    customer: null,
    customer_account: null,
    expires_at: null,
    livemode: false,
    max_redemptions: null,
    metadata: {},
    promotion: { coupon, type: "coupon" },
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
    ...given,
  };
}
