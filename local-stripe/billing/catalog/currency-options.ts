import { z } from "zod";
import { exclusive, missing } from "../../kit/errors";
import { amount, choice, currency, decimal, group, optional } from "../../kit/params";
import { type CurrencyOption, type Price, priceTerms } from "../../objects/price";
import { readTiers, tiersParam } from "./tiers";
import { customAmountParam, readUnitAmount } from "./unit-amounts";

/** The same price in other currencies (type: `Stripe.PriceCreateParams.CurrencyOptions`). */
export const currencyOptionsParam = z.record(
  currency,
  group(
    optional({
      custom_unit_amount: customAmountParam,
      tax_behavior: choice("inclusive", "exclusive", "unspecified"),
      tiers: tiersParam,
      unit_amount: amount,
      unit_amount_decimal: decimal,
    }),
  ),
);

type Given = z.output<typeof currencyOptionsParam>;

/** Options for a price that is billed as `price` is: one with tiers has tiers in every currency (inferred). */
export function readCurrencyOptions(
  given: Given,
  price: Pick<Price, "billing_scheme" | "recurring">,
): Record<string, CurrencyOption> {
  const recurring = price.recurring ?? undefined;
  const entries = Object.entries(given).map(([name, { tax_behavior = "unspecified", ...option }]) => {
    const param = `currency_options[${name}]`;
    if (price.billing_scheme !== "tiered") {
      if (option.tiers) throw exclusive(`${param}[tiers]`, `${param}[unit_amount]`);
      return [name, { tax_behavior, ...readUnitAmount({ ...option, recurring }, param) }] as const;
    }
    if (!option.tiers) throw missing(`${param}[tiers]`);
    const tiers = readTiers(option.tiers, `${param}[tiers]`);
    const none = { custom_unit_amount: null, unit_amount: null, unit_amount_decimal: null };
    return [name, { tax_behavior, ...none, tiers }] as const;
  });
  return Object.fromEntries(entries);
}

/** Every currency of a price, its own among them; the tiers of each are not shown (type: they are optional). */
export function currencyOptionsOf(price: Price): Record<string, CurrencyOption> {
  const { custom_unit_amount, tax_behavior, unit_amount, unit_amount_decimal } = price;
  const own = { custom_unit_amount, tax_behavior, unit_amount, unit_amount_decimal };
  const others = Object.entries(priceTerms.get(price.id)?.currencyOptions ?? {});
  return Object.fromEntries([
    [price.currency, own],
    ...others.map(([name, { tiers: _, ...option }]) => [name, option] as const),
  ]);
}
