import { POST } from "@/app/api/v1/stripe-webhook/route";
import { env } from "@/env";
import { stripe } from "@/lib/billing/stripe";
import type { TestEvent } from "./stripe-objects";

interface Delivery {
  secret?: string;
  /** Seconds between now and the signature's timestamp. */
  age?: number;
  /** Replaces the body after it was signed. */
  body?: string | Uint8Array | ReadableStream;
  signature?: string | null;
}

export function sign(
  payload: string,
  { secret = env.STRIPE_WEBHOOK_SECRET[0] ?? "", age = 0 }: Delivery = {},
) {
  const timestamp = Math.floor(Date.now() / 1000) - age;
  return stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

/** Delivers an event to the real route, as Stripe would. */
export async function post(event: TestEvent | string, delivery: Delivery = {}): Promise<Response> {
  const payload = typeof event === "string" ? event : JSON.stringify(event, null, 2);
  const signature = delivery.signature === undefined ? sign(payload, delivery) : delivery.signature;
  return POST(
    new Request("http://shop.test/api/v1/stripe-webhook", {
      method: "POST",
      headers: signature === null ? {} : { "Stripe-Signature": signature },
      body: (delivery.body ?? payload) as BodyInit,
      duplex: "half",
    } as RequestInit),
  );
}
