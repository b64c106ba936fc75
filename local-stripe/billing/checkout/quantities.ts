import { type CheckoutSession, checkoutPlans, type LineItem } from "../../objects/checkout-session";
import { inTimeOf } from "../../objects/test-clock";
import { itemAmount, soldPrice } from "./line-items";
import { discountSession, dropStaleDiscount, wantedOf } from "./session-discounts";

/**
 * The least and the most of an item that a customer may choose; undefined where the shop has fixed it. Nobody orders
 * nothing.
 */
export function choiceOf({ adjustable_quantity: adjustable }: LineItem) {
  if (!adjustable?.enabled) return undefined;
  return { least: Math.max(1, adjustable.minimum ?? 0), most: adjustable.maximum ?? 99 };
}

/** The session with another quantity of one item, as its customer chose; undefined when it is not offered. */
export function chooseQuantity(
  session: CheckoutSession,
  item: string,
  quantity: number,
): CheckoutSession | undefined {
  const plan = checkoutPlans.must(session.id);
  const chosen = plan.lineItems.find(({ id }) => id === item);
  const choice = chosen && choiceOf(chosen);
  if (!choice || !Number.isInteger(quantity)) return undefined;
  if (quantity < choice.least || quantity > choice.most) return undefined;
  const { billingCycleAnchor: anchor } = plan.subscriptionData;
  return inTimeOf(session.customer, () => {
    const price = soldPrice(chosen);
    const amount = price ? itemAmount(price, quantity, anchor) : chosen.amount_subtotal;
    const changed = { ...chosen, quantity, amount_subtotal: amount, amount_total: amount };
    const lineItems = plan.lineItems.map((one) => (one === chosen ? changed : one));
    checkoutPlans.put({ ...plan, lineItems });
    // A code may ask for a minimum that the order no longer meets.
    return dropStaleDiscount(session) ?? discountSession(session, wantedOf(session));
  });
}
