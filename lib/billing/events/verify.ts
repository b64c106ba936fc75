import type Stripe from "stripe";
import { z } from "zod";
import { env, livemode } from "@/env";
import { log } from "@/lib/log";
import { stripe } from "../stripe";

const TOLERANCE_SECONDS = 300;

/** The part of every event that is read here; its object is read by the noun's own file. */
const envelope = z.object({
  id: z.string().min(1).max(255),
  type: z.string().min(1).max(255),
  created: z.int().min(0),
  livemode: z.boolean(),
  data: z.object({ object: z.object({ object: z.string() }) }),
});

/**
 * A webhook's bytes to an event of ours. Every configured secret is tried, so that one can be rolled without
 * losing an event.
 * @throws Error with a sentence for Stripe's dashboard when it is not an event that Stripe signed for us, now
 */
export function verifyEvent(body: Buffer, signature: string | null): Stripe.Event {
  if (!signature) throw new Error("The Stripe-Signature header is missing.");
  refuseOtherTimes(signature);
  const event = firstThatVerifies(body, signature);
  if (!envelope.safeParse(event).success)
    throw new Error("This is signed, but it is not an event: id, type, created and data.object are needed.");
  if (event.livemode !== livemode) {
    log.warn(
      `A ${event.livemode ? "live" : "test"} mode event reached this ${livemode ? "live" : "test"} mode shop.`,
      { event: event.id },
    );
    throw new Error(`This endpoint takes ${livemode ? "live" : "test"} mode events only.`);
  }
  return event;
}

/**
 * The SDK refuses signatures that are too old but takes any from the future; of several timestamps it takes the last,
 * and of one that is no number what parseInt makes of it. Stripe sends one, in whole seconds.
 */
function refuseOtherTimes(signature: string) {
  const [timestamp, ...more] = signature.split(",").filter((part) => part.trim().startsWith("t="));
  if (!timestamp || more.length || !/^t=\d+$/.test(timestamp))
    throw new Error("The signature must have one timestamp, in whole seconds.");
  if (Number(timestamp.slice("t=".length)) > Date.now() / 1000 + TOLERANCE_SECONDS)
    throw new Error("The signature's timestamp is in the future.");
}

function firstThatVerifies(body: Buffer, signature: string): Stripe.Event {
  let refusal: unknown;
  for (const secret of env.STRIPE_WEBHOOK_SECRET) {
    try {
      return stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE_SECONDS);
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}
