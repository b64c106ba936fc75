import { html } from "hono/html";
import { endpointSecrets, type WebhookEndpoint, webhookEndpoints } from "../objects/webhook-endpoint";
import { frame } from "./frame";
import { link } from "./links";
import { listing, pager, type Query } from "./listing";
import { badge, code, heading, hint } from "./parts";
import { table } from "./table";

export function webhooksPage(query: Query, here: string): Promise<Response> {
  const found = listing(webhookEndpoints.all(), query);
  return frame(
    here,
    "Webhooks",
    html`${heading("Developers", "Webhook endpoints")}
      ${table(
        "Webhook endpoints, newest first",
        [
          { label: "Endpoint", cell: ({ id, url }: WebhookEndpoint) => link(id, url) },
          { label: "State", cell: ({ status }) => badge(status) },
          { label: "Events", cell: ({ enabled_events }) => wanted(enabled_events) },
          { label: "Secret", cell: ({ id }) => secretsOf(id) },
        ],
        found.rows,
        html`No endpoint: nobody is told of events. Start Local Stripe with ${code("WEBHOOK_URL=http://…")}, or create
          one through the API.`,
      )}
      ${pager("/webhooks", found)}
      ${hint("Secrets are shown because this is a test tool. A body is signed as HMAC-SHA-256 over the timestamp, a full stop and the body, with the whole secret.")}`,
  );
}

export const wanted = (types: readonly string[]) =>
  types.includes("*") ? "all" : types.map((type) => html`<div>${type}</div>`);

export const secretsOf = (id: string) =>
  endpointSecrets.get(id)?.secrets.map((secret) => html`<div>${code(secret)}</div>`) ?? "–";
