import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import type { CheckoutSession, LineItem, ShippingDetails } from "../../objects/checkout-session";
import type { Customer } from "../../objects/customer";
import { buildLine, type Invoice, type InvoiceLineItem, pricingOf } from "../../objects/invoice";
import { lineTaxRates } from "../../objects/line-rates";
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
import { withRates } from "../tax/line-rates";
import { openPayment, openSetup } from "./intents";
import { soldPrice } from "./line-items";

/** Charges, or sends the debit. A lone payment's balance transaction is reported as it follows. */
export function payFor(
  session: CheckoutSession,
  customer: Customer | null,
  method: PaymentMethod | undefined,
  shipping: PaymentIntent["shipping"] = null,
): PaymentIntent | null {
  if (!method) return null;
  const opened = openPayment(session);
  const open = { ...opened, customer: customer?.id ?? null, shipping: shipping ?? opened.shipping };
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

/** The invoice's share of what shipping costs, and where it goes. */
export function shippingOn(
  { shipping_cost }: CheckoutSession,
  shipping: ShippingDetails | null,
): Partial<Invoice> {
  return {
    amount_shipping: shipping_cost?.amount_total ?? 0,
    shipping_cost,
    shipping_details: shipping && { ...shipping, phone: null },
  };
}

export function oneTimeLine(invoice: string, item: LineItem, subscription: string | null): InvoiceLineItem {
  const at = now();
  const price = soldPrice(item);
  const line = buildLine(invoice, {
    amount: item.amount_subtotal,
    currency: item.currency,
    description: item.description,
    parent: null,
    period: { start: at, end: at },
    pricing: price && pricingOf(price),
    quantity: item.quantity,
    subscription,
  });
  return withRates(line, lineTaxRates.get(item.id)?.rates);
}
