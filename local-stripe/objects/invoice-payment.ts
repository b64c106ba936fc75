import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import type { Invoice } from "./invoice";

export type InvoicePayment = Wire<Stripe.InvoicePayment>;

type Index = "invoice" | "payment_intent" | "status";

/** Ties a payment intent to its invoice; neither of them names the other (type: `Stripe.InvoicePayment`). */
export const invoicePayments = new Table<InvoicePayment, Index>("invoice_payment", "inpay_", {
  invoice: (payment) => payment.invoice,
  payment_intent: (payment) => payment.payment.payment_intent,
  status: (payment) => payment.status,
});

export function buildInvoicePayment(invoice: Invoice, paymentIntent: string): InvoicePayment {
  return {
    id: newId("inpay_1"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: now(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: paymentIntent, type: "payment_intent" },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  };
}
