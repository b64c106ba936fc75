import { html } from "hono/html";
import { productName } from "../../billing/catalog/names";
import { isOptional, offeredItems } from "../../billing/checkout/optional-items";
import { amountOf, formatAmount } from "../../billing/money/amounts";
import type { CheckoutSession, LineItem } from "../../objects/checkout-session";
import { priceIn, prices } from "../../objects/price";
import type { Markup } from "../layout";

/** The items on offer beside the order, each added by a form of its own. */
export function optionalItems(session: CheckoutSession): Markup | string {
  const offered = offeredItems(session);
  if (offered.length === 0) return "";
  return html`<h2 class="offers">Add to your order</h2>
    <ul class="rows">
      ${offered.map((item) => {
        const named = prices.must(item.price);
        const price = priceIn(named, session.currency ?? named.currency) ?? named;
        const name = productName(price);
        const each = formatAmount(amountOf(price, Math.max(1, item.quantity)), price.currency);
        return html`<li>
          <span>${name} <small>${each}${price.recurring ? ` every ${price.recurring.interval}` : ""}</small></span>
          <form method="post" action="/c/pay/${session.id}/items/add">
            <input type="hidden" name="price" value="${price.id}">
            <button class="small plain">Add<span class="unseen"> ${name}</span></button>
          </form>
        </li>`;
      })}
    </ul>`;
}

export function removal(session: CheckoutSession, item: LineItem): Markup | string {
  if (!isOptional(session, item)) return "";
  return html`<form class="quantity" method="post" action="/c/pay/${session.id}/items/remove">
    <input type="hidden" name="item" value="${item.id}">
    <button class="small plain">Remove<span class="unseen"> ${item.description}</span></button>
  </form>`;
}
