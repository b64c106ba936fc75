import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { unscheduleAll } from "../../kit/jobs";
import { customers } from "../../objects/customer";
import { type Invoice, invoices } from "../../objects/invoice";
import { invoicePayments } from "../../objects/invoice-payment";
import { type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { reinstateCredits } from "../credits/application";
import { moveBalance } from "../payments/customer-balance";
import { cancelIntent } from "../payments/payment-intents";
import { defaultPaymentOf } from "./invoice-payments";

/** The two ends of an invoice that nobody paid. */

const NO_MORE_ATTEMPTS = { auto_advance: false, next_payment_attempt: null } as const;

export function voidInvoice(invoice: Invoice): Invoice {
  if (invoice.status === "paid") throw invalid("Invoices with `paid` payments cannot be voided.");
  refuseUnlessOpen(invoice);
  unscheduleAll(invoice.id);
  giveUpPayment(invoice, "void_invoice");
  returnBalance(invoice);
  reinstateCredits(invoice);
  const voided = invoices.put({
    ...invoice,
    ...NO_MORE_ATTEMPTS,
    status: "void",
    status_transitions: { ...invoice.status_transitions, voided_at: now() },
  });
  emit("invoice.voided", voided);
  return voided;
}

/**
 * Gives the invoice up; it may still be paid one day
 * (https://docs.stripe.com/invoicing/integration/workflow-transitions).
 */
export function markUncollectible(invoice: Invoice): Invoice {
  if (invoice.status === "uncollectible") {
    throw invalid("This invoice has already been marked uncollectible.");
  }
  refuseUnlessOpen(invoice);
  return giveUp(invoice);
}

/** The same, whatever the invoice has come to. */
export function giveUp(invoice: Invoice): Invoice {
  unscheduleAll(invoice.id);
  const marked = invoices.put({
    ...invoice,
    ...NO_MORE_ATTEMPTS,
    status: "uncollectible",
    status_transitions: { ...invoice.status_transitions, marked_uncollectible_at: now() },
  });
  emit("invoice.marked_uncollectible", marked);
  return marked;
}

/** The words: recorded. */
export function refuseUnlessOpen({ status }: Invoice): void {
  if (status !== "open") throw invalid("You can only pass in open invoices. This invoice isn't open.");
}

/** Nobody shall pay with an intent what is no longer owed. */
export function giveUpPayment(invoice: Invoice, reason: PaymentIntent["cancellation_reason"]): void {
  const payment = defaultPaymentOf(invoice.id);
  if (!payment) return;
  const intent = paymentIntents.get(payment.payment.payment_intent ?? "");
  if (intent && intent.status !== "canceled") cancelIntent(intent, reason);
  const status_transitions = { ...payment.status_transitions, canceled_at: now() };
  invoicePayments.put({ ...payment, status: "canceled", status_transitions });
}

/** Returns to the customer's balance what it had paid of the invoice (inferred). */
function returnBalance({ id, currency, customer, starting_balance, ending_balance }: Invoice): void {
  const used = starting_balance - (ending_balance ?? starting_balance);
  if (!customers.get(customer ?? "") || used === 0) return;
  moveBalance(String(customer), used, { currency, invoice: id, type: "unapplied_from_invoice" });
}
