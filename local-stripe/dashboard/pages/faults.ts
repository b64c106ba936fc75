import { html } from "hono/html";
import { switches, switchValues } from "../../billing/behavior/switches";
import type { Markup } from "../../hosted/layout";
import { events } from "../../kit/events";
import { deliveries } from "../../webhooks/delivery";
import { button, controlForm, selectField } from "../parts/buttons";
import { heading, hint, panel } from "../parts/elements";
import {
  apiPanel,
  browserPanel,
  holdPanel,
  lossPanel,
  orderPanel,
  signaturePanel,
} from "../parts/fault-forms";
import { faultsInForce } from "../parts/faults";
import { frame } from "../parts/frame";
import { link, linked } from "../parts/links";
import { latest } from "../parts/listing";
import { declineForm } from "../parts/play";
import { table } from "../parts/table";
import { typesSoFar } from "./events";

/** Types of event for which a fault may be set before any has happened. */
const USUAL =
  `charge.refunded checkout.session.completed customer.subscription.created customer.subscription.deleted
   customer.subscription.updated invoice.paid invoice.payment_failed invoice.payment_succeeded
   payment_intent.succeeded`.split(/\s+/);

export function faultsPage(here: string): Promise<Response> {
  const types = [...new Set([...USUAL, ...typesSoFar()])].sort();
  return frame(
    here,
    "Faults",
    html`${heading("Developers", "Faults")}
      ${hint("Everything that can go otherwise than expected between Stripe and an application. After a restart only what is held and an armed decline are still there.")}
      <datalist id="types">${types.map((type) => html`<option value="${type}"></option>`)}</datalist>
      ${nowPanel(here)}
      <div class="grid">
        ${holdPanel(here)} ${orderPanel(here)} ${lossPanel(here)} ${signaturePanel(here)} ${apiPanel(here)}
        ${panel("The next payment", declineForm(here))}
        ${browserPanel(here)}
      </div>
      ${switchesPanel(here)}`,
  );
}

function nowPanel(here: string): Markup {
  const all = faultsInForce();
  const none = html`<p class="empty">Everything is as usual: events are sent at once, several side by side.</p>`;
  const list = html`<ul class="rows">
      ${all.map(
        ({ says, end: [action, fields] }) =>
          html`<li><span>${linked(says)}</span> ${button(here, action, "End this", fields, { more: says })}</li>`,
      )}
    </ul>`;
  return panel("Now", all.length === 0 ? none : list, heldTable(here));
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

const switchesPanel = (here: string) =>
  panel(
    "Switches",
    hint(
      "No faults: Stripe is not certain here, or its settings decide. An application should work with either.",
    ),
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
