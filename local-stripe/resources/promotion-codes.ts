import type { z } from "zod";
import { canBeActive, refuseUnlessSoon, watchExpiry } from "../billing/discounts/validity";
import { call, list, type Resource } from "../kit/api";
import { invalid, missing } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import {
  amount,
  choice,
  currency,
  flag,
  group,
  integerFrom,
  mergeMetadata,
  metadata,
  optional,
  text,
  textUpTo,
  timestamp,
} from "../kit/params";
import { type Coupon, coupons } from "../objects/coupon";
import { customers } from "../objects/customer";
import { buildPromotionCode, type PromotionCode, promotionCodes } from "../objects/promotion-code";

const createParams = {
  promotion: group({ type: choice("coupon"), ...optional({ coupon: text }) }),
  ...optional({
    active: flag,
    code: textUpTo(500),
    customer: text,
    expires_at: timestamp,
    max_redemptions: integerFrom(1),
    metadata,
    restrictions: group(
      optional({ first_time_transaction: flag, minimum_amount: amount, minimum_amount_currency: currency }),
    ),
  }),
};

type Given = z.output<ReturnType<typeof group<typeof createParams>>>;

function checkPromotionCode(given: Given, coupon: Coupon): void {
  const { code, expires_at, max_redemptions, restrictions } = given;
  if (code !== undefined && !/^[a-zA-Z0-9\-_]+$/.test(code)) {
    throw invalid(
      `This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value ${code}).`,
      { param: "code" },
    );
  }
  if (expires_at !== undefined) refuseUnlessSoon(expires_at, "expires_at");
  if (coupon.redeem_by !== null && (expires_at ?? 0) > coupon.redeem_by) {
    throw invalid("`expires_at` cannot be after the coupon's `redeem_by`.", { param: "expires_at" });
  }
  if (coupon.max_redemptions !== null && (max_redemptions ?? 0) > coupon.max_redemptions) {
    throw invalid("`max_redemptions` cannot be greater than the coupon's `max_redemptions`.", {
      param: "max_redemptions",
    });
  }
  if (restrictions?.minimum_amount !== undefined && !restrictions.minimum_amount_currency) {
    throw missing("restrictions[minimum_amount_currency]");
  }
}

/** While it is active, a code leads to one promotion only, whoever enters it. */
function claimCode({ id, code, customer }: PromotionCode): void {
  const taken = promotionCodes
    .where({ code: code.toLowerCase(), active: true })
    .some((other) => other.id !== id && (!other.customer || !customer || other.customer === customer));
  if (taken) throw invalid(`An active promotion code with \`code: ${code}\` already exists.`);
}

export const promotionCodeResource: Resource = {
  routes: {
    "POST /v1/promotion_codes": call(createParams, (given) => {
      if (!given.promotion.coupon) {
        throw invalid("You must pass promotion.coupon when passing promotion", { param: "promotion.coupon" });
      }
      const coupon = find(coupons, given.promotion.coupon, "promotion[coupon]");
      checkPromotionCode(given, coupon);
      if (given.customer) find(customers, given.customer, "customer");
      const { promotion: _, restrictions, ...plain } = given;
      const built = buildPromotionCode(coupon.id, {
        ...plain,
        metadata: mergeMetadata({}, given.metadata),
        restrictions: {
          first_time_transaction: restrictions?.first_time_transaction ?? false,
          minimum_amount: restrictions?.minimum_amount ?? null,
          minimum_amount_currency: restrictions?.minimum_amount_currency ?? null,
        },
      });
      const code = promotionCodes.put({ ...built, active: built.active && canBeActive(built) });
      if (code.active) claimCode(code);
      watchExpiry(code);
      emit("promotion_code.created", code);
      return code;
    }),

    "GET /v1/promotion_codes": list(
      {
        ...createdParam,
        ...optional({ active: flag, code: text, coupon: idOf(coupons), customer: idOf(customers) }),
      },
      ({ active, code, coupon, customer }) =>
        promotionCodes.where({ active, code: code?.toLowerCase(), coupon, customer }),
    ),

    "GET /v1/promotion_codes/:id": call({}, (_, { id }) => find(promotionCodes, id)),

    "POST /v1/promotion_codes/:id": call(optional({ active: flag, metadata }), (given, { id }) => {
      const code = find(promotionCodes, id);
      if (given.active && !code.active) {
        if (!canBeActive(code)) {
          throw invalid("This promotion code cannot be activated because it can no longer be redeemed.", {
            param: "active",
          });
        }
        claimCode(code);
      }
      const updated = promotionCodes.put({
        ...code,
        active: given.active ?? code.active,
        metadata: mergeMetadata(code.metadata ?? {}, given.metadata),
      });
      emit("promotion_code.updated", updated, code);
      return updated;
    }),
  },
};
