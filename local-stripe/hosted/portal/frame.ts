import { html } from "hono/html";
import { account } from "../../kit/account";
import { type Markup, page } from "../layout";
import type { Portal } from "./session";

/** Every page of the portal stands in this frame. A task leads back to the portal, the portal to the shop. */
export function frame(portal: Portal, title: string, content: Markup, task = true): Promise<Response> {
  const { session, base, business } = portal;
  const back = task
    ? html`<a href="${base}/home">← Billing overview</a>`
    : session.return_url
      ? html`<a href="${session.return_url}">← Return to ${account.name}</a>`
      : "";
  return page(
    `${title} · ${account.name}`,
    html`<div class="sheet">
      <p class="back">${back}</p>
      <p class="shop">${account.name}</p>
      ${content}
      ${legal(business)}
    </div>`,
  );
}

function legal({
  privacy_policy_url: privacy,
  terms_of_service_url: terms,
}: Portal["business"]): Markup | string {
  if (!privacy && !terms) return "";
  return html`<footer class="legal">
    ${terms ? html`<a href="${terms}">Terms</a>` : ""} ${privacy ? html`<a href="${privacy}">Privacy</a>` : ""}
  </footer>`;
}

export const alert = (message: string | undefined): Markup | string =>
  message ? html`<p class="alert" role="alert">${message}</p>` : "";
