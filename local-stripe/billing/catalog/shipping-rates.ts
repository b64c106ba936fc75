import type { z } from "zod";
import { missing } from "../../kit/errors";
import {
  amount,
  choice,
  currency,
  group,
  integerFrom,
  mergeMetadata,
  metadata,
  optional,
  text,
  textUpTo,
} from "../../kit/params";
import { buildShippingRate, type ShippingRate, shippingRates } from "../../objects/shipping-rate";

const bound = group({
  unit: choice("business_day", "day", "hour", "month", "week"),
  value: integerFrom(1),
});

/** The parameters of a shipping rate, also where it is given inline (type: `Stripe.ShippingRateCreateParams`). */
export const shippingRateParams = {
  display_name: textUpTo(100),
  ...optional({
    delivery_estimate: group(optional({ maximum: bound, minimum: bound })),
    fixed_amount: group({ amount, currency }),
    metadata,
    tax_behavior: choice("inclusive", "exclusive", "unspecified"),
    tax_code: text,
    type: choice("fixed_amount"),
  }),
};

type Given = z.output<ReturnType<typeof group<typeof shippingRateParams>>>;

/** `within` is the parameter that holds these; empty for a call of their own. */
export function createShippingRate(given: Given, within = ""): ShippingRate {
  const { delivery_estimate: estimate, fixed_amount, ...rest } = given;
  if (!fixed_amount) throw missing(within ? `${within}[fixed_amount]` : "fixed_amount");
  return shippingRates.put(
    buildShippingRate({
      ...rest,
      delivery_estimate: estimate
        ? { maximum: estimate.maximum ?? null, minimum: estimate.minimum ?? null }
        : null,
      fixed_amount,
      metadata: mergeMetadata({}, given.metadata),
    }),
  );
}
