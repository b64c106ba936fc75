import { applyDiscounts } from "../billing/discounts/discounts";
import { call, type Resource } from "../kit/api";
import { StripeError } from "../kit/errors";
import { emit } from "../kit/events";
import { find } from "../kit/lookup";
import { customers } from "../objects/customer";
import { discounts } from "../objects/discount";
import { subscriptions } from "../objects/subscription";
import { inTimeOf } from "../objects/test-clock";

const none = (owner: string) =>
  new StripeError(404, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No active discount for ${owner}`,
  });

export const discountResource: Resource = {
  routes: {
    "DELETE /v1/subscriptions/:id/discount": call({}, (_, { id }) => {
      const before = find(subscriptions, id);
      const discount = discounts.get(before.discounts[0] ?? "");
      if (!discount) throw none(`subscription: ${id}`);
      return inTimeOf(before.customer, () => {
        const after = subscriptions.put(applyDiscounts(before, null, null));
        emit("customer.subscription.updated", after, before);
        return { ...discount, deleted: true };
      });
    }),

    // A customer as such has no discounts any more: they belong to subscriptions, invoices and checkouts.
    "DELETE /v1/customers/:id/discount": call({}, (_, { id }) => {
      throw none(`customer: ${find(customers, id).id}`);
    }),
  },
};
