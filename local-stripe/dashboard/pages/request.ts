import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import { events } from "../../kit/events";
import { type LoggedRequest, loggedRequest, MOST_CHARACTERS, MOST_REQUESTS } from "../../kit/request-log";
import { code, facts, heading, hint, panel, time } from "../parts/elements";
import { eventsTable } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { json, link, linked } from "../parts/links";
import { requestStatus } from "../parts/request-status";

export function requestPage(request: LoggedRequest, here: string): Promise<Response> {
  const { id, method, path, idempotency_key, replayed_from } = request;
  return frame(
    here,
    `${method} ${path}`,
    html`${heading("Request", html`${method} ${linked(path)}`, requestStatus(request))}
      ${facts([
        ["Id", code(id)],
        ["Answered", html`${time(request.created)} UTC, after ${request.took_ms.toFixed(1)} ms`],
        ["Idempotency key", idempotency_key === null ? null : code(idempotency_key)],
        ["Replayed from", replayed_from && origin(replayed_from)],
        ["API version", request.version],
      ])}
      ${panel("Parameters", body(request.parameters, "None were sent."))}
      ${panel("Answer", body(request.answer, "It is empty."))}
      ${eventsPanel(id)}`,
  );
}

const origin = (id: string) =>
  html`${loggedRequest(id) ? link(id) : code(id)} <small>the first with this key, whose answer was given again</small>`;

/** As JSON with links; what was cut, or has something hidden in the place of a number, is text. */
function body(text: string, empty: string): Markup {
  if (text === "" || text === "{}") return html`<p class="empty">${empty}</p>`;
  const cut = text.endsWith("…")
    ? hint(`Longer than ${MOST_CHARACTERS} characters; the rest is not kept.`)
    : "";
  try {
    return json(JSON.parse(text));
  } catch {
    return html`${cut}<pre class="json" tabindex="0">${text}</pre>`;
  }
}

function eventsPanel(id: string): Markup {
  const caused = events.all().filter(({ request }) => request.id === id);
  return panel(
    "Events",
    eventsTable("Events that it caused, newest first", caused.reverse(), "It caused no event."),
  );
}

export const requestGone = (id: string, here: string): Promise<Response> =>
  frame(
    here,
    "Not found",
    html`${heading("404", "Not found")}
      <p>There is no request <code>${id}</code> here. The newest ${MOST_REQUESTS} are kept, until the next start or reset.</p>
      <p><a href="/logs">All requests</a></p>`,
    404,
  );
