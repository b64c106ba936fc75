import { buildPrice, hiddenPrices, type Price } from "../../objects/price";
import { buildProduct, hiddenProducts } from "../../objects/product";

/**
 * Makes the price of an amount that was given without one, which nothing else can use (recorded; inferred: that nobody
 * is told).
 */
export function mintPrice(currency: string, unit_amount_decimal: string, name: string): Price {
  const product = hiddenProducts.put(buildProduct({ active: false, name }));
  const unit_amount = unit_amount_decimal.includes(".") ? null : Number(unit_amount_decimal);
  const given = { active: false, currency, product: product.id, unit_amount, unit_amount_decimal };
  return hiddenPrices.put(buildPrice(given));
}
