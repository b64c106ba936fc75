import { html } from "hono/html";
import type { Entered } from "../billing/checkout/session-discounts";
import { minimumOf } from "../billing/discounts/redemption";
import type { CheckoutSession } from "../objects/checkout-session";
import { promotionCodes } from "../objects/promotion-code";
import { field } from "./card-fields";
import type { Mistakes } from "./card-form";
import type { Markup } from "./layout";

export interface PromotionShown {
  readonly typed: string;
  readonly mistake: string;
}

interface Target {
  readonly action: string;
  readonly method: "get" | "post";
  /** Values that the form has to carry along. */
  readonly hidden?: Readonly<Record<string, string>>;
}

/** A code is entered in a form of its own: applying it pays nothing. */
export function codeForm(target: Target, shown?: PromotionShown): Markup {
  const one = { name: "promotion_code", label: "Promotion code", autocomplete: "off" };
  const mistakes: Mistakes = shown ? { promotion_code: shown.mistake } : {};
  return html`<form class="promotion" method="${target.method}" action="${target.action}" novalidate>
    ${hiddenFields(target)}
    ${field(one, { promotion_code: shown?.typed ?? "" }, mistakes)}
    <button class="plain">Apply</button>
  </form>`;
}

export function appliedCode(code: string, target: Target): Markup {
  return html`<form class="promotion" method="${target.method}" action="${target.action}">
    ${hiddenFields(target)}
    <p>Promotion code <strong>${code}</strong></p>
    <button class="small plain">Remove<span class="unseen"> promotion code ${code}</span></button>
  </form>`;
}

const hiddenFields = ({ hidden = {} }: Target) =>
  Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);

export function promotionBox(session: CheckoutSession, shown?: PromotionShown): Markup | string {
  if (!session.allow_promotion_codes) return "";
  const action = `/c/pay/${session.id}/promotion`;
  const code = promotionCodes.get(session.discounts?.[0]?.promotion_code ?? "")?.code;
  return code
    ? appliedCode(code, { action: `${action}/remove`, method: "post" })
    : codeForm({ action, method: "post" }, shown);
}

/** Checkout's words for a code that does not work here. */
export function refusalText({
  refusal,
  code,
}: Pick<Extract<Entered, { kind: "refused" }>, "refusal" | "code">) {
  if (refusal === "minimum_amount" && code)
    return `This code requires a minimum order of ${minimumOf(code)}.`;
  return WORDS[refusal];
}

const INVALID = "This code is invalid.";
const WORDS = {
  currency: "This code cannot be used in this currency.",
  expired: "This code has expired.",
  inactive: INVALID,
  minimum_amount: INVALID,
  no_effect: "This code does not apply to the items in your order.",
  // Nobody else is told that the code is somebody's.
  other_customer: INVALID,
  prior_transactions: "This code is only valid for first-time customers.",
  used_up: "This code has been redeemed the maximum number of times.",
};
