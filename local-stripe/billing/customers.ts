import { emit } from "../kit/events";
import { tombstones } from "../kit/store";
import { type Customer, customers } from "../objects/customer";
import { subscriptions } from "../objects/subscription";
import { cancel } from "./cancellation";

/** Ends the subscriptions, and leaves only a sign that there was somebody. */
export function deleteCustomer(customer: Customer) {
  const { id } = customer;
  for (const subscription of subscriptions.where({ customer: id })) {
    if (subscription.ended_at === null) cancel(subscription, { reason: "cancellation_requested" });
  }
  customers.delete(id);
  emit("customer.deleted", customer);
  return tombstones.put({ id, object: "customer", deleted: true });
}
