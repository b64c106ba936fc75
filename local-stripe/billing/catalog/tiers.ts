import { z } from "zod";
import { exclusive, invalid, missing } from "../../kit/errors";
import { amount, choice, decimal, group, integerFrom, listOf, optional } from "../../kit/params";
import type { Tier } from "../../objects/price";
import { amountAndDecimal } from "./unit-amounts";

/** The parameters of tiers (type: `Stripe.PriceCreateParams.Tier`). */
export const tiersParam = listOf(
  group({
    up_to: z.union([choice("inf"), integerFrom(1)]),
    ...optional({
      flat_amount: amount,
      flat_amount_decimal: decimal,
      unit_amount: amount,
      unit_amount_decimal: decimal,
    }),
  }),
  100,
);

type Given = z.output<typeof tiersParam>;

/**
 * Checks and completes tiers. The words for a tier without an amount: recorded; those for tiers that do not follow each
 * other up to the last, which is open: inferred.
 */
export function readTiers(given: Given, param = "tiers"): Tier[] {
  const tiers = given.map((tier, position) => {
    const unit = amountAndDecimal(tier, "unit_amount", `${param}[${position}]`);
    const flat = amountAndDecimal(tier, "flat_amount", `${param}[${position}]`);
    if (!unit && !flat) throw invalid("An entry in the tiers array is missing an amount.", { param });
    return {
      flat_amount: flat?.amount ?? null,
      flat_amount_decimal: flat?.decimal ?? null,
      unit_amount: unit?.amount ?? null,
      unit_amount_decimal: unit?.decimal ?? null,
      up_to: tier.up_to === "inf" ? null : tier.up_to,
    };
  });
  const bounds = tiers.map(({ up_to }) => up_to ?? Infinity);
  if (bounds.at(-1) !== Infinity) throw invalid("The last tier must have `up_to` set to `inf`.", { param });
  if (bounds.some((bound, at) => bound <= (bounds[at - 1] ?? 0))) {
    throw invalid("Each tier's `up_to` must be greater than that of the tier before.", { param });
  }
  return tiers;
}

interface Scheme {
  readonly billing_scheme?: "per_unit" | "tiered" | undefined;
  readonly recurring?: object | undefined;
  readonly tiers?: Given | undefined;
  readonly tiers_mode?: "graduated" | "volume" | undefined;
  readonly transform_quantity?: object | undefined;
  readonly unit_amount?: number | undefined;
  readonly unit_amount_decimal?: string | undefined;
}

/**
 * Refuses what tiers go without or do not go with. Recorded: packages, prices that are paid once. The others are
 * inferred from the comments of `Stripe.PriceCreateParams`.
 */
export function checkScheme(given: Scheme): void {
  if (given.tiers && given.transform_quantity) {
    throw invalid("You may only specify one of these parameters: tiers, transform_quantity.", {
      code: "parameters_exclusive",
      param: "tiers",
    });
  }
  if (given.billing_scheme !== "tiered") {
    const stray = given.tiers ? "tiers" : given.tiers_mode ? "tiers_mode" : null;
    if (!stray) return;
    throw invalid(`You can only pass \`${stray}\` when \`billing_scheme\` is \`tiered\`.`, { param: stray });
  }
  if (!given.recurring) {
    throw invalid("Prices with `type=one_time` are not supported with tiered billing.", {
      param: "interval",
    });
  }
  if (!given.tiers?.length) throw missing("tiers");
  if (!given.tiers_mode) throw missing("tiers_mode");
  if (given.unit_amount !== undefined) throw exclusive("unit_amount", "tiers");
  if (given.unit_amount_decimal !== undefined) throw exclusive("unit_amount_decimal", "tiers");
}
