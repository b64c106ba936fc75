import { html } from "hono/html";
import { endpointSecrets, type WebhookEndpoint, webhookEndpoints } from "../../objects/webhook-endpoint";
import { controlForm, textField } from "../parts/buttons";
import { badge, code, heading, hint, panel } from "../parts/elements";
import { frame } from "../parts/frame";
import { link } from "../parts/links";
import { listing, pager, type Query } from "../parts/listing";
import { table } from "../parts/table";

export function webhooksPage(query: Query, here: string): Promise<Response> {
  const found = listing(webhookEndpoints.all(), query);
  return frame(
    here,
    "Webhooks",
    html`${heading("Developers", "Webhook endpoints")}
      ${hint("Secrets are shown because this is a test tool. A body is signed as HMAC-SHA-256 over the timestamp, a full stop and the body, with the whole secret.")}
      ${table(
        "Webhook endpoints, newest first",
        [
          { label: "Endpoint", cell: ({ id, url }: WebhookEndpoint) => link(id, url) },
          { label: "State", cell: ({ status }) => badge(status) },
          { label: "Events", cell: ({ enabled_events }) => wanted(enabled_events) },
          { label: "Secret", cell: ({ id }) => secretsOf(id) },
        ],
        found.rows,
        "No endpoint: nobody is told of events.",
      )}
      ${pager("/webhooks", found)}
      ${panel(
        "Add an endpoint",
        controlForm(
          here,
          "endpoint/create",
          {},
          html`<div class="inline">
            ${textField({ name: "url", label: "Address that takes every event", value: "http://", required: true })}
            <button class="plain">Add</button>
          </div>`,
        ),
        hint(
          "One that shall take only some events is created through the API; one that shall outlive a reset is given as ",
          code("WEBHOOK_URL"),
          " when Local Stripe starts.",
        ),
      )}`,
  );
}

export const wanted = (types: readonly string[]) =>
  types.includes("*") ? "all" : types.map((type) => html`<div>${type}</div>`);

export const secretsOf = (id: string) =>
  endpointSecrets.get(id)?.secrets.map((secret) => html`<div>${code(secret)}</div>`) ?? "–";
