import { html } from "hono/html";
import { formatAmount } from "../../billing/money/amounts";
import type { Markup } from "../../hosted/layout";

export type Content = Markup | string | number | readonly Content[];

const plainUtc = (milliseconds: number, length: 10 | 19) =>
  new Date(milliseconds).toISOString().slice(0, length).replace("T", " ");

/** `2026-03-04 17:00:09`, in UTC like all of Stripe's times; hovering shows the seconds that the API gives. */
export function time(seconds: number | null | undefined): Content {
  if (seconds === null || seconds === undefined) return "–";
  return html`<time datetime="${new Date(seconds * 1000).toISOString()}" title="${seconds}">${plainUtc(seconds * 1000, 19)}</time>`;
}

/** For the machine's own moments, which count in milliseconds. */
export const machineTime = (milliseconds: number): Content => time(Math.floor(milliseconds / 1000));

export const date = (seconds: number): Content =>
  html`<time datetime="${new Date(seconds * 1000).toISOString()}" title="${seconds}">${plainUtc(seconds * 1000, 10)}</time>`;

export const money = (amount: number, currency: string): Content =>
  html`<span class="money">${formatAmount(amount, currency)} <small>${currency.toUpperCase()}</small></span>`;

const GOOD = new Set(
  "active paid succeeded delivered enabled complete ready available won refunded".split(" "),
);
const BAD = new Set(
  "failed canceled unpaid void uncollectible dropped lost disabled expired incomplete_expired past_due disputed".split(
    " ",
  ),
);

/** A status in words; its colour only repeats them. */
export function badge(status: string | null | undefined, words = status?.replaceAll("_", " ")): Content {
  if (!status) return "–";
  const tone = GOOD.has(status) ? "good" : BAD.has(status) ? "bad" : "open";
  return html`<span class="badge ${tone}">${words}</span>`;
}

export const code = (text: string): Content => html`<code>${text}</code>`;

export type Fact = readonly [label: string, value: Content | null | undefined];

const isSaid = (value: Content): boolean => value !== "" && !(Array.isArray(value) && value.length === 0);

/** Labels with values; what has no value is left out. */
export function facts(rows: readonly Fact[]): Markup {
  const told = rows.filter(([, value]) => value !== null && value !== undefined && isSaid(value));
  return html`<dl class="facts">
    ${told.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

const slug = (title: string) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-");

export function panel(title: string, ...content: Content[]): Markup {
  const id = slug(title);
  return html`<section class="panel" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section>`;
}

export const hint = (...content: Content[]): Markup => html`<p class="hint">${content}</p>`;

/** A page's subject in one line, with its buttons beside it. */
export const heading = (kind: string, name: Content, ...state: Content[]): Markup =>
  html`<header class="heading">
    <p class="kind">${kind}</p>
    <h1>${name}</h1>
    ${state.some(isSaid) ? html`<p class="state">${state}</p>` : ""}
  </header>`;

export function metadataFact(metadata: Readonly<Record<string, string>> | null) {
  const entries = Object.entries(metadata ?? {});
  return entries.length === 0 ? null : entries.map(([key, value]) => html`<div>${code(key)} ${value}</div>`);
}
