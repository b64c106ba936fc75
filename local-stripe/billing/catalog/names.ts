import type { Price } from "../../objects/price";
import { products } from "../../objects/product";

export const productName = (price: Price): string => products.get(price.product)?.name ?? price.product;

/** So many of a product: `3 × Pro`, or `3 users × Pro` where it has a label for its units (recorded). */
export function countOf(price: Price, quantity: number): string {
  const label = products.get(price.product)?.unit_label;
  const units = label ? ` ${label}` : "";
  return `${quantity}${units} × ${productName(price)}`;
}

export function cadence({ recurring }: Price): string {
  if (!recurring) return "once";
  const { interval, interval_count } = recurring;
  return interval_count === 1 ? interval : `every ${interval_count} ${interval}s`;
}
