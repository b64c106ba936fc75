import { type Price, tiersOf } from "../../objects/price";
import { products } from "../../objects/product";
import { formatUnitAmount } from "../money/amounts";

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

/** The cost of a unit: `$20.00`, `$10.00 per 5 units`, `from $7.00`. */
export function costText(price: Price): string {
  const { currency, custom_unit_amount, transform_quantity, unit_amount_decimal } = price;
  if (custom_unit_amount) return "pay what you want";
  const [tier] = tiersOf(price) ?? [];
  const decimal = tier ? (tier.unit_amount_decimal ?? tier.flat_amount_decimal) : unit_amount_decimal;
  const each = formatUnitAmount(decimal ?? "0", currency);
  if (tier) return `from ${each}`;
  return transform_quantity ? `${each} per ${transform_quantity.divide_by} units` : each;
}
