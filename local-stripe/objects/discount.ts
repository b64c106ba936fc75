import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table, tombstones } from "../kit/store";
import type { Wire } from "../kit/wire";
import { type Coupon, couponScopes } from "./coupon";

export type Discount = Wire<Stripe.Discount>;

export const discounts = new Table<Discount>("discount", "di_");

/**
 * A discount takes off what its coupon said then. These terms outlive the coupon and, for the invoices that had it,
 * the discount itself.
 */
export interface DiscountTerms {
  readonly id: string;
  readonly coupon: Coupon;
  /** Only lines of these products are discounted; null for all. */
  readonly products: readonly string[] | null;
}

export const discountTerms = new Table<DiscountTerms>("discount_terms", "");

export const termsFor = (id: string, coupon: Coupon): DiscountTerms => ({
  id,
  coupon,
  products: couponScopes.get(coupon.id)?.products ?? null,
});

export function buildDiscount(coupon: string, given: Partial<Discount>): Discount {
  return {
    id: newId("di_1"),
    object: "discount",
    checkout_session: null,
    customer: null,
    customer_account: null,
    end: null,
    invoice: null,
    invoice_item: null,
    promotion_code: null,
    source: { coupon, type: "coupon" },
    start: now(),
    subscription: null,
    subscription_item: null,
    ...given,
  };
}

/** An invoice that had the discount still refers to it. */
export function deleteDiscount(discount: Discount): void {
  discounts.delete(discount.id);
  tombstones.put({ ...discount, deleted: true });
}
