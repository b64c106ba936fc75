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
