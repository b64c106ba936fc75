import type Stripe from "stripe";
import { expect, vi } from "vitest";
import { listProducts } from "@/db/queries/products";
import { createCheckoutSession } from "@/lib/billing/checkout/session";
import { stripe } from "@/lib/billing/stripe";
import { someUser } from "./rows";
import type { StripeProxy } from "./stripe-proxy";

/** Somebody new buys something on Stripe's page; the proxy counts from after that. */
export const purchaseAt = (proxy: StripeProxy) => async (lookupKey: string) => {
  const product = (await listProducts()).find((one) => one.lookupKey === lookupKey);
  if (!product) throw new Error(`The catalog has no ${lookupKey}.`);
  const user = await someUser({ stripeCustomerId: null });
  const { id } = await createCheckoutSession(user, { productId: product.id });
  await stripe.rawRequest("POST", `/v1/payment_pages/${id}/confirm`, {
    payment_method: "pm_card_visa",
    expected_amount: product.unitAmount,
  });
  const { customer, payment_intent, subscription, invoice } = await stripe.checkout.sessions.retrieve(id);
  proxy.rest();
  return {
    user,
    session: id,
    customer: String(customer),
    paymentIntent: String(payment_intent),
    subscription: String(subscription),
    invoice: String(invoice),
  };
};

/** The same, once Stripe has told all of it. */
export const toldPurchaseAt = (proxy: StripeProxy) => async (lookupKey: string) => {
  const bought = await purchaseAt(proxy)(lookupKey);
  await untilInvoicePaymentsAreTold();
  proxy.rest();
  return bought;
};

/** Stripe tells a second after the money which payment paid an invoice; a sweep before that has it to find. */
export const untilInvoicePaymentsAreTold = () =>
  vi.waitFor(
    async () => {
      const { data: paid } = await stripe.invoicePayments.list({ status: "paid", limit: 100 });
      const { data: events } = await stripe.events.list({ type: "invoice_payment.paid", limit: 100 });
      const told = events.map((event) => (event.data.object as Stripe.InvoicePayment).id);
      expect(told).toEqual(expect.arrayContaining(paid.map((payment) => payment.id)));
    },
    { timeout: 10_000 },
  );
