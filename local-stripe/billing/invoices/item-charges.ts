import { exclusive } from "../../kit/errors";
import { group, integer, integerFrom, optional, signedDecimal, text } from "../../kit/params";
import { pricingOf } from "../../objects/invoice";
import type { InvoiceItem } from "../../objects/invoice-item";
import { findOrCreatePrice, priceDataParam } from "../catalog/given-prices";
import { mintPrice } from "../catalog/hidden-prices";
import { productName } from "../catalog/names";
import { amountOf, times } from "../money/amounts";

/** The ways to say what an invoice item costs (type: `Stripe.InvoiceItemCreateParams`). */
export const chargeParams = optional({
  amount: integer,
  price_data: priceDataParam,
  pricing: group(optional({ price: text })),
  quantity: integerFrom(0),
  unit_amount_decimal: signedDecimal,
});

export interface ChargeGiven {
  readonly amount?: number | undefined;
  readonly description?: string | null | undefined;
  readonly price_data?: Parameters<typeof findOrCreatePrice>[0]["price_data"];
  readonly pricing?: { readonly price?: string | undefined } | undefined;
  readonly quantity?: number | undefined;
  readonly unit_amount_decimal?: string | undefined;
}

type Charge = Pick<InvoiceItem, "amount" | "currency" | "pricing" | "quantity"> & { description?: string };

/**
 * Reads an amount, a unit's amount or a price, of which there are so many; undefined without any of them. `before` is
 * the quantity of an item that is changed, `param` where the caller gave it.
 */
export function chargeOf(
  given: ChargeGiven,
  currency: string,
  { before = 1, param = "" }: { readonly before?: number; readonly param?: string } = {},
): Charge | undefined {
  const { amount, pricing, price_data, quantity, unit_amount_decimal } = given;
  const named = (field: string) => (param ? `${param}[${field}]` : field);
  if (amount !== undefined && quantity !== undefined) throw exclusive("amount", "quantity", named("amount"));
  const ways = { amount, unit_amount_decimal, pricing, price_data };
  const [way, other] = Object.entries(ways).filter(([, value]) => value !== undefined);
  if (!way) return undefined;
  if (other) throw exclusive(way[0], other[0], named(way[0]));
  const many = amount === undefined ? (quantity ?? before) : 1;
  const price = findOrCreatePrice({ price: pricing?.price, price_data }, named("pricing"), currency);
  if (price) {
    return {
      amount: amountOf(price, many),
      currency: price.currency,
      description: productName(price),
      pricing: pricingOf(price),
      quantity: many,
    };
  }
  const each = unit_amount_decimal ?? String(amount);
  return {
    amount: times(each, many),
    currency,
    pricing: pricingOf(mintPrice(currency, each, given.description ?? "Invoice item")),
    quantity: many,
  };
}
