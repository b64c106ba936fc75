import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import { events } from "../../kit/events";
import { endpointSecrets, type WebhookEndpoint } from "../../objects/webhook-endpoint";
import { type Delivery, deliveries } from "../../webhooks/delivery";
import { button, buttons } from "../parts/buttons";
import { badge, code, facts, heading, machineTime, metadataFact, panel, time } from "../parts/elements";
import { stateOf } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { link, rawJson } from "../parts/links";
import { listing, pager, type Query } from "../parts/listing";
import { table } from "../parts/table";
import { secretsOf, wanted } from "./webhooks";

export function webhookPage(endpoint: WebhookEndpoint, query: Query, here: string): Promise<Response> {
  const { id, url, status } = endpoint;
  const sent = listing(deliveries.all(), query, (delivery) => delivery.endpoint === id);
  const rolled = (endpointSecrets.get(id)?.secrets.length ?? 0) > 1;
  return frame(
    here,
    url,
    html`${heading("Webhook endpoint", url, badge(status))}
      ${buttons(
        status === "enabled"
          ? button(here, "endpoint", "Disable", { endpoint: id, status: "disabled" })
          : button(here, "endpoint", "Enable", { endpoint: id, status: "enabled" }, { look: "main" }),
        button(here, "roll_secret", "Roll the secret", { endpoint: id }),
        button(here, "roll_secret", "Roll it and let the old one go", { endpoint: id, expires_in: 0 }),
        button("/webhooks", "endpoint/delete", "Delete", { endpoint: id }, { look: "danger" }),
      )}
      ${facts([
        ["Id", code(id)],
        ["Secret", secretsOf(id)],
        [
          "",
          rolled
            ? "The upper secret is the new one. Until the old one expires, a day after rolling, both sign."
            : null,
        ],
        ["Events", wanted(endpoint.enabled_events)],
        ["API version", endpoint.api_version ?? "the account's"],
        ["Description", endpoint.description],
        ["Created", html`${time(endpoint.created)} UTC`],
        ["Metadata", metadataFact(endpoint.metadata)],
      ])}
      ${panel("Deliveries", deliveriesTable(sent.rows), pager(`/webhooks/${id}`, sent))}
      ${rawJson(endpoint)}`,
  );
}

const deliveriesTable = (rows: readonly Delivery[]): Markup =>
  table(
    "Deliveries, newest first",
    [
      { label: "Event", cell: ({ event }: Delivery) => link(event, events.get(event)?.type) },
      { label: "State", cell: (delivery) => badge(stateOf(delivery)) },
      { label: "Attempts", cell: ({ attempts }) => attempts.length, figures: true },
      { label: "Last answer", cell: ({ attempts }) => lastAnswer(attempts.at(-1)) },
      {
        label: "When (UTC)",
        cell: ({ attempts }) => (attempts.length > 0 ? machineTime(attempts.at(-1)?.at ?? 0) : "–"),
      },
    ],
    rows,
    "Nothing has been sent there.",
  );

function lastAnswer(attempt: Delivery["attempts"][number] | undefined) {
  if (!attempt) return "–";
  return attempt.status === null ? attempt.body : String(attempt.status);
}
