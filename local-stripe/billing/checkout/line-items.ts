import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { newId } from "../../kit/ids";
import type { Metadata } from "../../kit/wire";
import type { LineItem } from "../../objects/checkout-session";
import { isMetered, type Price, priceIn } from "../../objects/price";
import { products } from "../../objects/product";
import { productName } from "../catalog/names";
import { amountUntil } from "../catalog/part-periods";
import { amountAhead } from "../money/amounts";

interface Wanted {
  readonly price: Price;
  /** The session's, if the price is sold in it. */
  readonly currency: string;
  /** Null of a metered price: nobody knows yet. */
  readonly quantity: number | null;
  readonly adjustable: LineItem["adjustable_quantity"];
  /** The first period, which is paid now, lasts until then; null for a whole one. */
  readonly anchor: number | null;
  readonly metadata: Metadata;
}

/** One line of a checkout; `param` is where the caller asked for it. */
export function lineItem(wanted: Wanted, param: string): LineItem {
  const { price, quantity, adjustable, anchor, metadata } = wanted;
  const sold = priceIn(price, wanted.currency) ?? price;
  if (!price.active) {
    throw invalid("The price specified is inactive. This field only accepts active prices.", { param });
  }
  if (products.get(price.product)?.active === false) {
    throw invalid(
      `The product (${price.product}) associated with this price is inactive. This field only accepts prices with active products.`,
      { param },
    );
  }
  // The customer may change it, from what the shop proposes.
  const amount = sold.custom_unit_amount?.preset ?? itemAmount(sold, quantity ?? 0, anchor);
  return {
    id: newId("li_1"),
    object: "item",
    adjustable_quantity: adjustable,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: sold.currency,
    description: productName(price),
    metadata,
    price,
    quantity,
  };
}

/** The item's price in the currency that it is sold in. */
export const soldPrice = ({ price, currency }: LineItem): Price | null =>
  price && (priceIn(price, currency) ?? price);

/** Up to an anchor only a part of the first period is paid; what does not recur is paid whole. */
export const itemAmount = (price: Price, quantity: number, anchor: number | null): number =>
  anchor === null || isMetered(price)
    ? amountAhead(price, quantity)
    : amountUntil(anchor, price, quantity, now());
