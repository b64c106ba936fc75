import { deactivateCodes, refuseUnlessSoon, watchExpiry } from "../billing/discounts/validity";
import { call, list, type Resource } from "../kit/api";
import { alreadyExists, invalid, onlyOneOf } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import {
  choice,
  currency,
  emptyable,
  group,
  integerFrom,
  LARGEST_AMOUNT,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  percentage,
  text,
  textUpTo,
  timestamp,
} from "../kit/params";
import { tombstones } from "../kit/store";
import { buildCoupon, type Coupon, couponScopes, coupons } from "../objects/coupon";
import { products } from "../objects/product";

const name = emptyable(textUpTo(40));

type Terms = Partial<Coupon> & { readonly id?: string };

/** Refuses terms that a coupon may not have together, in Stripe's words (REAL_STRIPE.md, recorded). */
function checkTerms(given: Terms): void {
  const { id, amount_off, percent_off, duration, duration_in_months, redeem_by } = given;
  if (id !== undefined && !/^[\w-]+$/.test(id)) {
    throw invalid("Coupon ids may only contain letters, digits, dashes and underscores.", { param: "id" });
  }
  if (amount_off === undefined && percent_off === undefined) {
    throw invalid("Must provide percent_off or amount_off.", { code: "parameter_missing" });
  }
  if (amount_off !== undefined && percent_off !== undefined) throw onlyOneOf("percent_off", "amount_off");
  if (amount_off !== undefined && given.currency === undefined) {
    throw invalid("You must pass currency when passing amount_off", { param: "currency" });
  }
  if (duration === "repeating" && duration_in_months === undefined) {
    throw invalid(
      "The duration_in_months param must be set when creating a coupon with a repeating duration",
      { param: "duration" },
    );
  }
  if (id !== undefined && coupons.get(id)) throw alreadyExists("Coupon already exists.");
  if (duration !== "repeating" && duration_in_months !== undefined) {
    throw invalid("`duration_in_months` can only be used with a `duration` of `repeating`.", {
      param: "duration_in_months",
    });
  }
  if (redeem_by) refuseUnlessSoon(redeem_by, "redeem_by");
}

export const couponResource: Resource = {
  routes: {
    "POST /v1/coupons": call(
      optional({
        amount_off: integerFrom(1, LARGEST_AMOUNT),
        applies_to: group({ products: listOf(text) }),
        currency,
        duration: choice("forever", "once", "repeating"),
        duration_in_months: integerFrom(1),
        id: textUpTo(200),
        max_redemptions: integerFrom(1),
        metadata,
        name,
        percent_off: percentage,
        redeem_by: timestamp,
      }),
      ({ applies_to, ...given }) => {
        checkTerms(given);
        for (const [at, product] of (applies_to?.products ?? []).entries()) {
          find(products, product, `applies_to[products][${at}]`);
        }
        const coupon = coupons.put(
          buildCoupon({
            ...given,
            // A share of an amount is a share in any currency.
            currency: given.amount_off === undefined ? null : given.currency,
            metadata: mergeMetadata({}, given.metadata),
          }),
        );
        couponScopes.delete(coupon.id);
        if (applies_to) couponScopes.put({ id: coupon.id, products: applies_to.products });
        watchExpiry(coupon);
        emit("coupon.created", coupon);
        return coupon;
      },
    ),

    "GET /v1/coupons": list(createdParam, () => coupons.all()),

    "GET /v1/coupons/:id": call({}, (_, { id }) => find(coupons, id)),

    "POST /v1/coupons/:id": call(optional({ metadata, name }), (given, { id }) => {
      const coupon = find(coupons, id);
      const updated = coupons.put({
        ...coupon,
        ...given,
        metadata: mergeMetadata(coupon.metadata ?? {}, given.metadata),
      });
      emit("coupon.updated", updated, coupon);
      return updated;
    }),

    // Discounts that it was redeemed for go on, and still show it (https://docs.stripe.com/api/coupons/delete).
    "DELETE /v1/coupons/:id": call({}, (_, { id }) => {
      const coupon = find(coupons, id);
      coupons.delete(id);
      // Its last event says already that it is not valid any more (REAL_STRIPE.md, recorded).
      const gone = { ...coupon, valid: false };
      tombstones.put({ ...gone, deleted: true });
      deactivateCodes(id);
      emit("coupon.deleted", gone);
      return { id, object: "coupon", deleted: true };
    }),
  },

  expansions: {
    coupon: {
      applies_to: ({ id }: Coupon) => {
        const scope = couponScopes.get(id);
        return scope ? { products: scope.products } : null;
      },
    },
  },
};
