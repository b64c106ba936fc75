import { html } from "hono/html";
import { productName } from "../../billing/catalog/names";
import { currentPeriodEnd } from "../../billing/time/subscription-periods";
import type { Subscription } from "../../objects/subscription";
import { day } from "../format";
import { alert, frame } from "./frame";
import type { Portal } from "./session";

const REASONS: Readonly<Record<string, string>> = {
  customer_service: "Customer service was less than expected",
  low_quality: "Quality was less than expected",
  missing_features: "I need more features",
  other: "Other reason",
  switched_service: "I found an alternative",
  too_complex: "Ease of use was less than expected",
  too_expensive: "It's too expensive",
  unused: "I no longer need it",
};

export function cancelView(portal: Portal, subscription: Subscription, refusal?: string): Promise<Response> {
  const { mode, cancellation_reason: asked } = portal.features.subscription_cancel;
  const names = subscription.items.data.map(({ price }) => productName(price)).join(", ");
  const until = day(currentPeriodEnd(subscription));
  return frame(
    portal,
    "Cancel your plan",
    html`<h1>Cancel your plan</h1>
      ${alert(refusal)}
      <form class="panel" method="post" action="${portal.base}/cancel/${subscription.id}">
        <p>${
          mode === "immediately"
            ? `${names} ends at once.`
            : `${names} stays yours until ${until}, and will not renew.`
        }</p>
        ${
          asked.enabled && asked.options.length > 0
            ? html`<div class="field">
                <label for="feedback">Why are you canceling? (optional)</label>
                <select id="feedback" name="feedback">
                  <option value="">No answer</option>
                  ${asked.options.map((option) => html`<option value="${option}">${REASONS[option]}</option>`)}
                </select>
              </div>
              <div class="field">
                <label for="comment">Anything else? (optional)</label>
                <textarea id="comment" name="comment" rows="3" maxlength="1000"></textarea>
              </div>`
            : ""
        }
        <button class="danger">Cancel plan</button>
      </form>`,
  );
}
