import { withoutDiscount } from "../billing/discounts/customer-discount";
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

    // One that came of an older version's `coupon`, or was left by it: since basil a customer is given none.
    "DELETE /v1/customers/:id/discount": call({}, (_, { id }) => {
      const customer = find(customers, id);
      const { discount } = customer;
      if (!discount) throw none(`customer: ${id}`);
      return inTimeOf(id, () => {
        emit("customer.updated", customers.put(withoutDiscount(customer, discount)), customer);
        return { ...discount, deleted: true };
      });
    }),
  },
};
