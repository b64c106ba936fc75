import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import type { StoredEvent } from "../../kit/events";
import { loggedRequest } from "../../kit/request-log";
import { webhookEndpoints } from "../../objects/webhook-endpoint";
import { type Delivery, deliveries } from "../../webhooks/delivery";
import { deliveryFaults } from "../../webhooks/delivery-faults";
import type { Attempt } from "../../webhooks/send";
import { button, buttons } from "../parts/buttons";
import { badge, code, facts, heading, hint, machineTime, panel, time } from "../parts/elements";
import { outcome, stateOf } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { json, link, rawJson } from "../parts/links";
import { table } from "../parts/table";

export function eventPage(event: StoredEvent, here: string): Promise<Response> {
  const { object, previous_attributes } = event.data;
  return frame(
    here,
    event.type,
    html`${heading("Event", event.type, outcome(event))}
      ${facts([
        ["Id", code(event.id)],
        ["Object", html`${object.object} ${link(object.id)}`],
        ["Happened", html`${time(event.created)} UTC`],
        ["Cause", cause(event)],
        ["Still to be delivered", `${event.pending_webhooks} (pending_webhooks)`],
        ["API version", event.api_version],
      ])}
      ${controls(event, here)}
      ${deliveriesPanel(event, here)}
      ${
        previous_attributes
          ? panel(
              "What it was before",
              hint("Only what changed, with the old values: ", code("data.previous_attributes"), "."),
              json(previous_attributes),
            )
          : ""
      }
      ${panel(
        "The object as it was then",
        hint(
          "A snapshot, ",
          code("data.object"),
          ": it stays as it is, however late it arrives. What is true now is on ",
          link(object.id, "the object's own page"),
          ".",
        ),
        json(object),
      )}
      ${rawJson(event)}`,
  );
}

function cause({ request }: StoredEvent) {
  if (!request.id) return "A hosted page, a button here, or time";
  const { id } = request;
  return html`API request ${loggedRequest(id) ? link(id) : code(id)}${request.idempotency_key ? html` with key ${code(request.idempotency_key)}` : ""}`;
}

function controls({ id, type }: StoredEvent, here: string): Markup {
  const holds = (match: { type?: string; event?: string }) =>
    deliveryFaults.holds.some((hold) => hold.type === match.type && hold.event === match.event);
  return html`${buttons(
    button(here, "resend", "Resend", { event: id }, { look: "main" }),
    button(here, "resend", "Send twice more", { event: id, times: 2 }),
    button(here, "twin", "Send a twin", { event: id }),
    holds({ event: id }) || deliveries.where({ event: id, state: "held" }).length > 0
      ? button(here, "release", "Release this event", { event: id })
      : button(here, "hold", "Hold this event", { event: id }),
    holds({ type })
      ? button(here, "release", `Release ${type}`, { type })
      : button(here, "hold", `Hold ${type}`, { type }),
  )}
  ${hint("Resending repeats the same id: a receiver has to notice that it knows it. A twin has a new id and the same object, which Stripe sends now and then. What is held waits from its next sending on.")}`;
}

function deliveriesPanel(event: StoredEvent, here: string): Markup {
  const all = deliveries.where({ event: event.id }).reverse();
  const nothing = html`<p class="empty">Not sent: when it happened, no <a href="/webhooks">webhook endpoint</a>
    was enabled for this type.</p>`;
  return panel(
    "Deliveries",
    all.length === 0 ? nothing : all.map((delivery) => deliveryView(event, delivery, here)),
  );
}

function deliveryView(event: StoredEvent, delivery: Delivery, here: string): Markup {
  const endpoint = webhookEndpoints.get(delivery.endpoint);
  const state = stateOf(delivery);
  const where = endpoint?.url ?? "an endpoint that is gone";
  return html`<article class="delivery">
    <h3>${badge(state)} to ${link(delivery.endpoint, where)}</h3>
    ${hint(whatNext(delivery, here))}
    ${delivery.attempts.length > 0 ? attemptsTable(delivery.attempts) : ""}
    ${
      endpoint
        ? button(
            here,
            "resend",
            "Resend to this endpoint",
            { event: event.id, endpoint: endpoint.id },
            { more: where },
          )
        : ""
    }
  </article>`;
}

function whatNext({ state, next_at, attempts }: Delivery, here: string) {
  if (state === "held") return html`Held. <a href="/faults">Release it</a> and it goes out.`;
  if (state === "dropped") return "Dropped: this endpoint never hears of it.";
  if (state === "failed") return "No further attempt: the last one failed.";
  if (state === "delivered")
    return attempts.length > 1 ? `It arrived with attempt ${attempts.length}.` : "It arrived.";
  const when = next_at === null ? "soon" : html`at ${machineTime(next_at)} UTC`;
  return html`Attempt ${attempts.length + 1} is due ${when}. <a href="${here}">Look again</a>`;
}

const attemptsTable = (attempts: readonly Attempt[]): Markup =>
  table(
    "Attempts",
    [
      { label: "Attempt", cell: ({ number }) => `#${number}` },
      { label: "When (UTC)", cell: ({ at }) => machineTime(at) },
      { label: "Took", cell: ({ ms }) => `${ms} ms`, figures: true },
      { label: "Status", cell: ({ status }) => answer(status) },
      { label: "Answer", cell: ({ body }) => (body ? html`<code class="excerpt">${body}</code>` : "empty") },
    ],
    attempts,
    "",
  );

function answer(status: number | null) {
  if (status === null) return badge("failed", "no answer");
  return status >= 200 && status < 300 ? badge("delivered", String(status)) : badge("failed", String(status));
}
