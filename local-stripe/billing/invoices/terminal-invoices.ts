import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { unscheduleAll } from "../../kit/jobs";
import { customers } from "../../objects/customer";
import { type Invoice, invoices } from "../../objects/invoice";
import { invoicePayments } from "../../objects/invoice-payment";
import { type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { reinstateCredits } from "../credits/application";
import { cancelIntent } from "../payments/payment-intents";
import { defaultPaymentOf } from "./invoice-payments";

/** The two ends of an invoice that nobody paid. */

const NO_MORE_ATTEMPTS = { auto_advance: false, next_payment_attempt: null } as const;

export function voidInvoice(invoice: Invoice): Invoice {
  refuseUnless(invoice, ["open", "uncollectible"]);
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
  refuseUnless(invoice, ["open"]);
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

function refuseUnless(invoice: Invoice, statuses: readonly string[]): void {
  if (statuses.includes(String(invoice.status))) return;
  throw invalid(`You can only pass in open invoices. This invoice isn't open.`, {
    code: "invoice_not_editable",
  });
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
function returnBalance({ customer, starting_balance, ending_balance }: Invoice): void {
  const owner = customers.get(customer ?? "");
  const used = starting_balance - (ending_balance ?? starting_balance);
  if (owner && used !== 0) customers.put({ ...owner, balance: owner.balance + used });
}
