import { z } from "zod";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { invalid, missing } from "../kit/errors";
import { find } from "../kit/lookup";
import { choice, countryCode, emptyable, optional, timestamp } from "../kit/params";
import {
  buildTaxRegistration,
  type TaxRegistration,
  taxRegistrations,
  withStatus,
} from "../objects/tax-registration";

const moment = z.union([choice("now"), timestamp]);
const timeOf = (given: number | "now"): number => (given === "now" ? now() : given);

/** Each country has options of its own, of which only the kind and the state matter here. */
const countryOptions = z.record(z.string(), z.record(z.string(), z.unknown()));

function optionsFor(
  country: string,
  given: z.output<typeof countryOptions>,
): TaxRegistration["country_options"] {
  const key = country.toLowerCase();
  const param = `country_options[${key}]`;
  const [other] = Object.keys(given).filter((name) => name !== key);
  if (other !== undefined) {
    throw invalid(`\`country_options\` can only have the options of ${country}.`, {
      param: `country_options[${other}]`,
    });
  }
  const own = given[key];
  if (!own?.type) throw missing(`${param}[type]`);
  if (country === "US" && !own.state) throw missing(`${param}[state]`);
  return given as TaxRegistration["country_options"];
}

/** Stripe reports nothing of a registration: there is no event about one (type: `Stripe.Event`). */
export const taxRegistrationResource: Resource = {
  routes: {
    "POST /v1/tax/registrations": call(
      {
        active_from: moment,
        country: countryCode,
        country_options: countryOptions,
        ...optional({ expires_at: timestamp }),
      },
      ({ active_from, country, country_options, expires_at = null }) =>
        withStatus(
          taxRegistrations.put(
            buildTaxRegistration({
              active_from: timeOf(active_from),
              country,
              country_options: optionsFor(country, country_options),
              expires_at,
            }),
          ),
        ),
    ),

    "GET /v1/tax/registrations": list(
      optional({ status: choice("active", "all", "expired", "scheduled") }),
      ({ status = "all" }) =>
        taxRegistrations
          .all()
          .map(withStatus)
          .filter((registration) => status === "all" || registration.status === status),
    ),

    "GET /v1/tax/registrations/:id": call({}, (_, { id }) => withStatus(find(taxRegistrations, id))),

    "POST /v1/tax/registrations/:id": call(
      optional({ active_from: moment, expires_at: emptyable(moment) }),
      ({ active_from, expires_at }, { id }) => {
        const registration = find(taxRegistrations, id);
        return withStatus(
          taxRegistrations.put({
            ...registration,
            ...(active_from === undefined ? {} : { active_from: timeOf(active_from) }),
            ...(expires_at === undefined ? {} : { expires_at: expires_at && timeOf(expires_at) }),
          }),
        );
      },
    ),
  },
};
