import { refreshRate } from "../billing/tax/changed-rates";
import { call, list, type Resource } from "../kit/api";
import { emit } from "../kit/events";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import {
  choice,
  countryCode,
  flag,
  mergeMetadata,
  metadata,
  optional,
  percentageFrom,
  text,
  textUpTo,
} from "../kit/params";
import { buildTaxRate, taxRates } from "../objects/tax-rate";

/** In the order of the SDK's type. */
const taxType = choice(
  "admissions_tax",
  "amusement_tax",
  "attendance_tax",
  "communications_tax",
  "digital_excise_tax",
  "entertainment_tax",
  "get_fund",
  "gross_receipts_tax",
  "gst",
  "hospitality_tax",
  "hst",
  "igst",
  "jct",
  "lease_tax",
  "luxury_tax",
  "mass_transit_parking_tax",
  "nhil",
  "parking_tax",
  "pst",
  "qst",
  "resort_tax",
  "retail_delivery_fee",
  "rst",
  "sales_tax",
  "service_tax",
  "tourism_tax",
  "utility_users_tax",
  "vat",
);

/** A rate takes the same for good; only its name and where it counts may change (type). */
const labels = optional({
  active: flag,
  country: countryCode,
  description: text,
  jurisdiction: textUpTo(200),
  metadata,
  state: text,
  tax_type: taxType,
});

export const taxRateResource: Resource = {
  routes: {
    "POST /v1/tax_rates": call(
      { display_name: textUpTo(50), inclusive: flag, percentage: percentageFrom(0), ...labels },
      (given) => {
        const rate = taxRates.put(buildTaxRate({ ...given, metadata: mergeMetadata({}, given.metadata) }));
        emit("tax_rate.created", rate);
        return rate;
      },
    ),

    "GET /v1/tax_rates": list(
      { ...createdParam, ...optional({ active: flag, inclusive: flag }) },
      ({ active, inclusive }) => taxRates.where({ active, inclusive }),
    ),

    "GET /v1/tax_rates/:id": call({}, (_, { id }) => find(taxRates, id)),

    "POST /v1/tax_rates/:id": call(
      { ...labels, ...optional({ display_name: textUpTo(50) }) },
      (given, { id }) => {
        const rate = find(taxRates, id);
        const updated = taxRates.put({
          ...rate,
          ...given,
          metadata: mergeMetadata(rate.metadata ?? {}, given.metadata),
        });
        refreshRate(updated);
        emit("tax_rate.updated", updated, rate);
        return updated;
      },
    ),
  },
};
