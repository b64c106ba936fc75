import { StripeError } from "../../kit/errors";
import { type CheckoutSession, checkoutPlans, checkoutSessions } from "../../objects/checkout-session";
import { type Coupon, couponScopes, coupons } from "../../objects/coupon";
import type { PromotionCode } from "../../objects/promotion-code";
import { inTimeOf } from "../../objects/test-clock";
import {
  checkRedemption,
  codeNamed,
  type Purchase,
  type Redemption,
  type Refusal,
  refusalOf,
  type Wanted,
} from "../discounts/redemption";
import { applyTotals } from "./totals";

/** Minimums are compared with the whole order, also where a trial postpones it (inferred). */
function purchaseOf({ id, customer, currency }: CheckoutSession): Purchase {
  const { lineItems } = checkoutPlans.must(id);
  return { customer, currency, amount: lineItems.reduce((sum, item) => sum + item.amount_subtotal, 0) };
}

/** Puts what is wanted on the session, or with null takes it off. */
export function discountSession(session: CheckoutSession, wanted: Wanted | null): CheckoutSession {
  const redemption = wanted && checkRedemption(wanted, purchaseOf(session), "discounts[0]");
  // The bank was asked to authenticate another amount.
  checkoutPlans.update(session.id, { pending: null });
  return checkoutSessions.put(applyTotals(session, redemption));
}

/** A code, or a coupon itself, was put on the session. */
export function wantedOf({ discounts }: CheckoutSession): Wanted | null {
  const [discount] = discounts ?? [];
  if (!discount) return null;
  const { coupon, promotion_code } = discount;
  return promotion_code ? { promotion_code } : { coupon: coupon ?? "" };
}

/** Completing the session will redeem this; refuses what has run out since it was put there. */
export function redemptionOf(session: CheckoutSession): Redemption | null {
  const wanted = wantedOf(session);
  return wanted && checkRedemption(wanted, purchaseOf(session), "discounts[0]");
}

/** The session without its discount, if that has run out since the customer saw it. */
export function dropStaleDiscount(session: CheckoutSession): CheckoutSession | undefined {
  return inTimeOf(session.customer, () => {
    try {
      redemptionOf(session);
      return undefined;
    } catch (error) {
      if (!(error instanceof StripeError)) throw error;
      return discountSession(session, null);
    }
  });
}

export type Entered =
  | { readonly kind: "applied"; readonly session: CheckoutSession }
  | { readonly kind: "refused"; readonly refusal: Refusal | "no_effect"; readonly code?: PromotionCode };

/** Applies what a customer typed into the page's promotion box, or says why not. */
export function enterCode(session: CheckoutSession, typed: string): Entered {
  return inTimeOf(session.customer, () => {
    const code = codeNamed(typed, session.customer);
    if (!code) return { kind: "refused", refusal: "inactive" };
    const purchase = purchaseOf(session);
    const coupon = coupons.get(code.promotion.coupon ?? "");
    const refusal = refusalOf(code, purchase) ?? (coupon && scopeOf(coupon, session));
    if (refusal) return { kind: "refused", refusal, code };
    return { kind: "applied", session: discountSession(session, { promotion_code: code.id }) };
  });
}

function scopeOf({ id }: Coupon, session: CheckoutSession): "no_effect" | undefined {
  const products = couponScopes.get(id)?.products;
  const { lineItems } = checkoutPlans.must(session.id);
  const hit = lineItems.some(({ price }) => !products || (price && products.includes(price.product)));
  return hit ? undefined : "no_effect";
}
