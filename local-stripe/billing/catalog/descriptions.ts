import type { Price } from "../../objects/price";
import { formatAmount, formatUnitAmount, type Portion } from "../money/amounts";
import { cadence, countOf, productName } from "./names";

/** A line's words for a part of what a quantity costs; recorded, also for packages and tiers. */
export function describe(price: Price, { amount, quantity, unitAmount, tier }: Portion): string {
  const { currency, transform_quantity } = price;
  const each = unitAmount === null ? formatAmount(amount, currency) : formatUnitAmount(unitAmount, currency);
  const packages = transform_quantity ? ` per ${transform_quantity.divide_by} units` : "";
  const what = unitAmount === null ? productName(price) : countOf(price, quantity);
  return `${what} (${tier === null ? "" : `Tier ${tier} `}at ${each}${packages} / ${cadence(price)})`;
}
