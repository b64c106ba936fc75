import type Stripe from "stripe";
import type { Local } from "./harness";

/** A monthly price of $20.00. */
export function monthlyPrice(local: Local, more: Partial<Stripe.PriceCreateParams> = {}) {
  return local.stripe.prices.create({
    currency: "usd",
    unit_amount: 2000,
    recurring: { interval: "month" },
    product_data: { name: "Pro" },
    ...more,
  });
}

type SessionMore = Partial<Stripe.Checkout.SessionCreateParams>;

export async function subscriptionSession(local: Local, more: SessionMore = {}) {
  const price = await monthlyPrice(local);
  return local.stripe.checkout.sessions.create({
    mode: "subscription",
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: "http://127.0.0.1:3000/success?session_id={CHECKOUT_SESSION_ID}",
    cancel_url: "http://127.0.0.1:3000/pricing",
    customer_email: "ada@example.com",
    ...more,
  });
}

export async function paymentSession(local: Local, more: SessionMore = {}) {
  const price = await monthlyPrice(local, { recurring: undefined });
  return local.stripe.checkout.sessions.create({
    mode: "payment",
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: "http://127.0.0.1:3000/success",
    customer_email: "ada@example.com",
    ...more,
  });
}

/** Does what Stripe's page does when the customer submits it. */
export function confirm(
  local: Local,
  session: string,
  payment_method = "pm_card_visa",
  answers: object = {},
) {
  const params = { payment_method, ...answers };
  return local.stripe.rawRequest("POST", `/v1/payment_pages/${session}/confirm`, params);
}

/** The hosted page, by a browser without scripts. */
export function submitPage(url: string, fields: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams({ ...card("4242 4242 4242 4242"), ...fields });
  return fetch(url, { method: "POST", body, redirect: "manual" });
}

export const card = (number: string) => ({
  email: "ada@example.com",
  number,
  expiry: "12 / 34",
  cvc: "123",
  name: "Ada Lovelace",
  country: "US",
  zip: "94107",
});
