import { CATALOG } from "../billing/behavior/sequences";
import {
  currencyOptionsOf,
  currencyOptionsParam,
  readCurrencyOptions,
} from "../billing/catalog/currency-options";
import { claimLookupKey, createPrice, priceParams } from "../billing/catalog/prices";
import { call, list, type Resource } from "../kit/api";
import { exclusive, missing } from "../kit/errors";
import { emit, inSequence } from "../kit/events";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import {
  choice,
  currency,
  emptyable,
  flag,
  group,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  text,
  textUpTo,
} from "../kit/params";
import { search } from "../kit/search";
import { hiddenPrices, type Price, planOf, prices, priceTerms } from "../objects/price";
import { buildProduct, products } from "../objects/product";
import { itemList, subscriptions } from "../objects/subscription";

const productData = group({
  name: text,
  ...optional({ active: flag, id: text, metadata, statement_descriptor: textUpTo(22), unit_label: text }),
});

export const priceResource: Resource = {
  routes: {
    "POST /v1/prices": call(
      { ...priceParams, ...optional({ product: text, product_data: productData }) },
      ({ product, product_data, ...given }) =>
        inSequence(CATALOG, () => {
          if (product && product_data) throw exclusive("product", "product_data");
          if (product) return createPrice(find(products, product, "product").id, given);
          if (!product_data) throw missing("product");
          const inline = { ...product_data, metadata: mergeMetadata({}, product_data.metadata) };
          const made = products.put(buildProduct(inline));
          emit("product.created", made);
          return createPrice(made.id, given);
        }),
    ),

    "GET /v1/prices": list(
      {
        ...createdParam,
        ...optional({
          active: flag,
          currency,
          lookup_keys: listOf(text, 10),
          product: idOf(products),
          recurring: group(
            optional({
              interval: choice("month", "year", "week", "day"),
              meter: text,
              usage_type: choice("licensed", "metered"),
            }),
          ),
          type: choice("one_time", "recurring"),
        }),
      },
      ({ active, product, type, recurring, currency, lookup_keys }) =>
        prices
          .where({ active, product, type, interval: recurring?.interval })
          .filter((price) => !currency || price.currency === currency)
          .filter((price) => !lookup_keys || lookup_keys.includes(price.lookup_key ?? ""))
          .filter((price) => !recurring?.meter || price.recurring?.meter === recurring.meter)
          .filter((price) => !recurring?.usage_type || price.recurring?.usage_type === recurring.usage_type),
    ),

    "GET /v1/prices/search": search(
      ["active", "created", "currency", "lookup_key", "metadata", "product", "type"],
      () => prices.all(),
    ),

    "GET /v1/prices/:id": call({}, (_, { id }) => hiddenPrices.get(id) ?? find(prices, id)),

    "POST /v1/prices/:id": call(
      optional({
        active: flag,
        currency_options: emptyable(currencyOptionsParam),
        lookup_key: emptyable(textUpTo(200)),
        metadata,
        nickname: emptyable(text),
        tax_behavior: choice("inclusive", "exclusive", "unspecified"),
        transfer_lookup_key: flag,
      }),
      ({ transfer_lookup_key, currency_options, ...given }, { id }) => {
        const price = find(prices, id);
        if (currency_options !== undefined) changeCurrencies(price, currency_options);
        if (given.lookup_key && given.lookup_key !== price.lookup_key) {
          claimLookupKey(given.lookup_key, transfer_lookup_key ?? false);
        }
        const updated = prices.put({
          ...price,
          ...given,
          metadata: mergeMetadata(price.metadata, given.metadata),
        });
        emit("price.updated", updated, price);
        refreshSubscriptions(updated);
        return updated;
      },
    ),
  },

  expansions: {
    price: {
      currency_options: currencyOptionsOf,
      tiers: ({ id }: Price) => priceTerms.get(id)?.tiers ?? undefined,
    },
  },
};

/** Adds currencies or changes them; an empty value takes all away but the price's own (inferred). */
function changeCurrencies(price: Price, given: Parameters<typeof readCurrencyOptions>[0] | null): void {
  const { tiers = null, currencyOptions = {} } = priceTerms.get(price.id) ?? {};
  const changed = given ? { ...currencyOptions, ...readCurrencyOptions(given, price) } : {};
  priceTerms.put({ id: price.id, tiers, currencyOptions: changed });
}

/** Subscription items show their price whole, and always as it is now. */
function refreshSubscriptions(price: Price): void {
  for (const subscription of subscriptions.where({ price: price.id })) {
    const items = subscription.items.data.map((item) =>
      item.price.id === price.id ? { ...item, price, plan: planOf(price) } : item,
    );
    subscriptions.put({ ...subscription, items: itemList(subscription.id, items) });
  }
}
