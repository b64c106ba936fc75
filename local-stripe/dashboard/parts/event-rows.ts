import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import type { StoredEvent } from "../../kit/events";
import { type Delivery, deliveries } from "../../webhooks/delivery";
import { badge, type Content, hint, panel, time } from "./elements";
import { eventsOf } from "./event-index";
import { link } from "./links";
import { latest } from "./listing";
import { table } from "./table";

/** One delivery's state; one that failed and will be tried again is not on its way but retrying. */
export const stateOf = ({ state, attempts }: Delivery): string =>
  state !== "waiting" ? state : attempts.length > 0 ? "retrying" : "on its way";

/** Sums up what became of an event, over all of its deliveries. */
export function outcome(event: StoredEvent): Content {
  const states = new Map<string, number>();
  for (const delivery of deliveries.where({ event: event.id })) {
    const state = stateOf(delivery);
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  if (states.size === 0) return html`<span class="badge">not sent</span>`;
  return [...states].map(
    ([state, count]) => html`${badge(state, count > 1 ? `${state} × ${count}` : state)} `,
  );
}

export const eventsTable = (caption: string, rows: readonly StoredEvent[], empty: Content): Markup =>
  table(
    caption,
    [
      { label: "Event", cell: ({ id, type }) => link(id, type) },
      { label: "Object", cell: ({ data }) => link(data.object.id) },
      { label: "Time (UTC)", cell: ({ created }) => time(created) },
      { label: "Delivery", cell: outcome },
    ],
    rows,
    empty,
  );

const MOST_EVENTS = 20;

/** The newest events about an object: about itself, or about another that refers to it. */
export function eventsAbout(id: string): Markup {
  const all = eventsOf(id);
  return panel(
    "Events",
    eventsTable(
      "Events about this object, newest first",
      latest(all, MOST_EVENTS),
      "No event has mentioned this.",
    ),
    all.length > MOST_EVENTS ? hint(`The newest ${MOST_EVENTS} of ${all.length}.`) : "",
  );
}
