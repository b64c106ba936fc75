import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import { type Customer, customers } from "../../objects/customer";
import { subscriptions } from "../../objects/subscription";
import type { TestClock } from "../../objects/test-clock";
import { badge, code, facts, heading, time } from "../parts/elements";
import { eventsAbout } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { link, rawJson } from "../parts/links";
import { customerName, subscriptionsTable } from "../parts/tables";
import { subscribeButtons } from "./products";
import { advances } from "./test-clocks";

export function testClockPage(clock: TestClock, here: string): Promise<Response> {
  const { id, name, status } = clock;
  return frame(
    here,
    name ?? id,
    html`${heading("Test clock", name ?? id, badge(status))}
      ${status === "advancing" ? html`<p>It is on its way. <a href="${here}">Look again</a></p>` : advances(clock, here)}
      ${facts([
        ["Id", code(id)],
        ["Stands at", html`${time(clock.frozen_time)} UTC`],
        ["Created", html`${time(clock.created)} UTC`],
        ["Deleted by itself", html`${time(clock.deletes_after)} UTC`],
      ])}
      ${customers.where({ test_clock: id }).map((customer) => customerPanel(customer, here))}
      ${eventsAbout(id)}
      ${rawJson(clock)}`,
  );
}

function customerPanel(customer: Customer, here: string): Markup {
  const own = subscriptions.where({ customer: customer.id });
  return html`<article class="panel">
    <h2>${link(customer.id, customerName(customer))}</h2>
    ${subscriptionsTable(`Subscriptions of ${customerName(customer)}`, own, "Not subscribed to anything.")}
    ${subscribeButtons(customer.id, here, customerName(customer))}
  </article>`;
}
