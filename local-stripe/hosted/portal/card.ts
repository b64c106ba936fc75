import { html } from "hono/html";
import { cardFields, testCards } from "../card-fields";
import type { Mistakes, Values } from "../card-form";
import { alert, frame } from "./frame";
import type { Portal } from "./session";

export function cardView(
  portal: Portal,
  values: Values,
  mistakes: Mistakes,
  refusal?: string,
): Promise<Response> {
  return frame(
    portal,
    "Add a payment method",
    html`<h1>Add a payment method</h1>
      ${alert(refusal)}
      <form class="panel" method="post" action="${portal.base}/card" novalidate>
        ${cardFields(values, mistakes)}
        <p class="hint">It becomes the card that is charged from now on.</p>
        <button>Save card</button>
      </form>
      ${testCards}`,
  );
}
