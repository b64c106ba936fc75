import { env } from "@/env";
import { stripe } from "../stripe";

/** Stripe's own page for cards, invoices and cancellation. */
export async function createPortalSession(stripeCustomerId: string) {
  const session = await stripe.billingPortal.sessions.create({
    customer: stripeCustomerId,
    return_url: `${env.APP_URL}/account`,
  });
  return session.url;
}
