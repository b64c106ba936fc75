import { readFileSync } from "node:fs";
import { html } from "hono/html";

export type Markup = ReturnType<typeof html>;

/** Colours and the bare elements, which the dashboard has in common with the hosted pages. */
export const baseStyles = readFileSync(new URL("./base.css", import.meta.url), "utf8");
export const stylesheet = `${baseStyles}\n${readFileSync(new URL("./pages.css", import.meta.url), "utf8")}`;

// No `form-action`: browsers apply it to the redirect after a payment, which leads to the shop.
const POLICY = "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none'";

/** An embedded Checkout is shown in a page of the shop, and tells it by a script how tall it is and when it is over. */
const FRAMED = "script-src 'self'; frame-ancestors http://127.0.0.1:* http://localhost:*";
const ALONE = "frame-ancestors 'none'";

interface Sheet {
  readonly title: string;
  readonly styles: string;
  readonly body: Markup;
  readonly status: number;
  /** Added to the content security policy. */
  readonly policy?: string;
  /** True for a page that may be shown in a frame of another page on this machine. */
  readonly framed?: boolean;
}

/** A whole page. Every form on it works without scripts, and nothing comes from elsewhere. */
export async function respond({
  title,
  styles,
  body,
  status,
  policy,
  framed = false,
}: Sheet): Promise<Response> {
  const document = await html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <link rel="stylesheet" href="${styles}">
    <link rel="icon" href="data:,">
    ${framed ? html`<script src="/assets/frame.js" defer></script>` : ""}
  </head>
  <body ${framed ? html`class="framed"` : ""}>
    ${body}
  </body>
</html>`;
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": [POLICY, framed ? FRAMED : ALONE, policy].filter(Boolean).join("; "),
    "Cache-Control": "no-store",
    // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    ...(framed ? {} : { "X-Frame-Options": "DENY" }),
  };
  return new Response(String(document), { status, headers });
}

/** A page for the shop's customers. */
export function page(title: string, content: Markup, status = 200, framed = false): Promise<Response> {
  const body = html`<header class="mode"><p><strong>Local test mode</strong>: no real card is charged</p></header>
    <main>${content}</main>`;
  return respond({ title, styles: "/assets/pages.css", body, status, framed });
}

interface Link {
  readonly href: string;
  readonly label: string;
}

/** A page that only says something. */
export function notice(title: string, text: string, status = 200, link?: Link, framed = false) {
  const content = html`<section class="notice">
    <h1>${title}</h1>
    <p>${text}</p>
    ${link ? html`<p><a href="${link.href}">${link.label}</a></p>` : ""}
  </section>`;
  return page(title, content, status, framed);
}

export const redirect = (to: string) => new Response(null, { status: 303, headers: { Location: to } });
