import type Stripe from "stripe";
import { account } from "../kit/account";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type TaxSettings = Wire<Stripe.Tax.Settings>;

/** There is one account, and so one row. */
const kept = new Table<{ readonly id: "all"; readonly settings: TaxSettings }>("tax_settings", "");

const noLines = { city: null, line1: null, line2: null, postal_code: null };

/** Ready for use: prices that say nothing include their tax where that is the custom of their currency. */
const INITIAL: TaxSettings = {
  object: "tax.settings",
  defaults: { provider: "stripe", tax_behavior: "inferred_by_currency", tax_code: "txcd_10000000" },
  head_office: { address: { ...noLines, country: account.country, state: "CA" } },
  livemode: false,
  status: "active",
  // The SDK has no keys for it, and so no type.
  status_details: { active: {} } as unknown as TaxSettings["status_details"],
};

export const taxSettings = (): TaxSettings => kept.get("all")?.settings ?? INITIAL;

export const keepTaxSettings = (settings: TaxSettings): TaxSettings =>
  kept.put({ id: "all", settings }).settings;
