import { isPlain, type Plain } from "../kit/diff";
import type { Form } from "../kit/form";
import { coupons } from "../objects/coupon";
import { discountTerms } from "../objects/discount";
import { prices } from "../objects/price";
import { type VersionChange, without } from "./change";

/**
 * Before it, a promotion code named its coupon itself, and both it and a discount showed the whole coupon
 * (https://docs.stripe.com/changelog/clover/2025-09-30/polymorphic-coupon and …/add-discount-source-property). A phase
 * of a schedule said how often it is billed (stripe-node's changelog, 19.0.0).
 */
export const clover: VersionChange = {
  release: "2025-09-30.clover",
  request({ method, path }, form) {
    if (path === "/v1/promotion_codes" && method === "POST") return withPromotion(form);
    if (path.startsWith("/v1/subscription_schedules") && isPlain(form.phases)) {
      return { ...form, phases: mapValues(form.phases, withDuration) };
    }
    return form;
  },
  answers: {
    discount: ({ source, ...discount }) => ({
      ...discount,
      coupon: discountTerms.get(String(discount.id))?.coupon ?? couponOf(source),
    }),
    promotion_code: ({ promotion, ...code }) => ({ ...code, coupon: couponOf(promotion) }),
  },
};

function withPromotion(form: Form): Form {
  if (form.coupon === undefined) return form;
  return { ...without(form, "coupon"), promotion: { type: "coupon", coupon: form.coupon } };
}

/** So many times the interval of its first price. */
function withDuration(phase: unknown): unknown {
  if (!isPlain(phase) || typeof phase.iterations !== "string") return phase;
  const items = isPlain(phase.items) ? Object.values(phase.items) : [];
  const price = isPlain(items[0]) ? prices.get(String(items[0].price)) : undefined;
  if (!price?.recurring || !/^\d{1,4}$/.test(phase.iterations)) return phase;
  const { interval, interval_count } = price.recurring;
  const duration = { interval, interval_count: String(Number(phase.iterations) * interval_count) };
  return { ...without(phase, "iterations"), duration };
}

const mapValues = (group: Plain, map: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(group).map(([name, value]) => [name, map(value)]));

/** A coupon that was expanded is there already. */
function couponOf(named: unknown): unknown {
  const coupon = isPlain(named) ? named.coupon : null;
  return typeof coupon === "string" ? (coupons.get(coupon) ?? coupon) : coupon;
}
