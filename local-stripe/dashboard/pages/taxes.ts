import { html } from "hono/html";
import { placeKey, statutoryRate } from "../../billing/tax/statutory-rates";
import { type TaxRate, taxRates } from "../../objects/tax-rate";
import { type TaxRegistration, taxRegistrations, withStatus } from "../../objects/tax-registration";
import { badge, heading, panel, time } from "../parts/elements";
import { frame } from "../parts/frame";
import { link } from "../parts/links";
import { latest, listing, pager, type Query } from "../parts/listing";
import { table } from "../parts/table";

const MOST_ROWS = 50;

export function taxesPage(query: Query, here: string): Promise<Response> {
  const found = listing(taxRates.all(), query);
  return frame(
    here,
    "Taxes",
    html`${heading("Billing", "Taxes")}
      ${table(
        "Tax rates, newest first",
        [
          { label: "Rate", cell: ({ id, display_name }: TaxRate) => link(id, display_name) },
          {
            label: "Jurisdiction",
            cell: ({ country, jurisdiction, state }) => jurisdiction ?? state ?? country ?? "–",
          },
          { label: "In the price", cell: ({ inclusive }) => (inclusive ? "included" : "on top") },
          { label: "Given by", cell: ({ rate_type }) => (rate_type === null ? "hand" : "automatic tax") },
          { label: "State", cell: ({ active }) => (active ? badge("active") : badge("expired", "archived")) },
          { label: "Percent", cell: ({ percentage }) => percentage, figures: true },
        ],
        found.rows,
        "No tax rates yet. They are created through the API.",
      )}
      ${pager("/taxes", found)}
      ${panel(
        "Registrations",
        table(
          "Registrations of automatic tax, newest first",
          [
            { label: "Registration", cell: ({ id }: TaxRegistration) => link(id, id) },
            { label: "Country", cell: ({ country }) => country },
            { label: "State", cell: ({ status }) => badge(status) },
            { label: "From (UTC)", cell: ({ active_from }) => time(active_from) },
            { label: "Percent", cell: percentOf, figures: true },
          ],
          latest(taxRegistrations.all(), MOST_ROWS).map(withStatus),
          "No registrations yet: automatic tax collects nothing anywhere.",
        ),
      )}`,
  );
}

/** Each state of the US has a rate of its own. */
function percentOf({ country, country_options: options }: TaxRegistration): string {
  const place = { country, state: options.us?.state ?? null };
  return `${placeKey(place)} ${statutoryRate(place)}`;
}
