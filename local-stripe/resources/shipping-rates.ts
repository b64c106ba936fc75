import { createShippingRate, shippingRateParams } from "../billing/catalog/shipping-rates";
import { call, list, type Resource } from "../kit/api";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import { choice, currency, flag, mergeMetadata, metadata, optional } from "../kit/params";
import { shippingRates } from "../objects/shipping-rate";

/** Stripe reports nothing of a shipping rate: there is no event about one (type: `Stripe.Event`). */
export const shippingRateResource: Resource = {
  routes: {
    "POST /v1/shipping_rates": call(shippingRateParams, (given) => createShippingRate(given)),

    "GET /v1/shipping_rates": list(
      { ...createdParam, ...optional({ active: flag, currency }) },
      ({ active, currency }) =>
        shippingRates
          .all()
          .filter((rate) => active === undefined || rate.active === active)
          .filter((rate) => currency === undefined || rate.fixed_amount?.currency === currency),
    ),

    "GET /v1/shipping_rates/:id": call({}, (_, { id }) => find(shippingRates, id)),

    "POST /v1/shipping_rates/:id": call(
      optional({ active: flag, metadata, tax_behavior: choice("inclusive", "exclusive", "unspecified") }),
      (given, { id }) => {
        const rate = find(shippingRates, id);
        return shippingRates.put({
          ...rate,
          ...given,
          metadata: mergeMetadata(rate.metadata, given.metadata),
        });
      },
    ),
  },
};
