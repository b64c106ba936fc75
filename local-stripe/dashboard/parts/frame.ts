import { readFileSync } from "node:fs";
import { html } from "hono/html";
import { baseStyles, type Markup, respond } from "../../hosted/layout";
import { account } from "../../kit/account";
import { wallTime } from "../../kit/clock";
import { button } from "./buttons";
import { type Content, heading, time } from "./elements";
import { faultsInForce } from "./faults";
import { linked } from "./links";

export const styles = `${baseStyles}\n${readFileSync(new URL("../dashboard.css", import.meta.url), "utf8")}`;

const NAVIGATION = [
  ["/", "Home"],
  ["/events", "Events"],
  ["/logs", "Requests"],
  ["/faults", "Faults"],
  ["/customers", "Customers"],
  ["/subscriptions", "Subscriptions"],
  ["/payments", "Payments"],
  ["/invoices", "Invoices"],
  ["/products", "Products"],
  ["/coupons", "Coupons"],
  ["/taxes", "Taxes"],
  ["/meters", "Meters"],
  ["/webhooks", "Webhooks"],
  ["/test-clocks", "Test clocks"],
] as const;

/** Every page stands in this frame. `here` is its own address: for the navigation, and for buttons to lead back to. */
export function frame(here: string, title: string, content: Content, status = 200): Promise<Response> {
  const body = html`<a class="skip" href="#content">Skip to the content</a>
    <header class="top">
      <p class="brand"><a href="/">Local Stripe</a> <span class="badge open">test mode</span></p>
      <p class="clock"><span class="unseen">The clock says</span> ${time(wallTime())} UTC</p>
      <form class="find" method="get" action="/find" role="search">
        <label class="unseen" for="find">Find an id or an e-mail address</label>
        <input id="find" name="id" placeholder="cus_… or an e-mail" autocomplete="off" spellcheck="false" required>
        <button class="plain">Find</button>
      </form>
    </header>
    <nav class="navigation" aria-label="Main"><ul>${NAVIGATION.map(([path, label]) => entry(here, path, label))}</ul></nav>
    <main id="content" tabindex="-1">${banner(here)}${content}</main>`;
  // A button leads back to its page or on to a hosted one; the address may have been typed with another host.
  const policy = `form-action 'self' ${account.origin}`;
  return respond({
    title: `${title} · Local Stripe`,
    styles: "/assets/dashboard.css",
    body,
    status,
    policy,
  });
}

function entry(here: string, path: string, label: string): Markup {
  const [pathname = ""] = here.split("?");
  const current = pathname === path ? "page" : path !== "/" && pathname.startsWith(`${path}/`) ? "true" : "";
  return html`<li><a href="${path}" ${current ? html`aria-current="${current}"` : ""}>${label}</a></li>`;
}

/** The rest is on the page that ends them. */
const MOST_FAULTS = 5;

function banner(here: string): Markup | string {
  const all = faultsInForce();
  if (all.length === 0) return "";
  return html`<aside class="banner" aria-label="Not as usual">
    <div>
      <p><strong>Not as usual</strong></p>
      <ul>${all.slice(0, MOST_FAULTS).map(({ says }) => html`<li>${linked(says)}</li>`)}</ul>
      ${all.length > MOST_FAULTS ? html`<p><a href="/faults">and ${all.length - MOST_FAULTS} more</a></p>` : ""}
    </div>
    ${button(here, "clear_faults", "Back to normal", {}, { look: "main" })}
  </aside>`;
}

export function notFound(here: string, id?: string): Promise<Response> {
  return frame(
    here,
    "Not found",
    html`${heading("404", "Not found")}
      <p>${
        id
          ? html`There is no <code>${id}</code> here. After a reset, ids from before are gone.`
          : "The page you were looking for could not be found."
      }</p>
      <p><a href="/">Back to the start</a></p>`,
    404,
  );
}

/** Says what a button could not do. */
export const refusedPage = (back: string, why: string): Promise<Response> =>
  frame(
    back,
    "That cannot be done",
    html`${heading("Refused", "That cannot be done")}<p>${linked(why)}</p><p><a href="${back}">Back</a></p>`,
    400,
  );
