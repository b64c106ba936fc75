import type { Price } from "../../objects/price";
import { products } from "../../objects/product";

export const productName = (price: Price): string => products.get(price.product)?.name ?? price.product;

export function cadence({ recurring }: Price): string {
  if (!recurring) return "once";
  const { interval, interval_count } = recurring;
  return interval_count === 1 ? interval : `every ${interval_count} ${interval}s`;
}
