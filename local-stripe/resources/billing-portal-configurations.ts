import type { z } from "zod";
import { portalFeatures } from "../billing/portal/features";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { invalid } from "../kit/errors";
import { emit } from "../kit/events";
import { find } from "../kit/lookup";
import { mergeGiven } from "../kit/merge";
import { emptyable, flag, group, mergeMetadata, metadata, optional, text, url } from "../kit/params";
import {
  buildPortalConfiguration,
  noFeatures,
  type PortalConfiguration,
  portalConfigurations,
} from "../objects/billing-portal";
import { prices } from "../objects/price";
import { products } from "../objects/product";

const shared = optional({
  business_profile: group(
    optional({
      headline: emptyable(text),
      privacy_policy_url: emptyable(url),
      terms_of_service_url: emptyable(url),
    }),
  ),
  default_return_url: emptyable(url),
  login_page: group({ enabled: flag }),
  metadata,
  name: emptyable(text),
});

type Given = z.output<ReturnType<typeof group<typeof shared>>> & {
  readonly features?: z.output<typeof portalFeatures>;
};

function withGiven(before: PortalConfiguration, { metadata, ...given }: Given): PortalConfiguration {
  const merged = withWholeProducts(mergeGiven(before, given));
  checkProducts(merged, given.features);
  return { ...merged, metadata: mergeMetadata(before.metadata ?? {}, metadata), updated: now() };
}

type OfferedProduct = NonNullable<PortalConfiguration["features"]["subscription_update"]["products"]>[number];
type Adjustable = OfferedProduct["adjustable_quantity"];

/** Unless something else was said, any quantity of a product may be chosen where quantities may. */
function withWholeProducts(configuration: PortalConfiguration): PortalConfiguration {
  const { features } = configuration;
  const products = features.subscription_update.products?.map(
    (one): OfferedProduct => ({
      ...one,
      adjustable_quantity: {
        enabled: true,
        maximum: null,
        minimum: 0,
        ...(one.adjustable_quantity as Partial<Adjustable>),
      },
    }),
  );
  const subscription_update = { ...features.subscription_update, ...(products ? { products } : {}) };
  return { ...configuration, features: { ...features, subscription_update } };
}

function checkProducts({ features, is_default }: PortalConfiguration, given: Given["features"]): void {
  const { enabled, products: offered } = features.subscription_update;
  const param = "features[subscription_update][products]";
  if (enabled && !is_default && !offered?.length) {
    throw invalid("You must provide `products` when `subscription_update` is enabled.", { param });
  }
  for (const { product, prices: ids } of given?.subscription_update?.products ?? []) {
    find(products, product, param);
    for (const id of ids) {
      if (find(prices, id, param).product !== product) {
        throw invalid(`The price ${id} does not belong to the product ${product}.`, { param });
      }
    }
  }
}

export const billingPortalConfigurationResource: Resource = {
  routes: {
    "POST /v1/billing_portal/configurations": call({ features: portalFeatures, ...shared }, (given) => {
      const made = withGiven(buildPortalConfiguration({ features: noFeatures }), given);
      emit("billing_portal.configuration.created", portalConfigurations.put(made));
      return made;
    }),

    "GET /v1/billing_portal/configurations": list(
      optional({ active: flag, is_default: flag }),
      ({ active, is_default }) => portalConfigurations.where({ active, is_default }),
    ),

    "GET /v1/billing_portal/configurations/:id": call({}, (_, { id }) => find(portalConfigurations, id)),

    "POST /v1/billing_portal/configurations/:id": call(
      { ...shared, ...optional({ active: flag, features: portalFeatures }) },
      (given, { id }) => {
        const before = find(portalConfigurations, id);
        const updated = portalConfigurations.put(withGiven(before, given));
        emit("billing_portal.configuration.updated", updated, before);
        return updated;
      },
    ),
  },
};
