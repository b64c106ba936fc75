import { html } from "hono/html";
import { needsMethod } from "../../billing/checkout/submission";
import { trialEnd } from "../../billing/checkout/totals";
import { account } from "../../kit/account";
import { type CheckoutSession, checkoutPlans, type LineItem } from "../../objects/checkout-session";
import type { Mistakes, Values } from "../card-form";
import { type Markup, page } from "../layout";
import { type PromotionShown, promotionBox } from "../promotion-box";
import { addressFields } from "./billing-address";
import { consents, reuseAgreement } from "./consents";
import { contactFields } from "./contact";
import { customFields, defaultAnswers } from "./custom-fields";
import { isEmbedded } from "./embedded";
import { methodChoice, methodHelp } from "./method-choice";
import { nameFields } from "./names";
import { optionalItems } from "./optional-items";
import { shippingChoice } from "./shipping-choice";
import { shippingFields } from "./shipping-fields";
import { summary } from "./summary";
import { words } from "./words";

interface Shown {
  readonly values: Values;
  readonly mistakes: Mistakes;
  /** The bank's words. */
  readonly refusal?: string;
  readonly promotion?: PromotionShown;
}

export function checkoutView(session: CheckoutSession, shown: Shown): Promise<Response> {
  const { lineItems } = checkoutPlans.must(session.id);
  const title = titleOf(session, lineItems);
  const content = html`<div class="checkout">
    <section class="summary" aria-labelledby="title">
      ${session.cancel_url ? html`<a class="back" href="${session.cancel_url}">← Back</a>` : ""}
      <p class="shop">${account.name}</p>
      <h1 id="title">${title}</h1>
      ${summary(session)}
      ${shippingChoice(session)}
      ${optionalItems(session)}
      ${promotionBox(session, shown.promotion)}
    </section>
    <section class="payment" aria-labelledby="payment">
      <h2 id="payment">${needsMethod(session) ? "Payment details" : "Your details"}</h2>
      ${form(session, shown)}
      ${needsMethod(session) ? methodHelp(session) : ""}
    </section>
  </div>`;
  return page(`${title} · ${account.name}`, content, 200, isEmbedded(session));
}

function form(session: CheckoutSession, { values: typed, mistakes, refusal }: Shown): Markup {
  const values = { ...defaultAnswers(session), ...typed };
  const { after_submit, submit } = session.custom_text;
  const wrong =
    refusal ?? (Object.keys(mistakes).length > 0 ? "Please correct the fields marked below." : "");
  return html`<form method="post" action="/c/pay/${session.id}" novalidate>
    ${wrong ? html`<p class="alert" role="alert">${wrong}</p>` : ""}
    ${contactFields(session, values, mistakes)}
    ${nameFields(session, values, mistakes)}
    ${shippingFields(session, values, mistakes)}
    ${needsMethod(session) ? methodChoice(session, values, mistakes) : ""}
    ${addressFields(session, values, mistakes)}
    ${customFields(session, values, mistakes)}
    ${consents(session, values, mistakes)}
    ${needsMethod(session) ? reuseAgreement(session) : ""}
    ${words(submit)}
    <button type="submit">${submitLabel(session)}</button>
    ${words(after_submit)}
  </form>`;
}

const PAY_LABELS: Readonly<Record<string, string>> = {
  book: "Book",
  donate: "Donate",
  pay: "Pay",
  subscribe: "Subscribe",
};

function submitLabel(session: CheckoutSession): string {
  if (session.mode === "setup") return "Save payment method";
  const asked = PAY_LABELS[session.submit_type ?? "auto"];
  if (session.mode === "payment") return asked ?? "Pay";
  return trialEnd(session.id) === null ? (asked ?? "Subscribe") : "Start trial";
}

function titleOf(session: CheckoutSession, lineItems: readonly LineItem[]): string {
  const [first] = lineItems;
  if (session.mode === "setup" || !first) return "Save a payment method";
  const name = lineItems.length === 1 ? first.description : `${lineItems.length} items`;
  if (session.mode === "payment") return `Pay for ${name}`;
  return trialEnd(session.id) === null ? `Subscribe to ${name}` : `Try ${name}`;
}
