import { html } from "hono/html";
import { cadence, costText, productName } from "../../billing/catalog/names";
import { formatAmount } from "../../billing/money/amounts";
import { currentPeriodEnd } from "../../billing/time/subscription-periods";
import { isMetered, type Price, priceIn, prices } from "../../objects/price";
import { products } from "../../objects/product";
import { billedPrice, type Subscription } from "../../objects/subscription";
import { field } from "../card-fields";
import type { Values } from "../card-form";
import { day } from "../format";
import type { Markup } from "../layout";
import type { PromotionShown } from "../promotion-box";
import { type PlanChange, previewChange } from "./actions";
import { alert, frame } from "./frame";
import { promotionPart, readPromotion } from "./promotion";
import { previewScheduled, waitsForPeriodEnd } from "./scheduled";
import type { Portal } from "./session";

/** The prices one may change to: those of the configuration, or without a list the whole catalog. */
function offered({ features }: Portal, subscription: Subscription): Price[] {
  const listed = features.subscription_update.products ?? [];
  const all =
    listed.length > 0
      ? listed
          .flatMap((product) => product.prices.flatMap((id) => prices.get(id) ?? []))
          .filter(({ active }) => active)
      : prices
          .where({ active: true, type: "recurring" })
          .filter(({ product }) => products.get(product)?.active);
  return all
    .filter((price) => !isMetered(price))
    .flatMap((price) => priceIn(price, subscription.currency) ?? []);
}

const allows = ({ features }: Portal, what: "price" | "quantity" | "promotion_code") =>
  features.subscription_update.default_allowed_updates.includes(what);

const priceText = (price: Price) => `${costText(price)} per ${cadence(price)}`;

export function chooseView(portal: Portal, subscription: Subscription): Promise<Response> {
  const item = subscription.items.data[0];
  const current = item?.price.id;
  const choices = allows(portal, "price")
    ? offered(portal, subscription)
    : item
      ? [billedPrice(subscription, item)]
      : [];
  return frame(
    portal,
    "Update your plan",
    html`<h1>Update your plan</h1>
      <form class="panel" method="get" action="${portal.base}/update/${subscription.id}/confirm">
        <fieldset>
          <legend>Plans</legend>
          ${choices.map(
            (price) => html`<label class="choice">
              <input type="radio" name="price" value="${price.id}" required ${price.id === current ? "checked" : ""}>
              <span>${productName(price)} <small>${priceText(price)}</small></span>
              ${price.id === current ? html`<span class="badge">Current</span>` : ""}
            </label>`,
          )}
        </fieldset>
        ${
          allows(portal, "quantity")
            ? field(
                { name: "quantity", label: "Quantity", autocomplete: "off", numeric: true },
                { quantity: String(item?.quantity ?? 1) },
                {},
              )
            : ""
        }
        <button>Continue</button>
      </form>`,
  );
}

/** A product may have limits of its own. */
function fits({ features }: Portal, price: string, quantity: number): boolean {
  const product = features.subscription_update.products?.find((one) => one.prices.includes(price));
  if (!product) return true;
  const { enabled, minimum, maximum } = product.adjustable_quantity;
  return enabled && quantity >= minimum && quantity <= (maximum ?? Infinity);
}

export interface WantedChange extends PlanChange {
  /** A promotion code that cannot be used for it. */
  readonly refused?: PromotionShown;
}

/** Undefined when what was asked for is not offered, or changes nothing. */
export function readChange(
  portal: Portal,
  subscription: Subscription,
  values: Values,
): WantedChange | undefined {
  const item = subscription.items.data[0];
  if (!item || isMetered(item.price)) return undefined;
  const price = values.price || item.price.id;
  const quantity = allows(portal, "quantity")
    ? Number(values.quantity || item.quantity)
    : (item.quantity ?? 1);
  const offers = allows(portal, "price") && offered(portal, subscription).some(({ id }) => id === price);
  if (price !== item.price.id && !offers) return undefined;
  if (!Number.isSafeInteger(quantity) || quantity < 1) return undefined;
  if (quantity !== item.quantity && !fits(portal, price, quantity)) return undefined;
  if (price === item.price.id && quantity === item.quantity) return undefined;
  const typed = allows(portal, "promotion_code") ? (values.promotion_code ?? "") : "";
  return { item: item.id, price, quantity, ...readPromotion(subscription, typed) };
}

export function confirmView(
  portal: Portal,
  subscription: Subscription,
  change: WantedChange,
  refusal?: string,
): Promise<Response> {
  const path = `${portal.base}/update/${subscription.id}`;
  const named = prices.must(change.price);
  const price = priceIn(named, subscription.currency) ?? named;
  return frame(
    portal,
    "Confirm your updates",
    html`<h1>Confirm your updates</h1>
      ${alert(refusal)}
      <section class="panel">
        <h2>${productName(price)}${change.quantity > 1 ? ` × ${change.quantity}` : ""}</h2>
        <p class="price">${priceText(price)}</p>
        ${amounts(portal, subscription, change)}
        ${allows(portal, "promotion_code") ? promotionPart(`${path}/confirm`, change, change.refused) : ""}
        <form method="post" action="${path}">
          <input type="hidden" name="price" value="${change.price}">
          <input type="hidden" name="quantity" value="${change.quantity}">
          <input type="hidden" name="promotion_code" value="${change.promotionCode ?? ""}">
          <button>Confirm</button>
        </form>
      </section>`,
  );
}

function amounts(portal: Portal, subscription: Subscription, change: PlanChange): Markup {
  const waits = waitsForPeriodEnd(portal, subscription, change);
  const next = waits ? previewScheduled(subscription, change) : previewChange(portal, subscription, change);
  const money = (amount: number) => formatAmount(amount, next.currency);
  const off = (next.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const { proration_behavior, billing_cycle_anchor, trial_update_behavior } =
    portal.features.subscription_update;
  const now =
    !waits &&
    (proration_behavior === "always_invoice" ||
      billing_cycle_anchor === "now" ||
      (subscription.status === "trialing" && trial_update_behavior === "end_trial"));
  return html`${waits ? html`<p class="hint">Your plan stays as it is until ${day(currentPeriodEnd(subscription))}, and changes then.</p>` : ""}
  <dl class="lines">
    ${next.lines.data.map((line) => html`<div><dt>${line.description}</dt><dd>${money(line.amount)}</dd></div>`)}
    ${off > 0 ? html`<div><dt>Discount</dt><dd>−${money(off)}</dd></div>` : ""}
    <div class="total">
      <dt>${now ? "Amount due today" : `Due on ${day(next.period_end)}`}</dt><dd>${money(next.amount_due)}</dd>
    </div>
  </dl>`;
}
