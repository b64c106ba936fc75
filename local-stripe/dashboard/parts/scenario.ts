import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import { scenarioProgress } from "../../scenarios/player";
import { shippedScenarios } from "../../scenarios/shipped";
import { controlForm, numberField, selectField } from "./buttons";
import { type Content, hint } from "./elements";

/** Plays a described history, and tells how far it is. */
export function scenarioForms(here: string): Markup {
  const names = Object.keys(shippedScenarios);
  return html`${standing(here)}
    ${controlForm(
      here,
      "scenario",
      {},
      html`<div class="inline">
        ${selectField(
          { name: "name", label: "Scenario" },
          names.map(
            (name) => [name, (JSON.parse(shippedScenarios[name] ?? "") as { name: string }).name] as const,
          ),
        )}
        ${numberField({ name: "seed", label: "Seed" })}
        <button class="main">Play</button>
      </div>`,
    )}
    <details><summary>Describe your own</summary>
      ${controlForm(
        here,
        "scenario",
        {},
        html`<label for="json">As JSON; the README lists every field</label>
          <textarea id="json" name="json" rows="12" spellcheck="false" required>${shippedScenarios[names[0] ?? ""]}</textarea>
          <button class="plain">Play it</button>`,
      )}
    </details>
    ${hint("In an empty Stripe the history ends today; in another one it begins today and the clock goes ahead. No webhook is sent of it, and every event is there.")}`;
}

function standing(here: string): Content {
  const progress = scenarioProgress();
  if (!progress) return "";
  const { name, state, month, months, customers, events, failure } = progress;
  const far = `month ${month} of ${months}, ${customers} customers, ${events} events`;
  if (state === "failed") return hint(`“${name}” was not played to its end, in ${far}: ${failure}`);
  if (state === "played") return hint(`“${name}” was played: ${customers} customers, ${events} events.`);
  return html`<p role="status">Playing “${name}”: ${far}. <a href="${here}">Look again</a></p>`;
}
