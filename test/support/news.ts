import type Stripe from "stripe";
import type { startOwnStack } from "./own-stack";

type OwnStack = Awaited<ReturnType<typeof startOwnStack>>;

/** @returns a function that gives the events since it was last called, oldest first, and makes room for more calls */
export function newsOf({ stripe: proxy }: Pick<OwnStack, "stripe">, stripe: Stripe) {
  let seen = new Set<string>();
  return async (): Promise<Stripe.Event[]> => {
    const all = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
    const fresh = all.filter(({ id }) => !seen.has(id)).reverse();
    seen = new Set(all.map(({ id }) => id));
    proxy.rest();
    return fresh;
  };
}
