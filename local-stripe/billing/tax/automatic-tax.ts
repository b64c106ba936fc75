import { invalid } from "../../kit/errors";
import { type Customer, customers } from "../../objects/customer";
import type { Price } from "../../objects/price";
import { taxIds } from "../../objects/tax-id";
import { buildTaxRate, type TaxRate, taxRates } from "../../objects/tax-rate";
import { taxRegistrations, withStatus } from "../../objects/tax-registration";
import { taxSettings } from "../../objects/tax-settings";
import type { Place } from "./places";
import { isInUnion, statutoryRate, taxNameOf } from "./statutory-rates";
import type { Tax } from "./tax-sums";

/** https://docs.stripe.com/tax/calculating: who is taxed, by what rate, and why not. */

export type Reason = Tax["taxability_reason"];

export interface Taxation {
  readonly rates: readonly TaxRate[];
  /** `not_available` of rates that were given by hand (type; inferred). */
  readonly reason: Reason;
}

/** Nothing is owed to us for any other reason. */
export const isCharged = (reason: Reason): boolean =>
  reason === "not_available" || reason === "standard_rated";

const EXEMPTIONS: Readonly<Record<string, Reason>> = { exempt: "customer_exempt", reverse: "reverse_charge" };

/** Of rates given by hand: they take nothing of who is exempt. */
export const byHand = (rates: readonly TaxRate[], exempt: Customer["tax_exempt"]): Taxation => ({
  rates,
  reason: EXEMPTIONS[exempt ?? "none"] ?? "not_available",
});

/** The tax of the place on something of this price, for this customer. */
export function automaticTax(
  place: Place,
  price: Price | undefined,
  customer: string | null,
  currency: string,
): Taxation {
  const reason = reasonFor(place, customer);
  const inclusive = isInclusive(price, currency);
  return { rates: [rateOf(place, inclusive, isCharged(reason))], reason };
}

function reasonFor(place: Place, id: string | null): Reason {
  const customer = customers.get(id ?? "");
  if (!isRegistered(place)) return "not_collecting";
  const exempt = EXEMPTIONS[customer?.tax_exempt ?? "none"];
  if (exempt) return exempt;
  return customer && isForeignBusiness(place, customer.id) ? "reverse_charge" : "standard_rated";
}

/** A registration for the One Stop Shop holds for the whole Union. */
export const isRegistered = (place: Place): boolean =>
  taxRegistrations.all().some((registration) => {
    if (withStatus(registration).status !== "active") return false;
    const { country, country_options: options } = registration;
    const own = options[country.toLowerCase() as "de"] as { type?: string; state?: string } | undefined;
    if (own?.type?.startsWith("oss_")) return isInUnion(place);
    return country === place.country && (country !== "US" || own?.state === place.state);
  });

/** In the Union a business of another country owes the tax itself (https://docs.stripe.com/tax/zero-tax). */
function isForeignBusiness(place: Place, customer: string): boolean {
  if (!isInUnion(place) || taxSettings().head_office?.address.country === place.country) return false;
  return taxIds
    .where({ customer })
    .some(({ type, verification }) => type === "eu_vat" && verification?.status !== "unverified");
}

const EXCLUSIVE_BY_CUSTOM = new Set(["cad", "usd"]);

/** A price that says nothing follows the settings (type: `Stripe.Tax.Settings.Defaults.tax_behavior`). */
function isInclusive(price: Price | undefined, currency: string): boolean {
  const own = price?.tax_behavior;
  const behavior = own && own !== "unspecified" ? own : taxSettings().defaults.tax_behavior;
  if (behavior === "inferred_by_currency") return !EXCLUSIVE_BY_CUSTOM.has(currency);
  return behavior === "inclusive";
}

/**
 * The rate of a place: of where nothing is collected, the percentage is still what the law says (type: the comments of
 * `Stripe.TaxRate.percentage` and `…effective_percentage`). Made on demand and archived at once.
 */
function rateOf({ country, state }: Place, inclusive: boolean, collected: boolean): TaxRate {
  const percentage = statutoryRate({ country, state });
  const effective_percentage = collected ? percentage : 0;
  const wanted = {
    country,
    effective_percentage,
    inclusive,
    percentage,
    state: country === "US" ? state : null,
  };
  const known = taxRates
    .where({ active: false, inclusive })
    .find(
      (rate) =>
        rate.rate_type !== null &&
        Object.entries(wanted).every(([key, value]) => rate[key as "id"] === value),
    );
  return (
    known ??
    taxRates.put(
      buildTaxRate({
        ...wanted,
        ...taxNameOf({ country, state }),
        active: false,
        jurisdiction: wanted.state ?? country,
        jurisdiction_level: wanted.state ? "state" : "country",
        rate_type: "percentage",
      }),
    )
  );
}

/** Automatic tax and rates given by hand exclude each other (type: the comment of `AutomaticTax.enabled`; the words: inferred). */
export function refuseBoth(
  isAutomatic: boolean | undefined,
  rates: readonly unknown[] | null | undefined,
  param: string,
) {
  if (!isAutomatic || !rates?.length) return;
  throw invalid(`You cannot set \`${param}\` when \`automatic_tax[enabled]\` is true.`, { param });
}
