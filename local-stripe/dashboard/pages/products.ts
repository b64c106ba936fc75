import { html } from "hono/html";
import { cadence, costText, productName } from "../../billing/catalog/names";
import type { Markup } from "../../hosted/layout";
import { type Price, prices } from "../../objects/price";
import { type Product, products } from "../../objects/product";
import { button, buttons } from "../parts/buttons";
import { badge, code, heading, hint } from "../parts/elements";
import { frame } from "../parts/frame";
import { link } from "../parts/links";
import { listing, pager, type Query } from "../parts/listing";
import { table } from "../parts/table";

export function productsPage(query: Query, here: string): Promise<Response> {
  const found = listing(products.all(), query);
  return frame(
    here,
    "Products",
    html`${heading("Billing", "Products")}
      ${hint("A price can be bought right here, as a customer would: its checkout is a page of this Stripe.")}
      ${
        found.rows.length === 0
          ? html`<p class="empty">No products yet. ${button(here, "seed", "Seed a small catalog and its customers")}</p>`
          : found.rows.map((product) => withPrices(product, here))
      }
      ${pager("/products", found)}`,
  );
}

const withPrices = (product: Product, here: string): Markup =>
  html`<article class="panel">
    <h2>${link(product.id, product.name)} ${product.active ? "" : badge("canceled", "archived")}</h2>
    ${pricesTable(product, here)}
  </article>`;

/** `Pro, $20.00 / month`. */
const priceName = (price: Price): string => `${productName(price)}, ${costText(price)} / ${cadence(price)}`;

export const pricesTable = ({ id, name }: Product, here: string): Markup =>
  table(
    `Prices of ${name}`,
    [
      { label: "Price", cell: (price: Price) => link(price.id, `${costText(price)} / ${cadence(price)}`) },
      { label: "Lookup key", cell: ({ lookup_key }) => (lookup_key ? code(lookup_key) : "–") },
      { label: "State", cell: ({ active }) => (active ? badge("active") : badge("canceled", "archived")) },
      {
        label: "Buy",
        cell: (price) =>
          price.active
            ? button(
                here,
                "checkout",
                "Open a checkout",
                { price: price.id },
                { more: `for ${priceName(price)}` },
              )
            : "–",
      },
    ],
    prices.where({ product: id }),
    "No prices.",
  );

const MOST_PRICES = 6;

/** A checkout of each price that renews, with the customer already known. */
export const subscribeButtons = (customer: string, here: string, name: string): Markup =>
  buttons(
    prices
      .where({ type: "recurring", active: true })
      .slice(0, MOST_PRICES)
      .map((price) =>
        button(
          here,
          "checkout",
          `Subscribe to ${priceName(price)}`,
          { price: price.id, customer },
          { more: `for ${name}` },
        ),
      ),
  );
