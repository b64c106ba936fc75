import type { z } from "zod";
import { exclusive, invalid } from "../../kit/errors";
import { amount, flag, group, optional } from "../../kit/params";
import type { Price } from "../../objects/price";

/** The customer says how much (type: `Stripe.PriceCreateParams.CustomUnitAmount`). */
export const customAmountParam = group({
  enabled: flag,
  ...optional({ maximum: amount, minimum: amount, preset: amount }),
});

/** An amount and the same as a decimal, of which one may be given; undefined when neither is. */
export function amountAndDecimal<Name extends "unit_amount" | "flat_amount">(
  given: { readonly [Key in Name]?: number | undefined } & {
    readonly [Key in `${Name}_decimal`]?: string | undefined;
  },
  name: Name,
  param = "",
): { amount: number | null; decimal: string } | undefined {
  const whole = given[name] as number | undefined;
  const decimal = given[`${name}_decimal`] as string | undefined;
  const path = (key: string) => (param ? `${param}[${key}]` : key);
  if (whole !== undefined && decimal !== undefined) throw exclusive(path(name), path(`${name}_decimal`));
  if (whole !== undefined) return { amount: whole, decimal: String(whole) };
  if (decimal === undefined) return undefined;
  return { amount: /^\d+(\.0*)?$/.test(decimal) ? Number(decimal) : null, decimal };
}

interface Given {
  readonly custom_unit_amount?: z.output<typeof customAmountParam> | undefined;
  readonly recurring?: object | undefined;
  readonly unit_amount?: number | undefined;
  readonly unit_amount_decimal?: string | undefined;
}

/** The amount of a unit: fixed, or for the customer to say. The words: recorded for a price without any. */
export function readUnitAmount(
  given: Given,
  param = "",
): Pick<Price, "custom_unit_amount" | "unit_amount" | "unit_amount_decimal"> {
  const unit = amountAndDecimal(given, "unit_amount", param);
  const custom = given.custom_unit_amount?.enabled ? given.custom_unit_amount : undefined;
  if (unit && custom) throw exclusive("unit_amount", "custom_unit_amount");
  if (unit) {
    return { custom_unit_amount: null, unit_amount: unit.amount, unit_amount_decimal: unit.decimal };
  }
  if (!custom) {
    throw invalid("Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.");
  }
  return { custom_unit_amount: customAmount(custom, given), unit_amount: null, unit_amount_decimal: null };
}

/**
 * Not for what is paid again and again (https://docs.stripe.com/payments/checkout/pay-what-you-want). The words, and
 * that the three must follow each other: inferred.
 */
function customAmount(
  given: z.output<typeof customAmountParam>,
  { recurring }: Given,
): Price["custom_unit_amount"] {
  const {
    maximum = null,
    minimum = null,
    preset = null,
  } = given as Partial<NonNullable<Price["custom_unit_amount"]>>;
  if (recurring) {
    throw invalid("`custom_unit_amount` is not supported for recurring prices.", {
      param: "custom_unit_amount",
    });
  }
  const steps = [minimum, preset, maximum].filter((step) => step !== null);
  if (steps.some((step, at) => at > 0 && step < (steps[at - 1] as number))) {
    throw invalid("`custom_unit_amount` needs `minimum` ≤ `preset` ≤ `maximum`.", {
      param: "custom_unit_amount",
    });
  }
  return { maximum, minimum, preset };
}
