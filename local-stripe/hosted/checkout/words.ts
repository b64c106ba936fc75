import { html } from "hono/html";
import type { Markup } from "../layout";

const LINK = /\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

/** The shop's own words, in which links are written as in Markdown (https://docs.stripe.com/payments/checkout/custom-components). */
export function linked(message: string): Markup {
  const parts: (Markup | string)[] = [];
  let read = 0;
  for (const match of message.matchAll(LINK)) {
    const [whole, label = "", href = ""] = match;
    parts.push(
      message.slice(read, match.index),
      html`<a href="${href}" target="_blank" rel="noopener">${label}</a>`,
    );
    read = match.index + whole.length;
  }
  return html`${parts}${message.slice(read)}`;
}

export const words = (text: { readonly message: string } | null): Markup | string =>
  text ? html`<p class="hint words">${linked(text.message)}</p>` : "";
