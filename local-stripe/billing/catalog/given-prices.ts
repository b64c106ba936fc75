import type { z } from "zod";
import { exclusive, invalid } from "../../kit/errors";
import { find } from "../../kit/lookup";
import { group, text } from "../../kit/params";
import { type Price, priceIn, prices } from "../../objects/price";
import { products } from "../../objects/product";
import { createPrice, priceData } from "./prices";

/** A price made on the way, for a product that exists. */
export const priceDataParam = group({ ...priceData, product: text });

interface Given {
  readonly price?: string | undefined;
  readonly price_data?: z.output<typeof priceDataParam> | undefined;
}

/**
 * The price that an item names or describes, as it is in the currency if it is sold in that; `param` is the item's.
 * Undefined when it does neither.
 */
export function findOrCreatePrice(given: Given, param: string, currency?: string): Price | undefined {
  const price = givenPrice(given, param);
  return price && currency ? (priceIn(price, currency) ?? price) : price;
}

function givenPrice(given: Given, param: string): Price | undefined {
  const price = namedOrNew(given, param);
  if (!price?.custom_unit_amount) return price;
  // Only a page can ask the customer (https://docs.stripe.com/payments/checkout/pay-what-you-want; the words: inferred).
  throw invalid("Prices with `custom_unit_amount` can only be used with Checkout and Payment Links.", {
    param: `${param}[price]`,
  });
}

function namedOrNew({ price, price_data }: Given, param: string): Price | undefined {
  if (price && price_data) throw exclusive(`${param}[price]`, `${param}[price_data]`);
  if (price_data) {
    const { product, ...rest } = price_data;
    return createPrice(find(products, product, `${param}[price_data][product]`).id, rest);
  }
  return price === undefined ? undefined : find(prices, price, `${param}[price]`);
}

/** For what is billed again and again. */
export function findOrCreateRecurringPrice(
  given: Given,
  param: string,
  currency?: string,
): Price | undefined {
  const price = givenPrice(given, param);
  if (!price) return undefined;
  if (!price.recurring) {
    throw invalid(
      "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
      { param: `${param}[price]` },
    );
  }
  if (!price.active) {
    throw invalid("The price specified is inactive. This field only accepts active prices.", {
      param: `${param}[price]`,
    });
  }
  if (currency && !priceIn(price, currency)) {
    throw invalid(
      `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
      { param: "price" },
    );
  }
  return price;
}
