import { html } from "hono/html";
import { cadence, costText, productName } from "../../billing/catalog/names";
import { amountOf, formatAmount } from "../../billing/money/amounts";
import { currentPeriodEnd } from "../../billing/time/subscription-periods";
import { account } from "../../kit/account";
import { invoices } from "../../objects/invoice";
import { paymentMethods } from "../../objects/payment-method";
import { isMetered } from "../../objects/price";
import { billedPrice, type Subscription } from "../../objects/subscription";
import { day, methodName } from "../format";
import type { Markup } from "../layout";
import { chargedCard, liveSubscriptions, preview } from "./actions";
import { alert, frame } from "./frame";
import { comingPlan } from "./scheduled";
import type { Portal } from "./session";

export function homeView(portal: Portal, refusal?: unknown): Promise<Response> {
  const { features, business } = portal;
  return frame(
    portal,
    "Billing",
    html`<h1>Billing</h1>
      ${business.headline ? html`<p class="hint">${business.headline}</p>` : ""}
      ${alert(typeof refusal === "string" ? refusal : undefined)}
      ${subscriptionsPanel(portal)}
      ${features.payment_method_update.enabled ? cardsPanel(portal) : ""}
      ${features.customer_update.enabled ? detailsPanel(portal) : ""}
      ${features.invoice_history.enabled ? invoicesPanel(portal) : ""}`,
    false,
  );
}

function subscriptionsPanel(portal: Portal): Markup {
  const current = liveSubscriptions(portal);
  return html`<section class="panel" aria-labelledby="plan">
    <h2 id="plan">Current plan</h2>
    ${current.length === 0 ? html`<p class="hint">You have no subscription.</p>` : ""}
    ${current.map((subscription) => plan(portal, subscription))}
  </section>`;
}

/** A customer who is billed by usage can only leave (https://docs.stripe.com/customer-management#limitations). */
const usesMeters = ({ items }: Subscription) => items.data.some(({ price }) => isMetered(price));

function plan({ base, features }: Portal, subscription: Subscription): Markup {
  const ends = subscription.cancel_at !== null;
  const coming = comingPlan(subscription);
  return html`<article class="plan">
    ${subscription.items.data.map((item) => {
      const price = billedPrice(subscription, item);
      const quantity = item.quantity ?? 1;
      const cost = isMetered(price)
        ? `${costText(price)} each, billed`
        : formatAmount(amountOf(price, quantity), price.currency);
      return html`<h3>${productName(price)}${quantity > 1 ? ` × ${quantity}` : ""}</h3>
        <p class="price">${cost} per ${cadence(price)}</p>`;
    })}
    <p class="hint">${standingOf(subscription)}</p>
    ${coming ? html`<p class="hint"><span class="badge">Scheduled</span> Your plan changes to ${coming.names} on ${day(coming.at)}.</p>` : ""}
    <div class="actions">
      ${
        features.subscription_update.enabled && !ends && !usesMeters(subscription)
          ? html`<a class="button" href="${base}/update/${subscription.id}">Update plan</a>`
          : ""
      }
      ${
        features.subscription_update.enabled && coming
          ? html`<form method="post" action="${base}/keep-current/${subscription.id}"><button>Keep current plan</button></form>`
          : ""
      }
      ${
        features.subscription_cancel.enabled && ends
          ? html`<form method="post" action="${base}/keep/${subscription.id}"><button>Don't cancel</button></form>`
          : ""
      }
      ${
        features.subscription_cancel.enabled && !ends
          ? html`<a class="button plain" href="${base}/cancel/${subscription.id}">Cancel plan</a>`
          : ""
      }
    </div>
  </article>`;
}

function standingOf(subscription: Subscription): Markup | string {
  if (subscription.cancel_at !== null) return `Your plan ends on ${day(subscription.cancel_at)}.`;
  if (subscription.status === "past_due" || subscription.status === "unpaid") {
    const open = invoices.where({ subscription: subscription.id, status: "open" })[0];
    const link = open?.hosted_invoice_url;
    return html`Your last payment failed. ${link ? html`<a href="${link}">Pay the open invoice</a>` : ""}`;
  }
  if (subscription.status === "paused") return "Your plan is paused.";
  const next = preview(subscription);
  const when = day(currentPeriodEnd(subscription));
  const trial = subscription.status === "trialing" ? `Your trial ends on ${when}. ` : "";
  return `${trial}Your next invoice is for ${formatAmount(next.amount_due, next.currency)}, on ${when}.`;
}

function cardsPanel(portal: Portal): Markup {
  const { base, customer } = portal;
  const charged = chargedCard(portal);
  return html`<section class="panel" aria-labelledby="cards">
    <h2 id="cards">Payment methods</h2>
    <ul class="rows">
      ${paymentMethods.where({ customer: customer.id }).map(
        (method) => html`<li>
          <span>${methodName(method)}
            ${method.card ? html`<small>Expires ${method.card.exp_month}/${method.card.exp_year}</small>` : ""}
          </span>
          ${
            method.id === charged
              ? html`<span class="badge">Default</span>`
              : html`<span class="actions">
                  <form method="post" action="${base}/cards/${method.id}/default">
                    <button class="small plain">Make default<span class="unseen"> ${methodName(method)}</span></button>
                  </form>
                  <form method="post" action="${base}/cards/${method.id}/remove">
                    <button class="small plain">Remove<span class="unseen"> ${methodName(method)}</span></button>
                  </form>
                </span>`
          }
        </li>`,
      )}
    </ul>
    <p><a href="${base}/card">Add a payment method</a></p>
  </section>`;
}

function detailsPanel({ base, customer }: Portal): Markup {
  const { address } = customer;
  const place = [address?.line1, address?.line2, address?.postal_code, address?.city, address?.country];
  const rows = [
    ["Name", customer.name],
    ["Email", customer.email],
    ["Address", place.filter(Boolean).join(", ")],
    ["Phone", customer.phone],
  ];
  return html`<section class="panel" aria-labelledby="details">
    <h2 id="details">Billing information</h2>
    <dl class="facts">
      ${rows.filter(([, value]) => value).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
    </dl>
    <p><a href="${base}/details">Update information</a></p>
  </section>`;
}

function invoicesPanel({ customer }: Portal): Markup {
  const issued = invoices.where({ customer: customer.id }).filter(({ status }) => status !== "draft");
  return html`<section class="panel" aria-labelledby="invoices">
    <h2 id="invoices">Invoice history</h2>
    ${issued.length === 0 ? html`<p class="hint">There are no invoices from ${account.name} yet.</p>` : ""}
    <ul class="rows">
      ${issued.reverse().map(
        (invoice) => html`<li>
          <span><a href="${invoice.hosted_invoice_url}">${invoice.number}</a> <small>${day(invoice.created)}</small></span>
          <span class="end">${formatAmount(invoice.total, invoice.currency)}
            <span class="badge ${invoice.status}">${invoice.status}</span>
            <a href="${invoice.invoice_pdf}">PDF<span class="unseen"> of ${invoice.number}</span></a></span>
        </li>`,
      )}
    </ul>
  </section>`;
}
