import { invalid } from "../../kit/errors";
import { find } from "../../kit/lookup";
import { type CheckoutSession, checkoutPlans, type LineItem } from "../../objects/checkout-session";
import { priceIn, prices } from "../../objects/price";
import { inTimeOf } from "../../objects/test-clock";
import { lineItem } from "./line-items";
import { discountSession, dropStaleDiscount, wantedOf } from "./session-discounts";
import type { Given } from "./session-params";

export type OptionalItem = NonNullable<CheckoutSession["optional_items"]>[number];

/** A customer may add these (type: the comment of `Stripe.Checkout.SessionCreateParams.optional_items`). */
export function makeOptionalItems(given: Given, currency: string | null): OptionalItem[] {
  return (given.optional_items ?? []).map((item, position) => {
    const param = `optional_items[${position}][price]`;
    const price = find(prices, item.price, param);
    if (!priceIn(price, currency ?? price.currency)) {
      throw invalid("All prices on a Checkout Session must use the same currency.", { param });
    }
    if (price.recurring && given.mode === "payment") {
      throw invalid("You specified `payment` mode but passed a recurring price.", { param });
    }
    if (given.line_items?.some((one) => one.price === price.id)) {
      throw invalid(`The price ${price.id} is in \`line_items\` already.`, { param });
    }
    const adjustable = item.adjustable_quantity;
    return {
      adjustable_quantity: adjustable?.enabled
        ? { enabled: true, maximum: adjustable.maximum ?? 99, minimum: adjustable.minimum ?? 0 }
        : null,
      price: price.id,
      quantity: item.quantity,
    };
  });
}

/** Offered, and not in the order yet. */
export function offeredItems({ id, optional_items }: CheckoutSession): OptionalItem[] {
  const { lineItems } = checkoutPlans.must(id);
  return (optional_items ?? []).filter(({ price }) => !lineItems.some((item) => item.price?.id === price));
}

export const isOptional = ({ optional_items }: CheckoutSession, { price }: LineItem): boolean =>
  (optional_items ?? []).some((item) => item.price === price?.id);

/** The session with one more item; undefined when it is not offered. */
export function addItem(session: CheckoutSession, price: string): CheckoutSession | undefined {
  const offered = offeredItems(session).find((item) => item.price === price);
  if (!offered) return undefined;
  const { billingCycleAnchor: anchor } = checkoutPlans.must(session.id).subscriptionData;
  const found = find(prices, price);
  const wanted = {
    price: found,
    currency: session.currency ?? found.currency,
    quantity: Math.max(1, offered.quantity),
    adjustable: offered.adjustable_quantity,
    anchor: found.recurring ? anchor : null,
    metadata: {},
  };
  return changeItems(session, (items) => [...items, lineItem(wanted, "price")]);
}

export function removeItem(session: CheckoutSession, id: string): CheckoutSession | undefined {
  const { lineItems } = checkoutPlans.must(session.id);
  const item = lineItems.find((one) => one.id === id);
  if (!item || !isOptional(session, item)) return undefined;
  return changeItems(session, (items) => items.filter((one) => one.id !== id));
}

function changeItems(session: CheckoutSession, change: (items: readonly LineItem[]) => LineItem[]) {
  return inTimeOf(session.customer, () => {
    const plan = checkoutPlans.must(session.id);
    checkoutPlans.put({ ...plan, lineItems: change(plan.lineItems) });
    return dropStaleDiscount(session) ?? discountSession(session, wantedOf(session));
  });
}
