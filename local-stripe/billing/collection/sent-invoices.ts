import { emit } from "../../kit/events";
import { schedule } from "../../kit/jobs";
import { type Invoice, invoices, subscriptionOf } from "../../objects/invoice";
import { subscriptions } from "../../objects/subscription";
import { clockOf } from "../../objects/test-clock";
import { reportingCustomer, setDelinquent } from "./standing";

/**
 * Mails the invoice to the customer, who is to pay it by a day instead of being charged (type: the comment of
 * `Stripe.Invoice.collection_method`).
 */
export function sendInvoice(open: Invoice): Invoice {
  emit("invoice.sent", open);
  return awaitPayment(open);
}

export function awaitPayment(open: Invoice): Invoice {
  if (open.due_date !== null) schedule("invoice.overdue", open.id, open.due_date, clockOf(open.customer));
  return open;
}

export function markOverdue(id: string): void {
  const invoice = invoices.get(id);
  if (invoice?.status !== "open") return;
  emit("invoice.overdue", invoice);
  reportingCustomer(invoice.customer, () => setDelinquent(invoice, true));
  const subscription = subscriptions.get(subscriptionOf(invoice) ?? "");
  if (subscription?.status !== "active") return;
  emit(
    "customer.subscription.updated",
    subscriptions.put({ ...subscription, status: "past_due" }),
    subscription,
  );
}
