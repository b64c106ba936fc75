import { readFileSync } from "node:fs";
import { html } from "hono/html";

export type Markup = ReturnType<typeof html>;

export const stylesheet = readFileSync(new URL("./pages.css", import.meta.url), "utf8");

const HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  // No `form-action`: browsers apply it to the redirect after a payment, which leads to the shop.
  "Content-Security-Policy":
    "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** A whole page. Everything on it works without scripts, and nothing comes from elsewhere. */
export async function page(title: string, content: Markup, status = 200): Promise<Response> {
  const document = await html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <link rel="stylesheet" href="/assets/pages.css">
    <link rel="icon" href="data:,">
  </head>
  <body>
    <header class="mode"><p><strong>Local test mode</strong>: no real card is charged</p></header>
    <main>${content}</main>
  </body>
</html>`;
  // A copy: the server writes each answer's length into the headers that it is given.
  return new Response(String(document), { status, headers: { ...HEADERS } });
}

/** A page that only says something. */
export function notice(title: string, text: string, status = 200, link?: { href: string; label: string }) {
  const content = html`<section class="notice">
    <h1>${title}</h1>
    <p>${text}</p>
    ${link ? html`<p><a href="${link.href}">${link.label}</a></p>` : ""}
  </section>`;
  return page(title, content, status);
}

export const redirect = (to: string) => new Response(null, { status: 303, headers: { Location: to } });
