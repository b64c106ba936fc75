import { emit } from "../../kit/events";
import { unscheduleAll } from "../../kit/jobs";
import { tombstones } from "../../kit/store";
import { type Customer, customers } from "../../objects/customer";
import { invoices } from "../../objects/invoice";
import { invoiceItems } from "../../objects/invoice-item";
import { paymentMethods } from "../../objects/payment-method";
import { subscriptions } from "../../objects/subscription";
import { subscriptionSchedules } from "../../objects/subscription-schedule";
import { taxIds } from "../../objects/tax-id";
import { deleteDraft } from "../collection/manual-invoices";
import { isRunning } from "../schedules/current";
import { cancelSchedule } from "../schedules/ends";
import { cancel } from "../subscriptions/cancellation";

/**
 * Ends the subscriptions and everything else that would go on by itself, and leaves only a sign that there was
 * somebody (https://docs.stripe.com/api/customers/delete).
 */
export function deleteCustomer(customer: Customer) {
  const { id } = customer;
  for (const subscription of subscriptions.where({ customer: id })) {
    if (subscription.ended_at === null) cancel(subscription, { reason: "cancellation_requested" });
  }
  for (const schedule of subscriptionSchedules.where({ customer: id })) {
    if (isRunning(schedule)) cancelSchedule(schedule);
  }
  for (const draft of invoices.where({ customer: id, status: "draft" })) deleteDraft(draft);
  for (const item of invoiceItems.where({ customer: id })) {
    if (item.invoice === null) invoiceItems.delete(item.id);
  }
  for (const open of invoices.where({ customer: id, status: "open" })) {
    unscheduleAll(open.id);
    const left = invoices.put({ ...open, auto_advance: false, next_payment_attempt: null });
    emit("invoice.updated", left, open);
  }
  // Nobody can be charged with them any more.
  for (const method of paymentMethods.where({ customer: id })) {
    paymentMethods.put({ ...method, customer: null });
  }
  for (const taxId of taxIds.where({ customer: id })) {
    unscheduleAll(taxId.id);
    taxIds.delete(taxId.id);
  }
  customers.delete(id);
  emit("customer.deleted", customer);
  return tombstones.put({ id, object: "customer", deleted: true });
}
