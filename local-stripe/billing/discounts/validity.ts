import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { schedule } from "../../kit/jobs";
import { type Coupon, coupons } from "../../objects/coupon";
import { type PromotionCode, promotionCodes } from "../../objects/promotion-code";
import { DAY_SECONDS } from "../time/durations";

export const isUsedUp = ({ max_redemptions, times_redeemed }: Coupon | PromotionCode) =>
  max_redemptions !== null && times_redeemed >= max_redemptions;

export const isRedeemable = (coupon: Coupon): boolean =>
  !isUsedUp(coupon) && (coupon.redeem_by === null || now() <= coupon.redeem_by);

/** A code works for as long as itself and its coupon do (type: the comment of `Stripe.PromotionCode.active`). */
export const canBeActive = (code: PromotionCode): boolean => {
  const coupon = coupons.get(code.promotion.coupon ?? "");
  const open = code.expires_at === null || now() <= code.expires_at;
  return open && !isUsedUp(code) && coupon !== undefined && isRedeemable(coupon);
};

export function countRedemption(coupon: Coupon, promotionCode: PromotionCode | null): void {
  if (promotionCode) {
    const counted = { ...promotionCode, times_redeemed: promotionCode.times_redeemed + 1 };
    promotionCodes.put(counted);
    keepActive(counted, promotionCode);
  }
  const counted = { ...coupon, times_redeemed: coupon.times_redeemed + 1 };
  coupons.put(counted);
  keepValid(counted, coupon);
}

function keepActive(code: PromotionCode, before: PromotionCode): void {
  const kept = promotionCodes.put({ ...code, active: code.active && canBeActive(code) });
  emit("promotion_code.updated", kept, before);
}

function keepValid(coupon: Coupon, before: Coupon): void {
  const kept = coupons.put({ ...coupon, valid: isRedeemable(coupon) });
  emit("coupon.updated", kept, before);
  if (!kept.valid) deactivateCodes(kept.id);
}

/** Without its coupon no code can be redeemed. */
export function deactivateCodes(coupon: string): void {
  for (const code of promotionCodes.where({ coupon, active: true })) keepActive(code, code);
}

const FIVE_YEARS_SECONDS = 5 * 365 * DAY_SECONDS;

/** Nothing can be redeemed until a moment that is over, or more than five years away (recorded for codes). */
export function refuseUnlessSoon(last: number, param: "redeem_by" | "expires_at"): void {
  if (last <= now()) {
    throw invalid(
      `The parameter \`${param}\` expects a unix timestamp representing a date and time in the future. You specified the value \`${last}\` which is in the past.`,
      { param },
    );
  }
  if (last > now() + FIVE_YEARS_SECONDS) {
    throw invalid("Invalid timestamp: can be no more than five years in the future.", { param });
  }
}

/**
 * `redeem_by` and `expires_at` are the last seconds in which something may be redeemed (inferred from the comment of
 * `Stripe.Coupon.redeem_by`).
 */
export function watchExpiry(subject: Coupon | PromotionCode): void {
  const last = subject.object === "coupon" ? subject.redeem_by : subject.expires_at;
  if (last !== null) schedule(`${subject.object}.expire`, subject.id, last + 1, null);
}

export function expireCoupon(id: string): void {
  const coupon = coupons.get(id);
  if (coupon) keepValid(coupon, coupon);
}

export function expirePromotionCode(id: string): void {
  const code = promotionCodes.must(id);
  keepActive(code, code);
}
