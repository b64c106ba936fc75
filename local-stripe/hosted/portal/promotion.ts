import { codeNamed, refusalOf } from "../../billing/discounts/redemption";
import { promotionCodes } from "../../objects/promotion-code";
import type { Subscription } from "../../objects/subscription";
import type { Markup } from "../layout";
import { appliedCode, codeForm, type PromotionShown, refusalText } from "../promotion-box";
import type { PlanChange } from "./actions";

/** A code that a customer typed, or the id of one that a flow or an earlier page named. */
export function readPromotion(
  { customer, currency }: Subscription,
  typed: string,
): Pick<PlanChange, "promotionCode"> & { readonly refused?: PromotionShown } {
  if (!typed) return {};
  const code = promotionCodes.get(typed) ?? codeNamed(typed, customer);
  // Nobody knows beforehand what a plan will have cost in the end, so no minimum can be met.
  const refusal = code ? refusalOf(code, { customer, currency, amount: null }) : "inactive";
  if (code && !refusal) return { promotionCode: code.id };
  return {
    refused: { typed: code?.code ?? typed, mistake: refusalText({ refusal: refusal ?? "inactive" }) },
  };
}

export function promotionPart(confirm: string, change: PlanChange, refused?: PromotionShown): Markup {
  const hidden = { price: change.price, quantity: String(change.quantity) };
  const target = { action: confirm, method: "get", hidden } as const;
  const code = promotionCodes.get(change.promotionCode ?? "")?.code;
  return code ? appliedCode(code, target) : codeForm(target, refused);
}
