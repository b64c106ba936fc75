import { updateSubscription } from "../billing/actions/subscription-updates";
import { hasEnded, refuseEndedSubscription } from "../billing/subscriptions/cancellation";
import { readSubscriptionChange, type Updated } from "../billing/subscriptions/orders";
import { itemParams, paymentBehavior, prorationBehavior } from "../billing/subscriptions/params";
import { call, list, type Resource } from "../kit/api";
import { noSuch, StripeError } from "../kit/errors";
import { find } from "../kit/lookup";
import { flag, optional, text, timestamp } from "../kit/params";
import { type Subscription, type SubscriptionItem, subscriptions } from "../objects/subscription";
import { inTimeOf } from "../objects/test-clock";

const billing = optional({
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  proration_date: timestamp,
});

function ownerOf(id: string): { subscription: Subscription; item: SubscriptionItem } {
  const [subscription] = subscriptions.where({ item: id });
  const item = subscription?.items.data.find((one) => one.id === id);
  if (!subscription || !item) {
    const message = `Invalid subscription_item id: ${id}`;
    throw new StripeError(404, { type: "invalid_request_error", message });
  }
  return { subscription, item };
}

type Given = Pick<Updated, "payment_behavior" | "proration_behavior" | "proration_date">;
type Item = NonNullable<Updated["items"]>[number];

/** The same change as an update of the whole subscription. */
function changeItem(subscription: Subscription, item: Item, given: Given): Subscription {
  refuseEndedSubscription(subscription, { items: item });
  return inTimeOf(subscription.customer, () =>
    updateSubscription(
      subscription,
      subscription,
      readSubscriptionChange(subscription, { ...given, items: [item] }),
      {
        behavior: given.payment_behavior ?? "allow_incomplete",
        once: () => [],
      },
    ),
  );
}

export const subscriptionItemResource: Resource = {
  routes: {
    "POST /v1/subscription_items": call(
      { subscription: text, ...itemParams, ...billing },
      ({ subscription: id, price, price_data, quantity, metadata, discounts, tax_rates, ...given }) => {
        const before = find(subscriptions, id, "subscription");
        if (hasEnded(before)) throw noSuch("subscription", id, "subscription", 404);
        const item = { price, price_data, quantity, metadata, discounts, tax_rates };
        const after = changeItem(before, item, given);
        const known = new Set(before.items.data.map((item) => item.id));
        return after.items.data.find((item) => !known.has(item.id));
      },
    ),

    "GET /v1/subscription_items": list(
      { subscription: text },
      ({ subscription }) => find(subscriptions, subscription, "subscription").items.data,
    ),

    "GET /v1/subscription_items/:id": call({}, (_, { id }) => ownerOf(id).item),

    "POST /v1/subscription_items/:id": call(
      { ...itemParams, ...billing },
      ({ price, price_data, quantity, metadata, discounts, tax_rates, ...given }, { id }) => {
        const item = { id, price, price_data, quantity, metadata, discounts, tax_rates };
        changeItem(ownerOf(id).subscription, item, given);
        return ownerOf(id).item;
      },
    ),

    "DELETE /v1/subscription_items/:id": call(
      { ...optional({ clear_usage: flag }), ...billing },
      (given, { id }) => {
        changeItem(ownerOf(id).subscription, { id, deleted: true }, given);
        return { id, object: "subscription_item", deleted: true };
      },
    ),
  },
};
