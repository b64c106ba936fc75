import { invalid } from "../kit/errors";
import { newId } from "../kit/ids";
import type { LineItem } from "../objects/checkout-session";
import type { Price } from "../objects/price";
import { products } from "../objects/product";
import { productName } from "./invoices";
import { amountOf } from "./money";

interface Wanted {
  readonly price: Price;
  readonly quantity: number;
  readonly adjustable: LineItem["adjustable_quantity"];
}

/** One line of a checkout; `param` is where the caller asked for it. */
export function lineItem({ price, quantity, adjustable }: Wanted, param: string): LineItem {
  if (!price.active) {
    throw invalid("The price specified is inactive. This field only accepts active prices.", { param });
  }
  if (products.get(price.product)?.active === false) {
    throw invalid(
      `The product (${price.product}) associated with this price is inactive. This field only accepts prices with active products.`,
      { param },
    );
  }
  const amount = amountOf(price, quantity);
  return {
    id: newId("li_1"),
    object: "item",
    adjustable_quantity: adjustable,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: productName(price),
    metadata: {},
    price,
    quantity,
  };
}
