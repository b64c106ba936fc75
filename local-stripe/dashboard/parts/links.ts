import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import { dereference } from "../../kit/store";
import { charges } from "../../objects/charge";
import type { Content } from "./elements";

const PAGES: readonly (readonly [prefix: string, path: string])[] = [
  ["cus_", "/customers/"],
  // Before the subscriptions, whose ids begin likewise.
  ["sub_sched_", "/schedules/"],
  ["sub_", "/subscriptions/"],
  ["pi_", "/payments/"],
  ["in_", "/invoices/"],
  ["prod_", "/products/"],
  ["mtr_", "/meters/"],
  ["evt_", "/events/"],
  ["we_", "/webhooks/"],
  ["clock_", "/test-clocks/"],
  ["req_", "/logs/"],
];

/** The page that shows an object; kinds without a page of their own share one. */
export function pathOf(id: string): string {
  const intent = id.startsWith("ch_") ? charges.get(id)?.payment_intent : undefined;
  if (intent) return `${pathOf(intent)}#${id}`;
  const page = PAGES.find(([prefix]) => id.startsWith(prefix));
  return `${page?.[1] ?? "/objects/"}${encodeURIComponent(id)}`;
}

/** An id as a link; under another name where one says more. */
export function link(id: string | null | undefined, name?: string | null): Content {
  if (!id) return "–";
  return html`<a class="${name ? "" : "id"}" href="${pathOf(id)}">${name || id}</a>`;
}

const ID = /^[a-z]+(?:_test|_sched)?_[A-Za-z0-9]+$/;

/** True if a value is the id of something; of a coupon only its field's name can tell, for their ids are chosen. */
export const isReference = (value: string, field: string): boolean =>
  (field === "coupon" || ID.test(value)) && dereference(value, field) !== undefined;

/** A sentence, in which every id of something that exists is a link. */
export const linked = (sentence: string): Content =>
  sentence.split(/\b([a-z]+_\w+)/).map((part) => (isReference(part, "") ? link(part) : part));

/** JSON as the API writes it, with every id of something that exists as a link. */
export function json(value: unknown): Markup {
  const parts = JSON.stringify(value, null, 2).split(/("(?:[^"\\]|\\.)*")/);
  return html`<pre class="json" tabindex="0">${parts.map((part, at) => {
    const text = part.slice(1, -1);
    const field = parts[at - 1] === ": " ? (parts[at - 2] ?? "").slice(1, -1) : "";
    if (!part.startsWith('"') || !isReference(text, field)) return part;
    return html`"<a href="${pathOf(text)}">${text}</a>"`;
  })}</pre>`;
}

/** The object as the API answers it, folded away. */
export const rawJson = (value: unknown, title = "JSON, as the API answers it"): Markup =>
  html`<details class="raw"><summary>${title}</summary>${json(value)}</details>`;
