import { Hono } from "hono";
import { html } from "hono/html";
import { portalSessions, portalUrl } from "../objects/billing-portal";
import { subscriptions } from "../objects/subscription";
import { notice, page } from "./layout";

/** The Customer Portal. So far it shows the plan and leads back. */
export const portalPage = new Hono();

portalPage.get("/p/session/:token", (c) => {
  const session = portalSessions.where({ url: portalUrl(c.req.param("token")) })[0];
  if (!session) return notice("This link has expired", "Please return to the shop and start again.", 404);
  const current = subscriptions.where({ customer: session.customer });
  return page(
    "Billing · Local Stripe",
    html`<section class="notice">
      <h1>Billing</h1>
      ${current.map((subscription) => html`<p>${subscription.id}: ${subscription.status}</p>`)}
      ${session.return_url ? html`<p><a href="${session.return_url}">Return to the shop</a></p>` : ""}
    </section>`,
  );
});
