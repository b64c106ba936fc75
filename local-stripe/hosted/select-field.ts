import { html } from "hono/html";
import type { Mistakes, Values } from "./card-form";
import type { Markup } from "./layout";

interface Select {
  readonly name: string;
  readonly label: string;
  readonly autocomplete: string;
  /** Each with what is shown. */
  readonly options: readonly (readonly [value: string, shown: string])[];
  readonly optional?: boolean;
}

export function selectField(one: Select, values: Values, mistakes: Mistakes): Markup {
  const mistake = mistakes[one.name];
  return html`<div class="field">
    <label for="${one.name}">${one.label}${one.optional ? " (optional)" : ""}</label>
    <select id="${one.name}" name="${one.name}" autocomplete="${one.autocomplete}"
      ${mistake ? html`aria-invalid="true" aria-describedby="${one.name}-wrong"` : ""}>
      ${one.options.map(
        ([value, shown]) =>
          html`<option value="${value}" ${value === values[one.name] ? "selected" : ""}>${shown}</option>`,
      )}
    </select>
    ${mistake ? html`<p class="wrong" id="${one.name}-wrong">${mistake}</p>` : ""}
  </div>`;
}
