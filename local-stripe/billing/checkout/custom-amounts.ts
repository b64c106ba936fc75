import { LARGEST_AMOUNT } from "../../kit/params";
import { type CheckoutSession, checkoutPlans, type LineItem } from "../../objects/checkout-session";
import type { Price } from "../../objects/price";
import { inTimeOf } from "../../objects/test-clock";
import { soldPrice } from "./line-items";
import { discountSession } from "./session-discounts";

type Custom = NonNullable<Price["custom_unit_amount"]>;

/** Its customer says how much; undefined where the shop has said it. */
export function customAmountOf(item: LineItem): Custom | undefined {
  return soldPrice(item)?.custom_unit_amount ?? undefined;
}

/** True while nobody has said how much: neither the shop by a preset, nor the customer. */
export function awaitsAmount({ id }: CheckoutSession): boolean {
  const { lineItems } = checkoutPlans.must(id);
  return lineItems.some((item) => item.amount_subtotal === 0 && customAmountOf(item) !== undefined);
}

/** The session with the amount that its customer wants to pay; undefined when that is not offered. */
export function chooseAmount(session: CheckoutSession, amount: number): CheckoutSession | undefined {
  const plan = checkoutPlans.must(session.id);
  const [item] = plan.lineItems;
  const custom = item && customAmountOf(item);
  if (!custom || !Number.isInteger(amount)) return undefined;
  if (amount < Math.max(1, custom.minimum ?? 0)) return undefined;
  if (amount > (custom.maximum ?? LARGEST_AMOUNT)) return undefined;
  return inTimeOf(session.customer, () => {
    checkoutPlans.put({ ...plan, lineItems: [{ ...item, amount_subtotal: amount, amount_total: amount }] });
    return discountSession(session, null);
  });
}
