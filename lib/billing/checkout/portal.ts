import { env } from "@/env";
import { isMissing, stripe } from "../stripe";
import { copyDeletion } from "./customer";

/**
 * Stripe's own page for cards, invoices and cancellation.
 * @returns null when the customer was deleted at Stripe; that is copied, if no event told of it
 */
export async function createPortalSession(stripeCustomerId: string): Promise<string | null> {
  try {
    const session = await stripe.billingPortal.sessions.create({
      customer: stripeCustomerId,
      return_url: `${env.APP_URL}/account`,
    });
    return session.url;
  } catch (error) {
    if (isMissing(error) && (await copyDeletion(stripeCustomerId))) return null;
    throw error;
  }
}
