import { html } from "hono/html";
import { account } from "../../kit/account";
import { type CheckoutSession, checkoutPlans } from "../../objects/checkout-session";
import type { Mistakes, Values } from "../card-form";
import type { Markup } from "../layout";
import { linked } from "./words";

const TERMS = "consent[terms_of_service]";
const PROMOTIONS = "consent[promotions]";

/** The customer's agreement, which is theirs to give: nothing is ticked for them. */
export function consents(session: CheckoutSession, values: Values, mistakes: Mistakes): Markup {
  const { promotions, terms_of_service } = session.consent_collection ?? {};
  const terms = session.custom_text.terms_of_service_acceptance?.message;
  return html`
    ${promotions === "auto" ? checkbox(PROMOTIONS, `Get updates and offers from ${account.name}`, values, mistakes) : ""}
    ${terms_of_service === "required" ? checkbox(TERMS, linked(terms ?? `I agree to the terms of service of ${account.name}`), values, mistakes) : ""}`;
}

function checkbox(name: string, label: Markup | string, values: Values, mistakes: Mistakes): Markup {
  const mistake = mistakes[name];
  return html`<div class="field">
    <label class="check">
      <input type="checkbox" name="${name}" value="yes" ${values[name] ? "checked" : ""}
        ${mistake ? html`aria-invalid="true" aria-describedby="${name}-wrong"` : ""}>
      <span>${label}</span>
    </label>
    ${mistake ? html`<p class="wrong" id="${name}-wrong">${mistake}</p>` : ""}
  </div>`;
}

export const readConsents = (values: Values) => ({
  promotions: Boolean(values[PROMOTIONS]),
  termsAccepted: Boolean(values[TERMS]),
});

/** A customer whose card is used again is told so, unless the shop does it in its own words. */
export function reuseAgreement(session: CheckoutSession): Markup | string {
  const { setup_future_usage } = checkoutPlans.must(session.id).paymentIntentData;
  const isReused = session.mode !== "payment" || setup_future_usage !== null;
  const { position } = session.consent_collection?.payment_method_reuse_agreement ?? {};
  if (!isReused || position === "hidden") return "";
  return html`<p class="hint words">You allow ${account.name} to charge you for future payments in accordance with
    their terms.</p>`;
}
