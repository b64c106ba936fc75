import { html } from "hono/html";
import type { Product } from "../../objects/product";
import { badge, code, facts, heading, metadataFact, panel, time } from "../parts/elements";
import { eventsAbout } from "../parts/event-rows";
import { frame } from "../parts/frame";
import { link, rawJson } from "../parts/links";
import { pricesTable } from "./products";

export function productPage(product: Product, here: string): Promise<Response> {
  return frame(
    here,
    product.name,
    html`${heading("Product", product.name, product.active ? badge("active") : badge("canceled", "archived"))}
      ${facts([
        ["Id", code(product.id)],
        ["Description", product.description],
        ["Features", product.marketing_features.map((feature) => feature.name).join(", ")],
        ["Default price", product.default_price ? link(String(product.default_price)) : null],
        ["Created", html`${time(product.created)} UTC`],
        ["Metadata", metadataFact(product.metadata)],
      ])}
      ${panel("Prices", pricesTable(product, here))}
      ${eventsAbout(product.id)}
      ${rawJson(product)}`,
  );
}
