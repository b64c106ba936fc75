import { encode } from "next-auth/jwt";
import type Stripe from "stripe";
import { someUser } from "../test/support/rows";
import { post } from "./events";

const PAYMENTS = 12;
const SESSION_COOKIE = "session";

/**
 * Somebody who subscribes at Local Stripe, with the events that it sends about them: what everybody else's are made of.
 * They are posted by us, because Local Stripe sends its own when it likes.
 */
export async function subscribe(origin: string, secret: string) {
  const { STRIPE_API_VERSION, stripe } = await import("../lib/billing/stripe");
  const { env } = await import("../env");
  const customer = (await stripe.customers.create({ name: "Ada" })).id;
  const user = await someUser({ stripeCustomerId: customer });
  const { data: prices } = await stripe.prices.list({ lookup_keys: ["aiaas_pro_monthly"] });
  const session = await stripe.checkout.sessions.create({
    customer,
    mode: "subscription",
    line_items: [{ price: prices[0]?.id ?? "", quantity: 1 }],
    success_url: "http://127.0.0.1:1/",
  });
  await stripe.rawRequest("POST", `/v1/payment_pages/${session.id}/confirm`, {
    payment_method: "pm_card_visa",
  });
  const [subscription] = (await stripe.subscriptions.list({ customer })).data;
  if (!subscription) throw new Error("Local Stripe has made no subscription.");
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });

  const latest = async (type: string): Promise<Stripe.Event> => {
    const [event] = (await stripe.events.list({ type, limit: 1 })).data;
    if (!event) throw new Error(`Local Stripe has told of no ${type}.`);
    return { ...event, api_version: STRIPE_API_VERSION };
  };
  const events = {
    subscription: await latest("customer.subscription.updated"),
    invoice: await latest("invoice.paid"),
  };
  await post(origin, JSON.stringify(events.subscription), secret);
  for (let count = 1; count <= PAYMENTS; count++) {
    const { id = "" } = events.invoice.data.object as Stripe.Invoice;
    const body = JSON.stringify({ ...events.invoice, id: `evt_own${count}` }).replaceAll(
      id,
      `in_own${count}`,
    );
    await post(origin, body, secret);
  }
  const token = { sub: user.id, name: user.name, sessionVersion: user.sessionVersion };
  const sealed = await encode({ token, secret: env.AUTH_SECRET, salt: SESSION_COOKIE });
  const item = subscription.items.data[0]?.id ?? "";
  return {
    events,
    ids: { customer, subscription: subscription.id, item },
    cookie: `${SESSION_COOKIE}=${sealed}`,
  };
}
