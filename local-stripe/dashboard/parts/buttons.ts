import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import type { Content } from "./elements";

export type Fields = Readonly<Record<string, string | number | undefined>>;

/** A control of `/__local/` as a form: it needs no script, and afterwards one is where one was. */
export function controlForm(here: string, action: string, fields: Fields, content: Content): Markup {
  const hidden = Object.entries({ ...fields, back: here }).filter(([, value]) => value !== undefined);
  return html`<form method="post" action="/__local/${action}">
    ${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
    ${content}
  </form>`;
}

type Look = "main" | "plain" | "danger";

/** A form that is only its button; `more` tells apart buttons that look the same. */
export const button = (
  here: string,
  action: string,
  label: string,
  fields: Fields = {},
  { look = "plain", more = "" }: { look?: Look; more?: string } = {},
): Markup =>
  controlForm(
    here,
    action,
    fields,
    html`<button class="${look}">${label}${more ? html`<span class="unseen"> ${more}</span>` : ""}</button>`,
  );

export const buttons = (...forms: Content[]): Markup => html`<div class="buttons">${forms}</div>`;

interface Entry {
  readonly name: string;
  readonly label: string;
  readonly value?: string | number;
  readonly hint?: string;
  readonly list?: string;
  readonly required?: boolean;
  /** Forms that repeat on a page need ids of their own. */
  readonly id?: string;
}

export function textField({ name, label, value = "", list, required, id = name }: Entry): Markup {
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <input id="${id}" name="${name}" value="${value}" autocomplete="off" spellcheck="false"
      ${list ? html`list="${list}"` : ""} ${required ? html`required` : ""}>
  </div>`;
}

export function numberField({ name, label, value = 1, id = name }: Entry): Markup {
  return html`<div class="field short">
    <label for="${id}">${label}</label>
    <input id="${id}" name="${name}" type="number" min="0" step="1" value="${value}" required>
  </div>`;
}

export type Option = readonly [value: string, label: string];

export function selectField(
  { name, label, value = "", id = name }: Entry,
  options: readonly Option[],
): Markup {
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <select id="${id}" name="${name}">
      ${options.map(
        ([option, words]) =>
          html`<option value="${option}" ${option === value ? html`selected` : ""}>${words}</option>`,
      )}
    </select>
  </div>`;
}
