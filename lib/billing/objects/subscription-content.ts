import { createHash } from "node:crypto";
import type Stripe from "stripe";
import type { VersionDiscount, VersionItem } from "@/db/schema";
import { idOf } from "../stripe";
import { toDecimalText, toDiscounts } from "./price-parts";
import { toTimeOrNull } from "./time";

/** The part of a subscription that its history keeps: all that it bills by, and nothing that each period changes. */

/** By id: what each discount takes off. */
export type Terms = Map<string, Stripe.Discount>;

export function termsIn({ discounts, items }: Stripe.Subscription): Terms {
  const all = [discounts, ...items.data.map((item) => item.discounts)].flatMap((some) => some ?? []);
  return new Map(all.flatMap((one) => (typeof one === "string" ? [] : [[one.id, one]])));
}

/** In the words of the tables `subscriptions` and `subscription_items`. */
export function contentOf(subscription: Stripe.Subscription, terms: Terms = new Map()) {
  const items = subscription.items.data;
  const [first] = items;
  return {
    status: subscription.status,
    pauseBehavior: subscription.pause_collection?.behavior ?? null,
    pauseResumesAt: toTimeOrNull(subscription.pause_collection?.resumes_at),
    stripePriceId: first?.price.id ?? null,
    quantity: first ? (first.quantity ?? 1) : null,
    unitAmount: first?.price.unit_amount ?? null,
    currency: subscription.currency,
    interval: first?.price.recurring?.interval ?? null,
    intervalCount: first ? (first.price.recurring?.interval_count ?? 1) : null,
    items: items.map(toVersionItem),
    discounts: [
      ...items.flatMap((item) => toVersionDiscounts(item.discounts, item.id, terms)),
      ...toVersionDiscounts(subscription.discounts, null, terms),
    ],
    cancelAt: toTimeOrNull(subscription.cancel_at),
    cancellationReason: subscription.cancellation_details?.reason ?? null,
    trialEnd: toTimeOrNull(subscription.trial_end),
  };
}

const toVersionItem = (item: Stripe.SubscriptionItem): VersionItem => ({
  stripeId: item.id,
  stripePriceId: item.price.id,
  stripeProductId: idOf(item.price.product),
  quantity: item.quantity ?? null,
  unitAmountDecimal: toDecimalText(item.price.unit_amount_decimal),
  interval: item.price.recurring?.interval ?? null,
  intervalCount: item.price.recurring?.interval_count ?? 1,
  usageType: item.price.recurring?.usage_type ?? null,
});

/** One by one, because their order decides how much each takes off. */
const toVersionDiscounts = (
  discounts: Stripe.Subscription["discounts"] | undefined,
  stripeItemId: string | null,
  terms: Terms,
): VersionDiscount[] =>
  (discounts ?? []).flatMap((one) => {
    const known = typeof one === "string" ? (terms.get(one) ?? one) : one;
    return toDiscounts([known]).map((discount) => ({ ...discount, stripeItemId }));
  });

export type SubscriptionContent = ReturnType<typeof contentOf>;

/** Of discounts it holds the ids alone, so that an event and a read of one content have one hash. */
export function hashOf({ discounts, items, ...rest }: SubscriptionContent): string {
  const content = {
    ...rest,
    items: items.toSorted((one, other) => (one.stripeId < other.stripeId ? -1 : 1)),
    discounts: discounts.map(({ stripeItemId, id }) => `${stripeItemId} ${id}`).toSorted(),
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("base64url");
}
