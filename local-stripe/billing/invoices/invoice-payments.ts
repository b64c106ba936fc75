import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import { type Invoice, invoices } from "../../objects/invoice";
import { buildInvoicePayment, type InvoicePayment, invoicePayments } from "../../objects/invoice-payment";
import { paymentIntents } from "../../objects/payment-intent";

/** Ties the intent that pays an invoice to it. */
export function payWith(invoice: Invoice, paymentIntent: string): InvoicePayment {
  return invoicePayments.put(buildInvoicePayment(invoice, paymentIntent));
}

export function defaultPaymentOf(invoice: string): InvoicePayment | undefined {
  return invoicePayments.where({ invoice }).find((payment) => payment.is_default);
}

/** True if a debit is on its way, which counts as payment until the bank says otherwise (inferred). */
export function isProcessing(invoice: Invoice): boolean {
  const intent = paymentIntents.get(defaultPaymentOf(invoice.id)?.payment.payment_intent ?? "");
  return intent?.status === "processing";
}

/**
 * Settles the invoice, by a payment, by the customer's balance, or by nothing being due
 * (https://docs.stripe.com/invoicing/integration/workflow-transitions).
 */
export function markPaid(open: Invoice, how: { readonly outOfBand?: boolean } = {}): Invoice {
  const payment = defaultPaymentOf(open.id);
  const charged = payment !== undefined && !how.outOfBand;
  const invoice = invoices.put({
    ...open,
    amount_paid: open.amount_due,
    amount_remaining: 0,
    attempt_count: Math.max(open.attempt_count, charged ? 1 : 0),
    // Nobody tried to collect what came by another way (recorded).
    attempted: how.outOfBand ? open.attempted : true,
    auto_advance: false,
    next_payment_attempt: null,
    status: "paid",
    status_transitions: { ...open.status_transitions, paid_at: now() },
  });
  emit("invoice.paid", invoice);
  // Money that came by another way is paid, but no payment succeeded here.
  if (!how.outOfBand) emit("invoice.payment_succeeded", invoice);
  if (payment && charged) {
    const paid = invoicePayments.put({
      ...payment,
      amount_paid: payment.amount_requested,
      status: "paid",
      status_transitions: { canceled_at: null, paid_at: now() },
    });
    emit("invoice_payment.paid", paid);
  }
  return invoice;
}
