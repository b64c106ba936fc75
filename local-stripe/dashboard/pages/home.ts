import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import { API_VERSION, account } from "../../kit/account";
import { events } from "../../kit/events";
import { isFailed, loggedRequests } from "../../kit/request-log";
import { customers } from "../../objects/customer";
import { invoices } from "../../objects/invoice";
import { paymentIntents } from "../../objects/payment-intent";
import { subscriptions } from "../../objects/subscription";
import { endpointSecrets, type WebhookEndpoint, webhookEndpoints } from "../../objects/webhook-endpoint";
import { deliveries } from "../../webhooks/delivery";
import { button, buttons } from "../parts/buttons";
import { badge, code, facts, heading, hint, panel } from "../parts/elements";
import { eventsTable, stateOf } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { link } from "../parts/links";
import { latest } from "../parts/listing";
import { clockControls, declineForm } from "../parts/play";
import { scenarioForms } from "../parts/scenario";
import { paymentsTable } from "../parts/tables";

const MOST_ROWS = 8;

export function homePage(here: string): Promise<Response> {
  return frame(
    here,
    "Home",
    html`${heading("Stripe on this machine", account.name)}
      ${counts()}
      ${tryThis(here)}
      <div class="grid">
        ${apiPanel()}
        ${panel("Clock", clockControls(here))}
        ${panel("The next payment", declineForm(here))}
        ${webhooksPanel()}
        ${panel("A history", scenarioForms(here))}
      </div>
      ${panel(
        "Recent events",
        eventsTable(
          "Recent events",
          latest(events.all(), MOST_ROWS),
          "No events yet. Something has to happen first.",
        ),
        html`<p><a href="/events">All events</a></p>`,
      )}
      ${panel(
        "Recent payments",
        paymentsTable("Recent payments", latest(paymentIntents.all(), MOST_ROWS), "Nobody has paid yet."),
        html`<p><a href="/payments">All payments</a></p>`,
      )}
      ${startOver(here)}`,
  );
}

function tally<T>(rows: Iterable<T>, of: (row: T) => string): string {
  const numbers = new Map<string, number>();
  for (const row of rows) numbers.set(of(row), (numbers.get(of(row)) ?? 0) + 1);
  return [...numbers].map(([name, number]) => `${number} ${name.replaceAll("_", " ")}`).join(", ");
}

function counts(): Markup {
  const requests = loggedRequests();
  const failed = requests.filter(isFailed).length;
  const rows = [
    ["/customers", "Customers", customers.size, ""],
    [
      "/subscriptions",
      "Subscriptions",
      subscriptions.size,
      tally(subscriptions.oldestFirst(), ({ status }) => status),
    ],
    ["/invoices", "Invoices", invoices.size, tally(invoices.oldestFirst(), ({ status }) => status ?? "")],
    ["/events", "Events", events.size, ""],
    ["/logs", "Requests", requests.length, failed ? `${failed} failed` : ""],
    ["/events", "Deliveries", deliveries.size, tally(deliveries.oldestFirst(), stateOf)],
  ] as const;
  return html`<ul class="counts">
    ${rows.map(
      ([path, label, number, more]) =>
        html`<li><a href="${path}">${label}</a> <strong>${number}</strong> <small>${more}</small></li>`,
    )}
  </ul>`;
}

function tryThis(here: string): Markup {
  const shop = shopOrigin();
  return html`<details class="panel try" ${customers.size === 0 ? html`open` : ""}>
    <summary><h2>The life of a subscription, in six steps</h2></summary>
    <ol>
      <li>Fill it with a small catalog and five customers. ${button(here, "seed", "Seed", {}, { look: "main" })}</li>
      <li>Subscribe yourself: open a checkout from <a href="/products">a product</a>${
        shop ? html`, or subscribe in the application at <a href="${shop}">${shop}</a>` : ""
      }. Pay with ${code("4242 4242 4242 4242")}, any future expiry and any CVC.</li>
      <li>See what it set off: <a href="/events">every event</a>, with what was sent and what was answered.</li>
      <li>Advance to the renewal. ${button(here, "clock/next_renewal", "To the next renewal")}
        A new invoice is drawn up, finalized an hour later, and the card is charged.</li>
      <li>Let a renewal fail: arm ${code("insufficient_funds")} and advance once more.
        ${button(here, "fail_next_payment", "Arm insufficient_funds", { code: "insufficient_funds" })}</li>
      <li>Watch dunning: <a href="/subscriptions?status=past_due">past due</a>, it is tried again after days.
        ${button(here, "clock/next", "To the next due work")} When all attempts fail, the subscription is canceled.</li>
    </ol>
  </details>`;
}

/** The address of the application that listens to our webhooks. */
function shopOrigin(): string | undefined {
  const enabled = webhookEndpoints.all().find(({ status }) => status === "enabled");
  const url = enabled && URL.canParse(enabled.url) ? new URL(enabled.url) : undefined;
  return url?.protocol.startsWith("http") ? url.origin : undefined;
}

function apiPanel(): Markup {
  const { hostname, port } = new URL(account.origin);
  return panel(
    "API",
    facts([
      ["Origin", code(account.origin)],
      ["Key", html`${code("sk_test_local")} <small>any key that begins with sk_test_ works</small>`],
      ["Version", code(API_VERSION)],
    ]),
    hint("The official library talks to it as it would to Stripe:"),
    html`<pre class="json" tabindex="0">new Stripe("sk_test_local", {
  host: "${hostname}", port: ${port}, protocol: "http",
})</pre>`,
  );
}

function webhooksPanel(): Markup {
  const all = webhookEndpoints.all();
  const none = html`<p class="empty">No endpoint: nobody is told. <a href="/webhooks">Add one</a></p>`;
  return panel("Webhook endpoints", all.length === 0 ? none : all.slice(0, MOST_ROWS).map(endpointFacts));
}

const endpointFacts = ({ id, url, status }: WebhookEndpoint): Markup =>
  facts([
    ["Endpoint", html`${link(id, url)} ${badge(status)}`],
    ["Secret", endpointSecrets.get(id)?.secrets.map(code)],
  ]);

const startOver = (here: string): Markup =>
  html`<details class="panel">
    <summary>Start over</summary>
    ${hint("Deletes every object, event and delivery, and sets the clock back to this machine's. There is no way back.")}
    ${buttons(button(here, "reset", "Delete everything", {}, { look: "danger" }))}
  </details>`;
