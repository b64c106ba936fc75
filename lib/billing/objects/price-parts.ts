import type Stripe from "stripe";
import type { Discount } from "@/db/schema";
import { idOf } from "../stripe";

/** The parts of prices and bills that several nouns carry. */

type Decimal = Stripe.Price["unit_amount_decimal"] | string | undefined;

/** An object in the SDK's answers, plain text in an event's payload; "1250.5" either way. */
export const toDecimalText = (decimal: Decimal): string | null =>
  decimal === null || decimal === undefined ? null : String(decimal);

type Discounts = (string | Stripe.Discount)[] | undefined;

/** An event names discounts by their ids alone, and nothing is known of what they take off. */
export const hasIdsOnly = (discounts: Discounts) =>
  (discounts ?? []).some((discount) => typeof discount === "string");

/** In the order of their ids, since Stripe promises none. */
export const toDiscounts = (discounts: Discounts): Discount[] =>
  (discounts ?? []).map(toDiscount).toSorted((a, b) => (a.id < b.id ? -1 : 1));

function toDiscount(discount: string | Stripe.Discount): Discount {
  const given = typeof discount === "string" ? { id: discount, end: null } : discount;
  const coupon = "source" in given ? given.source.coupon : null;
  const terms = typeof coupon === "object" ? coupon : null;
  return {
    id: given.id,
    couponId: idOf(coupon),
    percentOff: terms?.percent_off ?? null,
    amountOff: terms?.amount_off ?? null,
    currency: terms?.currency ?? null,
    duration: terms?.duration ?? null,
    end: given.end,
  };
}
