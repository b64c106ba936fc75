import { html } from "hono/html";
import type { Mistakes, Values } from "./card-form";
import { countryName } from "./format";
import type { Markup } from "./layout";
import { selectField } from "./select-field";

interface Field {
  readonly name: string;
  readonly label: string;
  readonly autocomplete: string;
  readonly placeholder?: string;
  readonly numeric?: boolean;
  readonly readonly?: boolean;
  readonly optional?: boolean;
  /** Needed in some countries only: neither called optional nor required. */
  readonly perhaps?: boolean;
  readonly longest?: number;
  readonly type?: "email" | "tel";
}

export function field(one: Field, values: Values, mistakes: Mistakes): Markup {
  const mistake = mistakes[one.name];
  return html`<div class="field">
    <label for="${one.name}">${one.label}${one.optional ? " (optional)" : ""}</label>
    <input id="${one.name}" name="${one.name}" value="${values[one.name] ?? ""}"
      type="${one.type ?? "text"}" autocomplete="${one.autocomplete}"
      ${one.longest ? html`maxlength="${one.longest}"` : ""}
      ${one.placeholder ? html`placeholder="${one.placeholder}"` : ""}
      ${one.numeric ? html`inputmode="numeric"` : ""}
      ${one.readonly ? "readonly" : one.optional || one.perhaps ? "" : "required"}
      ${mistake ? html`aria-invalid="true" aria-describedby="${one.name}-wrong"` : ""}>
    ${mistake ? html`<p class="wrong" id="${one.name}-wrong">${mistake}</p>` : ""}
  </div>`;
}

export function cardFields(values: Values, mistakes: Mistakes): Markup {
  const card = (one: Field) => field(one, values, mistakes);
  return html`<fieldset>
    <legend>Card</legend>
    ${card({ name: "number", label: "Card number", autocomplete: "cc-number", numeric: true, placeholder: "1234 1234 1234 1234" })}
    <div class="pair">
      ${card({ name: "expiry", label: "Expiry", autocomplete: "cc-exp", numeric: true, placeholder: "MM / YY" })}
      ${card({ name: "cvc", label: "CVC", autocomplete: "cc-csc", numeric: true, placeholder: "123" })}
    </div>
    ${card({ name: "name", label: "Name on card", autocomplete: "cc-name" })}
    <div class="pair">
      ${selectField({ name: "country", label: "Country", autocomplete: "country", options: COUNTRIES }, { country: "US", ...values }, mistakes)}
      ${card({ name: "zip", label: "ZIP", autocomplete: "postal-code" })}
    </div>
  </fieldset>`;
}

const CODES =
  "US AT AU BE BR CA CH CZ DE DK ES FI FR GB GR HU IE IN IT JP LU MX NL NO NZ PL PT RO SE SG SK ZA".split(
    " ",
  );
const COUNTRIES = CODES.map((code) => [code, countryName(code)] as const);

const CARDS: readonly (readonly [string, string])[] = [
  ["4242 4242 4242 4242", "succeeds"],
  ["4000 0000 0000 0002", "is declined"],
  ["4000 0000 0000 9995", "has insufficient funds"],
  ["4000 0000 0000 0069", "has expired"],
  ["4000 0000 0000 0127", "has a wrong security code"],
  ["4000 0000 0000 0119", "meets a processing error"],
  ["4000 0025 0000 3155", "asks for 3D Secure once"],
  ["4000 0027 6000 3184", "asks for 3D Secure every time"],
  ["4000 0000 0000 0341", "attaches, and every charge is declined"],
  ["4000 0000 0000 0259", "succeeds and is disputed"],
];

export const testCards = html`<details>
  <summary>Test cards</summary>
  <p>Any expiry in the future, any CVC.</p>
  <table>
    <tbody>
      ${CARDS.map(([number, result]) => html`<tr><th scope="row">${number}</th><td>${result}</td></tr>`)}
    </tbody>
  </table>
</details>`;
