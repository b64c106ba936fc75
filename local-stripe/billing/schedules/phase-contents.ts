import { invalid, missing } from "../../kit/errors";
import { find } from "../../kit/lookup";
import { discounts } from "../../objects/discount";
import { prices } from "../../objects/price";
import type { Phase } from "../../objects/subscription-schedule";
import { type TaxRate, taxRates } from "../../objects/tax-rate";
import { findOrCreatePrice, findOrCreateRecurringPrice } from "../catalog/given-prices";
import { checkRedemption } from "../discounts/redemption";
import { findTaxRates } from "../tax/given-rates";
import type { PhaseGiven } from "./params";

/** Reads what a phase bills, and what it takes off. */

export interface Known {
  readonly currency?: string;
  /** Prices that the schedule has already, which may have been archived since (inferred). */
  readonly known?: ReadonlySet<string>;
}

export function readItems(given: PhaseGiven, { currency: expected, known }: Known, param: string) {
  let currency = given.currency ?? expected;
  const items = given.items.map(({ price_data, metadata, quantity = 1, tax_rates, ...named }, position) => {
    const at = `${param}[items][${position}]`;
    const id = named.price ?? named.plan;
    const wanted = { ...(id ? { price: id } : {}), ...(price_data ? { price_data } : {}) };
    const price = id && known?.has(id) ? prices.must(id) : findOrCreateRecurringPrice(wanted, at, currency);
    if (!price) throw missing(`${at}[price]`);
    currency = price.currency;
    return { price, quantity, metadata, rates: readRates(tax_rates, `${at}[tax_rates]`) };
  });
  if (new Set(items.map(({ price }) => price.id)).size === items.length) return items;
  // Inferred: the words are those for a subscription.
  throw invalid(
    "Cannot add multiple subscription items with the same plan. Use quantity instead of multiple items.",
    { param: `${param}[items]` },
  );
}

/** A schedule may say again what its subscription has, archived or not (inferred). */
export const readRates = (ids: readonly string[] | null | undefined, param: string): TaxRate[] =>
  findTaxRates(ids, param, taxRates.where({ active: false }));

export function readOnce(
  { add_invoice_items: given = [] }: PhaseGiven,
  param: string,
): Phase["add_invoice_items"] {
  return given.map((item, position) => {
    const at = `${param}[add_invoice_items][${position}]`;
    const price = findOrCreatePrice(item, at);
    if (!price) throw missing(`${at}[price]`);
    return {
      discountable: true,
      discounts: [],
      metadata: item.metadata ?? {},
      period: { end: { type: "min_item_period_end" }, start: { type: "max_item_period_start" } },
      price: price.id,
      quantity: item.quantity ?? 1,
      tax_rates: readRates(item.tax_rates, `${at}[tax_rates]`),
    };
  });
}

export function readDiscounts(
  { discounts: given }: PhaseGiven,
  purchase: Parameters<typeof checkRedemption>[1],
  param: string,
): Phase["discounts"] {
  return (given ?? []).map((one, position) => {
    const at = `${param}[discounts][${position}]`;
    if (one.discount) find(discounts, one.discount, `${at}[discount]`);
    else checkRedemption(one, purchase, at);
    return {
      coupon: one.coupon ?? null,
      discount: one.discount ?? null,
      promotion_code: one.promotion_code ?? null,
    };
  });
}
