import { html } from "hono/html";
import { usageBetween } from "../../billing/usage/aggregation";
import { unbilledPeriod } from "../../billing/usage/usage-lines";
import type { Markup } from "../../hosted/layout";
import { type Meter, type Usage, type UsageError, usageErrors, usages } from "../../objects/meter";
import { subscriptions } from "../../objects/subscription";
import { badge, code, facts, heading, hint, panel, time } from "../parts/elements";
import { eventsAbout } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { rawJson } from "../parts/links";
import { latest } from "../parts/listing";
import { table } from "../parts/table";
import { customerLink } from "../parts/tables";

const MOST_ROWS = 50;

export function meterPage(meter: Meter, here: string): Promise<Response> {
  const { id, display_name, customer_mapping, value_settings } = meter;
  const errors = usageErrors.where({ meter: id });
  return frame(
    here,
    display_name,
    html`${heading("Meter", display_name, meter.status === "active" ? badge("active") : badge("canceled", "inactive"))}
      ${facts([
        ["Id", code(id)],
        ["Event name", code(meter.event_name)],
        ["Adds up", meter.default_aggregation.formula],
        [
          "Keys",
          html`${code(customer_mapping.event_payload_key)}, ${code(value_settings.event_payload_key)}`,
        ],
        ["Created", html`${time(meter.created)} UTC`],
      ])}
      ${panel("Usage of each customer", customersTable(meter))}
      ${panel("Latest events", eventsTable(meter))}
      ${
        errors.length === 0
          ? ""
          : panel(
              "Events that could not be counted",
              hint("Stripe tells of them by an event of its second API, which is not sent here."),
              errorsTable(errors),
            )
      }
      ${eventsAbout(id)}
      ${rawJson(meter)}`,
  );
}

interface CustomerUsage {
  readonly customer: string;
  readonly from: number;
  readonly to: number;
}

/** The period that a subscription will bill; of somebody without one, all time. */
function periodOf({ id }: Meter, customer: string): CustomerUsage {
  const items = subscriptions
    .where({ customer })
    .filter(({ ended_at }) => ended_at === null)
    .flatMap((subscription) => subscription.items.data);
  const item = items.find(({ price }) => price.recurring?.meter === id);
  const { start, end } = item ? unbilledPeriod(item) : { start: 0, end: Infinity };
  return { customer, from: start, to: end };
}

function customersTable(meter: Meter): Markup {
  const customers = [...new Set(usages.where({ meter: meter.id }).map(({ customer }) => customer))];
  return table(
    "Usage of each customer",
    [
      { label: "Customer", cell: ({ customer }: CustomerUsage) => customerLink(customer) },
      {
        label: "Period (UTC)",
        cell: ({ from, to }) => (from === 0 ? "no subscription" : html`${time(from)} to ${time(to)}`),
      },
      {
        label: "Usage",
        cell: ({ customer, from, to }) => usageBetween(meter.id, customer, from, to),
        figures: true,
      },
    ],
    customers.map((customer) => periodOf(meter, customer)),
    "Nothing was reported yet.",
  );
}

const eventsTable = ({ id }: Meter): Markup =>
  table(
    "Latest events",
    [
      { label: "Identifier", cell: ({ identifier }: Usage) => code(identifier) },
      { label: "Customer", cell: ({ customer }) => customerLink(customer) },
      { label: "At (UTC)", cell: ({ timestamp }) => time(timestamp) },
      { label: "State", cell: ({ isCanceled }) => (isCanceled ? badge("canceled") : "counts") },
      { label: "Value", cell: ({ value }) => value, figures: true },
    ],
    latest(usages.where({ meter: id }), MOST_ROWS),
    "None.",
  );

const errorsTable = (errors: readonly UsageError[]): Markup =>
  table(
    "Events that could not be counted",
    [
      { label: "Identifier", cell: ({ identifier }: UsageError) => code(identifier) },
      { label: "Code", cell: (error) => code(error.code) },
      { label: "Message", cell: ({ message }) => message },
      { label: "At (UTC)", cell: ({ at }) => time(at) },
    ],
    latest(errors, MOST_ROWS),
    "None.",
  );
