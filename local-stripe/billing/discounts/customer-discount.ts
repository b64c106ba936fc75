import { emit } from "../../kit/events";
import { emptyable, optional, text } from "../../kit/params";
import type { Customer } from "../../objects/customer";
import type { Discount } from "../../objects/discount";
import { forgetDiscount, redeem } from "./discounts";
import { checkRedemption } from "./redemption";

/** Taken before 2025-03-31.basil only. */
export const customerDiscountParams = optional({
  coupon: emptyable(text),
  promotion_code: emptyable(text),
});

interface Given {
  readonly coupon?: string | null;
  readonly promotion_code?: string | null;
}

/**
 * A customer has one discount: another takes its place, and nothing ends it. The caller stores the customer (Stripe's
 * CLI, the triggers of `customer.discount.*`; SDK types before basil).
 */
export function discountCustomer(customer: Customer, { coupon, promotion_code }: Given): Customer {
  if (coupon === undefined && promotion_code === undefined) return customer;
  const { id, currency, discount: before } = customer;
  if (!coupon && !promotion_code) return before ? withoutDiscount(customer, before) : customer;
  const wanted = { ...(coupon && { coupon }), ...(promotion_code && { promotion_code }) };
  const redemption = checkRedemption(wanted, { customer: id, currency: currency ?? null, amount: null });
  const discount = redeem(redemption, { customer: id }, { recurs: true });
  if (before) forgetDiscount(before);
  if (before) emit("customer.discount.updated", discount, before);
  else emit("customer.discount.created", discount);
  return { ...customer, discount };
}

export function withoutDiscount(customer: Customer, discount: Discount): Customer {
  forgetDiscount(discount);
  emit("customer.discount.deleted", discount);
  return { ...customer, discount: null };
}
