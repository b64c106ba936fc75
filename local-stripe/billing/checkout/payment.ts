import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import type { CheckoutSession, LineItem } from "../../objects/checkout-session";
import type { Customer } from "../../objects/customer";
import { buildLine, type Invoice, type InvoiceLineItem, pricingOf } from "../../objects/invoice";
import type { PaymentIntent } from "../../objects/payment-intent";
import type { PaymentMethod } from "../../objects/payment-method";
import { awaitDebit } from "../invoices/charging";
import { markPaid, payWith } from "../invoices/invoice-payments";
import { finalizeInvoice } from "../invoices/invoices";
import { isDelayed } from "../payments/bank";
import { sendDebit, succeed } from "../payments/payment-intents";
import { attach } from "../payments/payment-methods";
import { settleCharge } from "../payments/settlement";
import { succeedSetup } from "../payments/setup-intents";
import { openPayment, openSetup } from "./intents";

/** Charges, or sends the debit. A lone payment's balance transaction is reported as it follows. */
export function payFor(
  session: CheckoutSession,
  customer: Customer | null,
  method: PaymentMethod | undefined,
): PaymentIntent | null {
  if (!method) return null;
  const open = { ...openPayment(session), customer: customer?.id ?? null };
  if (isDelayed(method)) return sendDebit(open, method);
  const intent = succeed(open, method);
  const { before, charge } = settleCharge(intent);
  if (session.mode === "payment") emit("charge.updated", charge, before);
  return intent;
}

export function keepMethod(
  session: CheckoutSession,
  customer: Customer | null,
  method: PaymentMethod | undefined,
) {
  if (!method) return null;
  const intent = succeedSetup(openSetup(session), method, customer?.id ?? null);
  if (customer) attach(method, customer.id);
  return intent.id;
}

export function settleInvoice(draft: Invoice, intent: PaymentIntent | null): Invoice {
  const open = finalizeInvoice(draft, { withBalance: false });
  if (open.status === "paid") return open;
  if (intent?.status === "processing") return awaitDebit(open, intent.id);
  if (intent) payWith(open, intent.id);
  return markPaid(open);
}

export function oneTimeLine(invoice: string, item: LineItem, subscription: string | null): InvoiceLineItem {
  const at = now();
  return buildLine(invoice, {
    amount: item.amount_subtotal,
    currency: item.currency,
    description: item.description,
    parent: null,
    period: { start: at, end: at },
    pricing: item.price && pricingOf(item.price),
    quantity: item.quantity,
    subscription,
  });
}
