import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import { events, type StoredEvent } from "../../kit/events";
import { deliveries } from "../../webhooks/delivery";
import { selectField } from "../parts/buttons";
import { heading } from "../parts/elements";
import { sentEvents } from "../parts/event-index";
import { eventsTable } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { listing, pager, type Query } from "../parts/listing";

const STATES = [
  ["", "Any"],
  ["delivered", "Delivered"],
  ["waiting", "On its way or retrying"],
  ["held", "Held"],
  ["failed", "Failed"],
  ["dropped", "Dropped"],
  ["none", "Not sent: no endpoint wanted it"],
] as const;

export function eventsPage(query: Query, here: string): Promise<Response> {
  const rows = query.type ? events.where({ type: query.type as StoredEvent["type"] }) : events.all();
  const found = listing(rows, query, inState(query.state));
  const narrowed = Boolean(query.type || query.state);
  return frame(
    here,
    "Events",
    html`${heading("Developers", "Events")}
      ${filter(query)}
      ${eventsTable(
        "Events, newest first",
        found.rows,
        narrowed
          ? html`No event is like that. <a href="/events">Show all</a>`
          : html`No events yet. Whatever happens through the API, on a hosted page or by time is told here;
              <a href="/">the start page</a> has something to begin with.`,
      )}
      ${pager("/events", found)}`,
  );
}

/**
 * Asks once for all the events of a state; asking for each event's deliveries would take as long as there are events.
 */
function inState(state: string | undefined): ((event: StoredEvent) => boolean) | undefined {
  if (!state) return undefined;
  if (state === "none") return ({ id }) => !sentEvents().has(id);
  const found = new Set<string>();
  for (const delivery of deliveries.oldestFirst()) {
    if (delivery.state === state) found.add(delivery.event);
  }
  return ({ id }) => found.has(id);
}

function filter({ type, state }: Query): Markup {
  return html`<form class="filter" method="get" action="/events">
    ${selectField({ name: "type", label: "Type", value: type ?? "" }, [
      ["", "All types"],
      ...typesSoFar().map((one) => [one, one] as const),
    ])}
    ${selectField({ name: "state", label: "Delivery", value: state ?? "" }, STATES)}
    <button class="plain">Filter</button>
  </form>`;
}

/** The types of all events so far, by name. */
export function typesSoFar(): string[] {
  const types = new Set<string>();
  for (const { type } of events.oldestFirst()) types.add(type);
  return [...types].sort();
}
