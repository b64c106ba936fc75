import { html } from "hono/html";
import type { Entered } from "../billing/checkout-discounts";
import { minimumOf } from "../billing/redemption";
import type { CheckoutSession } from "../objects/checkout-session";
import { promotionCodes } from "../objects/promotion-code";
import { field } from "./card-fields";
import type { Markup } from "./layout";

export interface PromotionShown {
  readonly typed: string;
  readonly mistake: string;
}

/** Where a code is entered or taken off again. It is a form of its own: applying a code pays nothing. */
export function promotionBox(session: CheckoutSession, shown?: PromotionShown): Markup | string {
  if (!session.allow_promotion_codes) return "";
  const path = `/c/pay/${session.id}/promotion`;
  const code = promotionCodes.get(session.discounts?.[0]?.promotion_code ?? "")?.code;
  if (code) {
    return html`<form class="promotion" method="post" action="${path}/remove">
      <p>Promotion code <strong>${code}</strong></p>
      <button class="small plain" aria-label="Remove promotion code ${code}">Remove</button>
    </form>`;
  }
  const one = { name: "promotion_code", label: "Promotion code", autocomplete: "off" };
  return html`<form class="promotion" method="post" action="${path}" novalidate>
    ${field(one, { promotion_code: shown?.typed ?? "" }, shown ? { promotion_code: shown.mistake } : {})}
    <button class="plain">Apply</button>
  </form>`;
}

/** Checkout's words for a code that does not work here. */
export function refusalText({ refusal, code }: Extract<Entered, { kind: "refused" }>): string {
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
  // Whose code it is concerns nobody else.
  other_customer: INVALID,
  prior_transactions: "This code is only valid for first-time customers.",
  used_up: "This code has been redeemed the maximum number of times.",
};
