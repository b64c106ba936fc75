import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { newId } from "../kit/ids";
import { find, notFound } from "../kit/lookup";
import { text } from "../kit/params";
import { attachments, features, productFeature } from "../objects/entitlement";
import { products } from "../objects/product";

function attachmentOf(product: string, id: string) {
  const attachment = find(attachments, id);
  if (attachment.product === find(products, product).id) return attachment;
  throw notFound("product_feature", id);
}

/** A change here reaches customers later: see `billing/entitlements/grants.ts`. */
export const productFeatureResource: Resource = {
  routes: {
    "POST /v1/products/:id/features": call(
      { entitlement_feature: text },
      ({ entitlement_feature }, { id }) => {
        const product = find(products, id).id;
        const feature = find(features, entitlement_feature, "entitlement_feature");
        const refuse = (message: string) => invalid(message, { param: "entitlement_feature" });
        // Inferred: both, and their words.
        if (!feature.active) throw refuse("An archived feature cannot be attached to a product.");
        if (attachments.where({ product }).some((other) => other.feature === feature.id)) {
          throw refuse(`The feature ${feature.id} is attached to this product already.`);
        }
        return productFeature(attachments.put({ id: newId("prodft_", 14), product, feature: feature.id }));
      },
    ),

    "GET /v1/products/:id/features": list({}, (_, { id }) =>
      attachments.where({ product: find(products, id).id }).map(productFeature),
    ),

    "GET /v1/products/:id/features/:nested": call({}, (_, { id, nested }) =>
      productFeature(attachmentOf(id, nested)),
    ),

    "DELETE /v1/products/:id/features/:nested": call({}, (_, { id, nested }) => {
      attachments.delete(attachmentOf(id, nested).id);
      return { id: nested, object: "product_feature", deleted: true };
    }),
  },
};
