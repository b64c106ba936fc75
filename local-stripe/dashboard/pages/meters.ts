import { html } from "hono/html";
import { type Meter, meters, usages } from "../../objects/meter";
import { badge, code, heading, hint } from "../parts/elements";
import { frame } from "../parts/frame";
import { link } from "../parts/links";
import { listing, pager, type Query } from "../parts/listing";
import { table } from "../parts/table";

export function metersPage(query: Query, here: string): Promise<Response> {
  const found = listing(meters.all(), query);
  return frame(
    here,
    "Meters",
    html`${heading("Billing", "Meters")}
      ${hint("A meter counts what customers use; a metered price bills it when a period is over.")}
      ${table(
        "Meters, newest first",
        [
          { label: "Meter", cell: ({ id, display_name }: Meter) => link(id, display_name) },
          { label: "Event name", cell: ({ event_name }) => code(event_name) },
          { label: "Adds up", cell: ({ default_aggregation }) => default_aggregation.formula },
          {
            label: "State",
            cell: ({ status }) => (status === "active" ? badge("active") : badge("canceled", "inactive")),
          },
          { label: "Events", cell: ({ id }) => usages.where({ meter: id }).length, figures: true },
        ],
        found.rows,
        html`No meters yet. They are created through the API, at ${code("/v1/billing/meters")}.`,
      )}
      ${pager("/meters", found)}`,
  );
}
