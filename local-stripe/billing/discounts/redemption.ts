import { now } from "../../kit/clock";
import { exclusive, invalid, missing } from "../../kit/errors";
import { find } from "../../kit/lookup";
import { type Coupon, coupons } from "../../objects/coupon";
import { invoices } from "../../objects/invoice";
import { paymentIntents } from "../../objects/payment-intent";
import { type PromotionCode, promotionCodes } from "../../objects/promotion-code";
import { formatAmount } from "../money/amounts";
import { isRedeemable, isUsedUp } from "./validity";

export interface Wanted {
  readonly coupon?: string;
  readonly promotion_code?: string;
}

/** A code is to be used for this. An amount that is not known yet cannot meet a minimum. */
export interface Purchase {
  readonly customer: string | null;
  readonly amount: number | null;
  readonly currency: string | null;
}

export interface Redemption {
  readonly coupon: Coupon;
  readonly promotionCode: PromotionCode | null;
}

/**
 * Finds what is wanted and refuses what may not be used for this purchase. Nothing is counted yet. `param` is what the
 * two are parts of, if they are.
 */
export function checkRedemption(wanted: Wanted, purchase: Purchase, param?: string): Redemption {
  const part = (name: string) => (param === undefined ? name : `${param}[${name}]`);
  if (wanted.coupon && wanted.promotion_code) throw exclusive(part("coupon"), part("promotion_code"));
  if (wanted.promotion_code) {
    const at = part("promotion_code");
    const promotionCode = find(promotionCodes, wanted.promotion_code, at);
    checkCode(promotionCode, purchase, at);
    return { coupon: checkCoupon(promotionCode.promotion.coupon ?? "", purchase, at), promotionCode };
  }
  if (!wanted.coupon) throw missing(part("coupon"));
  return { coupon: checkCoupon(wanted.coupon, purchase, part("coupon")), promotionCode: null };
}

function checkCoupon(id: string, purchase: Purchase, param: string): Coupon {
  const coupon = find(coupons, id, param);
  const refusal = refusalOfCoupon(coupon, purchase);
  if (refusal === "currency") {
    throw invalid(
      `The coupon's currency (${coupon.currency}) does not match the currency of the purchase (${purchase.currency}).`,
      { param },
    );
  }
  if (refusal) throw invalid(`Coupon expired: ${id}`, { code: "coupon_expired", param });
  return coupon;
}

function checkCode(code: PromotionCode, purchase: Purchase, param: string): void {
  const refusal = refusalOfCode(code, purchase);
  if (!refusal) return;
  const why =
    refusal === "minimum_amount" && purchase.amount === null
      ? "on a subscription update because it uses the `minimum_amount` restriction and the amount may change."
      : WORDS[refusal].replace("%", minimumOf(code));
  throw invalid(`This promotion code cannot be redeemed ${why}`, { param });
}

type CodeRefusal = keyof typeof WORDS;

/** The reasons for which something cannot be redeemed. */
export type Refusal = CodeRefusal | "currency";

const WORDS = {
  expired: "because it has expired.",
  inactive: "because it is not active.",
  minimum_amount: "because the amount is below the minimum of %.",
  other_customer: "because it belongs to another customer.",
  prior_transactions: "because the associated customer has prior transactions.",
  used_up: "because it has been used the maximum number of times.",
} as const;

function refusalOfCoupon(coupon: Coupon, { currency }: Purchase): Refusal | undefined {
  if (isUsedUp(coupon)) return "used_up";
  if (!isRedeemable(coupon)) return "expired";
  return coupon.currency !== null && currency !== null && coupon.currency !== currency
    ? "currency"
    : undefined;
}

function refusalOfCode(code: PromotionCode, purchase: Purchase): CodeRefusal | undefined {
  const { customer, amount, currency } = purchase;
  const { first_time_transaction, minimum_amount, minimum_amount_currency } = code.restrictions;
  if (isUsedUp(code)) return "used_up";
  if (code.expires_at !== null && now() > code.expires_at) return "expired";
  if (!code.active) return "inactive";
  if (code.customer !== null && code.customer !== customer) return "other_customer";
  if (first_time_transaction && customer && hasPaidBefore(customer)) return "prior_transactions";
  if (minimum_amount === null) return undefined;
  const met = amount !== null && amount >= minimum_amount && currency === minimum_amount_currency;
  return met ? undefined : "minimum_amount";
}

/** The reason for which a code cannot be redeemed for this purchase, its own or its coupon's. */
export function refusalOf(code: PromotionCode, purchase: Purchase): Refusal | undefined {
  const coupon = coupons.get(code.promotion.coupon ?? "");
  return refusalOfCode(code, purchase) ?? (coupon && refusalOfCoupon(coupon, purchase));
}

/** A customer means, of several codes of one name, the one that works for them, otherwise the latest. */
export function codeNamed(typed: string, customer: string | null): PromotionCode | undefined {
  const named = promotionCodes.where({ code: typed.trim().toLowerCase() }).reverse();
  const working = named.filter(({ active }) => active);
  return (
    working.find((code) => code.customer !== null && code.customer === customer) ??
    working.find((code) => code.customer === null) ??
    named[0]
  );
}

export function minimumOf({ restrictions }: PromotionCode): string {
  return formatAmount(restrictions.minimum_amount ?? 0, restrictions.minimum_amount_currency ?? "usd");
}

function hasPaidBefore(customer: string): boolean {
  const invoiced = invoices.where({ customer }).some(({ status }) => status !== "draft" && status !== "void");
  return invoiced || paymentIntents.where({ customer }).some(({ status }) => status === "succeeded");
}
