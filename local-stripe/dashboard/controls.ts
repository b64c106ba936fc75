import { html } from "hono/html";
import { switches, switchValues } from "../billing/switches";
import type { Markup } from "../hosted/layout";
import { events } from "../kit/events";
import { deliveries } from "../webhooks/delivery";
import { button, buttons, controlForm, numberField, selectField, textField } from "./buttons";
import { typesSoFar } from "./events";
import { frame } from "./frame";
import { link } from "./links";
import { latest } from "./listing";
import { type Content, heading, hint, panel } from "./parts";
import { declineForm } from "./play";
import { table } from "./table";
import { troubles } from "./troubles";

/** Types worth disturbing before any event has happened. */
const USUAL =
  `charge.refunded checkout.session.completed customer.subscription.created customer.subscription.deleted
   customer.subscription.updated invoice.paid invoice.payment_failed invoice.payment_succeeded
   payment_intent.succeeded`.split(/\s+/);

export function controlsPage(here: string): Promise<Response> {
  const types = [...new Set([...USUAL, ...typesSoFar()])].sort();
  return frame(
    here,
    "Controls",
    html`${heading("Developers", "Controls")}
      ${hint("Everything that can go otherwise than expected between Stripe and an application. After a restart only what is held and an armed decline are still there.")}
      <datalist id="types">${types.map((type) => html`<option value="${type}"></option>`)}</datalist>
      ${nowPanel(here)}
      <div class="grid">
        ${holdPanel(here)} ${orderPanel(here)} ${lossPanel(here)} ${signaturePanel(here)} ${apiPanel(here)}
        ${panel("The next payment", declineForm(here))}
        ${browserPanel(here)}
      </div>
      ${uncertainPanel(here)}`,
  );
}

function nowPanel(here: string): Markup {
  const all = troubles();
  const calm = html`<p class="empty">Everything is as usual: events are sent at once, several side by side.</p>`;
  const list = html`<ul class="rows">
      ${all.map(
        ({ says, end: [action, fields] }) =>
          html`<li><span>${says}</span> ${button(here, action, "End this", fields, { more: says })}</li>`,
      )}
    </ul>`;
  return panel("Now", all.length === 0 ? calm : list, heldTable(here));
}

const MOST_HELD = 50;

function heldTable(here: string): Markup | string {
  const held = deliveries.where({ state: "held" });
  if (held.length === 0) return "";
  return table(
    "Held deliveries, newest first",
    [
      { label: "Held event", cell: ({ event }) => link(event, events.get(event)?.type) },
      { label: "Endpoint", cell: ({ endpoint }) => link(endpoint) },
      {
        label: "Release",
        cell: ({ event }) => button(here, "release", "Release", { event }, { more: event }),
      },
    ],
    latest(held, MOST_HELD),
    "",
  );
}

const form = (here: string, action: string, label: string, ...fields: Content[]): Markup =>
  controlForm(
    here,
    action,
    {},
    html`<div class="inline">${fields}<button class="plain">${label}</button></div>`,
  );

const typeField = (id: string, label: string) =>
  textField({ id, name: "type", label, list: "types", required: true });

const holdPanel = (here: string) =>
  panel(
    "Hold and release",
    hint(
      "What is held waits. Released, it goes out in the order that is set: an application may not rely on any.",
    ),
    buttons(button(here, "hold", "Hold everything"), button(here, "release", "Release everything")),
    controlForm(
      here,
      "hold",
      {},
      html`<div class="inline">
        ${typeField("hold-type", "Only this type")}
        <button class="plain">Hold</button>
        <button class="plain" formaction="/__local/release">Release</button>
      </div>`,
    ),
  );

const orderPanel = (here: string) =>
  panel(
    "Order",
    hint("For events of one request, and for what is released together."),
    form(
      here,
      "order",
      "Set",
      selectField({ name: "mode", label: "Order" }, [
        ["concurrent", "as usual: side by side"],
        ["fifo", "one at a time, in order"],
        ["reverse", "one at a time, reversed"],
        ["shuffle", "one at a time, shuffled"],
      ]),
      numberField({ name: "seed", label: "Seed" }),
    ),
    hint("The same seed shuffles the same way."),
  );

const lossPanel = (here: string) =>
  panel(
    "Lost, late and more than once",
    form(here, "drop", "Drop", typeField("drop-type", "Drop this type")),
    form(
      here,
      "delay",
      "Delay",
      typeField("delay-type", "Send this type late"),
      numberField({ name: "ms", label: "ms", value: 5000 }),
    ),
    form(
      here,
      "duplicate",
      "Duplicate every event",
      numberField({ id: "duplicates", name: "times", label: "Extra copies" }),
    ),
  );

const signaturePanel = (here: string) =>
  panel(
    "Signatures that do not hold",
    hint("An application has to refuse both. The attempt fails and is made again, correctly."),
    form(
      here,
      "tamper",
      "Change their body",
      numberField({ id: "tampered", name: "times", label: "Next attempts" }),
    ),
    form(
      here,
      "stale_timestamp",
      "Date them ten minutes back",
      numberField({ id: "stale", name: "times", label: "Next attempts" }),
    ),
  );

const apiPanel = (here: string) =>
  panel(
    "The API fails",
    hint("The next requests are refused; or carried out, and the answer is lost."),
    form(
      here,
      "inject",
      "Inject",
      selectField({ name: "status", label: "Answer" }, [
        ["429", "429 Too many requests"],
        ["500", "500 Server error"],
        ["timeout", "none: timeout"],
      ]),
      textField({ name: "path", label: "Requests to", value: "/v1/" }),
      numberField({ id: "faults", name: "times", label: "Times" }),
    ),
  );

const browserPanel = (here: string) =>
  panel(
    "The browser comes back late",
    hint("Webhooks may be there before the customer is."),
    form(
      here,
      "redirect",
      "Set",
      numberField({ name: "delay_ms", label: "ms after a payment", value: 3000 }),
    ),
  );

const WORDS: Readonly<Record<keyof typeof switchValues, string>> = {
  trialPaymentStatus: "payment_status of a session that began a trial",
  portalCardDefault: "A card added in the portal becomes the default of",
  finalizationUpdatesInvoice: "invoice.updated beside invoice.finalized",
  finalizationUpdatesCustomer: "customer.updated when an invoice takes a number",
  pauseUpdatesSubscription: "customer.subscription.updated beside …paused and …resumed",
  disputeUpdatesCharge: "charge.updated when a payment is disputed",
  retries: "A failed payment is tried again",
  afterRetries: "When the last attempt fails, the subscription becomes",
};

const uncertainPanel = (here: string) =>
  panel(
    "Where Stripe is not certain",
    hint("Or is set in Stripe's settings. An application should work with either."),
    html`<div class="grid settings">${Object.entries(switchValues).map(([name, values]) => {
      const key = name as keyof typeof switchValues;
      return controlForm(
        here,
        "switch",
        { name },
        html`<div class="inline">
          ${selectField(
            { id: name, name: "value", label: WORDS[key], value: switches[key] },
            values.map((value) => [value, value.replaceAll("_", " ")]),
          )}<button class="plain">Set<span class="unseen"> ${WORDS[key]}</span></button>
        </div>`,
      );
    })}</div>`,
  );
