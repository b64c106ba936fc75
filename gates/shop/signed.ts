import type Stripe from "stripe";
import { env } from "../../env";
import { HANDLED_EVENTS } from "../../lib/billing/objects";
import { STRIPE_API_VERSION, stripe } from "../../lib/billing/stripe";
import { postWebhook } from "./front";

export const signatureOf = (payload: string) =>
  stripe.webhooks.generateTestHeaderString({ payload, secret: env.STRIPE_WEBHOOK_SECRET[0] ?? "" });

/** An event as Stripe would deliver it now, to an instance of the gate's choosing. */
export function postSigned(origin: string, event: object | string): Promise<number> {
  const payload = typeof event === "string" ? event : JSON.stringify(event, null, 2);
  return postWebhook(origin, payload, signatureOf(payload));
}

/** The events at Stripe that matter to the shop, oldest first, in the version that webhooks speak. */
export async function handledEvents(): Promise<Stripe.Event[]> {
  const events: Stripe.Event[] = [];
  for await (const event of stripe.events.list({ limit: 100 }))
    if (Object.hasOwn(HANDLED_EVENTS, event.type)) events.push({ ...event, api_version: STRIPE_API_VERSION });
  return events.reverse();
}
