import { CATALOG } from "../billing/behavior/sequences";
import { createPrice, defaultPriceData } from "../billing/catalog/prices";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { alreadyExists, invalid } from "../kit/errors";
import { emit, inSequence } from "../kit/events";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import {
  emptyable,
  flag,
  group,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  text,
  textUpTo,
  url,
} from "../kit/params";
import { search } from "../kit/search";
import { tombstones } from "../kit/store";
import { prices } from "../objects/price";
import { buildProduct, hiddenProducts, products } from "../objects/product";

const shared = optional({
  active: flag,
  description: emptyable(text),
  images: emptyable(listOf(url, 8)),
  marketing_features: emptyable(listOf(group({ name: textUpTo(80) }), 15)),
  metadata,
  shippable: flag,
  statement_descriptor: textUpTo(22),
  tax_code: emptyable(text),
  unit_label: emptyable(textUpTo(12)),
  url: emptyable(url),
});

/** A tax code shows again among the details (REAL_STRIPE.md, recorded). */
const taxDetails = (tax_code: string | null | undefined) =>
  tax_code === undefined
    ? {}
    : { tax_details: tax_code === null ? null : { performance_location: null, tax_code } };

export const productResource: Resource = {
  routes: {
    "POST /v1/products": call(
      { name: text, ...shared, ...optional({ id: text, default_price_data: group(defaultPriceData) }) },
      ({ default_price_data, ...given }) => {
        if (given.id && products.get(given.id)) {
          throw alreadyExists(`Product already exists.`, "id");
        }
        return inSequence(CATALOG, () => {
          const product = products.put(
            buildProduct({
              ...given,
              ...taxDetails(given.tax_code),
              images: given.images ?? [],
              marketing_features: given.marketing_features ?? [],
              metadata: mergeMetadata({}, given.metadata),
            }),
          );
          emit("product.created", product);
          if (!default_price_data) return product;
          const price = createPrice(product.id, default_price_data);
          return products.put({ ...product, default_price: price.id });
        });
      },
    ),

    "GET /v1/products": list(
      { ...createdParam, ...optional({ active: flag, ids: listOf(text, 100), shippable: flag, url: text }) },
      ({ active, ids, shippable, url }) =>
        products
          .where({ active })
          .filter((product) => !ids || ids.includes(product.id))
          .filter((product) => shippable === undefined || product.shippable === shippable)
          .filter((product) => url === undefined || product.url === url),
    ),

    "GET /v1/products/search": search(
      ["active", "created", "description", "metadata", "name", "shippable", "url"],
      () => products.all(),
    ),

    "GET /v1/products/:id": call({}, (_, { id }) => hiddenProducts.get(id) ?? find(products, id)),

    "POST /v1/products/:id": call(
      { ...shared, ...optional({ name: text, default_price: emptyable(text) }) },
      (given, { id }) => {
        const product = find(products, id);
        if (given.default_price && find(prices, given.default_price, "default_price").product !== id) {
          throw invalid(`The price specified does not belong to this product.`, { param: "default_price" });
        }
        const updated = products.put({
          ...product,
          ...given,
          ...taxDetails(given.tax_code),
          images: given.images === null ? [] : (given.images ?? product.images),
          marketing_features:
            given.marketing_features === null ? [] : (given.marketing_features ?? product.marketing_features),
          metadata: mergeMetadata(product.metadata, given.metadata),
          updated: now(),
        });
        emit("product.updated", updated, product);
        return updated;
      },
    ),

    "DELETE /v1/products/:id": call({}, (_, { id }) => {
      const product = find(products, id);
      if (prices.where({ product: id }).length > 0) {
        throw invalid("This product cannot be deleted because it has one or more user-created prices.");
      }
      products.delete(id);
      // Its last event says that it is not sold any more (recorded).
      const gone = { ...product, active: false };
      emit("product.deleted", gone);
      return tombstones.put({ id, object: "product", deleted: true });
    }),
  },
};
