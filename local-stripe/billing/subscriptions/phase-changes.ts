import { now } from "../../kit/clock";
import { mergeMetadata } from "../../kit/params";
import { type Price, prices } from "../../objects/price";
import {
  buildSubscriptionItem,
  itemList,
  type Subscription,
  type SubscriptionItem,
} from "../../objects/subscription";
import type { DefaultSettings, Phase, PhaseItem } from "../../objects/subscription-schedule";
import { isBoundary } from "../time/periods";
import type { ItemChange } from "./item-changes";

/** Translates a phase of a schedule into its subscription. An item stays the same while its price does (inferred). */

const itemOf = ({ items }: Subscription, { price }: PhaseItem): SubscriptionItem | undefined =>
  items.data.find((item) => item.price.id === price);

/** An item of which the phase says no rates keeps its own (inferred). */
const ratesFor = ({ tax_rates: given }: PhaseItem, before: SubscriptionItem | undefined) =>
  given?.length ? given : (before?.tax_rates ?? []);

export function phaseItemChanges(subscription: Subscription, { items }: Phase): ItemChange[] {
  const wanted = new Set(items.map((item) => item.price));
  const gone = subscription.items.data.filter(({ price }) => !wanted.has(price.id));
  const kept = items.map((item): ItemChange => {
    const before = itemOf(subscription, item);
    const metadata = mergeMetadata(before?.metadata ?? {}, item.metadata ?? undefined);
    const quantity = item.quantity ?? 1;
    const tax_rates = ratesFor(item, before);
    return before
      ? { id: before.id, quantity, metadata, tax_rates }
      : { price: prices.must(item.price), quantity, metadata, tax_rates };
  });
  return [...gone.map(({ id }): ItemChange => ({ id, deleted: true })), ...kept];
}

/**
 * The subscription with the phase's items, none of them billed yet: their period ends now, and the next one is the
 * first that the phase has.
 */
export function withItemsFromNextPeriod(subscription: Subscription, { items }: Phase): Subscription {
  const ending = { current_period_start: now(), current_period_end: now() };
  const made = items.map((item) => {
    const { price, metadata, quantity = 1 } = item;
    const before = itemOf(subscription, item);
    const merged = mergeMetadata(before?.metadata ?? {}, metadata ?? undefined);
    const tax_rates = ratesFor(item, before);
    if (before) return { ...before, quantity, metadata: merged, tax_rates };
    return buildSubscriptionItem(subscription.id, prices.must(price), {
      ...ending,
      quantity,
      metadata: merged,
      tax_rates,
    });
  });
  return { ...subscription, items: itemList(subscription.id, made) };
}

const intervalOf = ({ recurring }: Price) => `${recurring?.interval_count} ${recurring?.interval}`;

export function changesInterval(subscription: Subscription, { items }: Phase): boolean {
  const had = new Set(subscription.items.data.map(({ price }) => intervalOf(price)));
  return items.some(({ price }) => !had.has(intervalOf(prices.must(price))));
}

/**
 * Items that are billed by an interval which the cycle's anchor does not fit need another anchor (type: the comment of
 * `…Phase.billing_cycle_anchor`, `automatic`).
 */
export const needsNewAnchor = ({ billing_cycle_anchor: anchor }: Subscription, { items }: Phase): boolean =>
  items.some(({ price }) => {
    const { recurring } = prices.must(price);
    return recurring !== null && !isBoundary(anchor, recurring, now());
  });

/** Everything that a phase says besides its items; the schedule's defaults say what it leaves open. */
export function phaseSettings(phase: Phase, defaults: DefaultSettings): Partial<Subscription> {
  const collection_method = phase.collection_method ?? defaults.collection_method ?? "charge_automatically";
  const days = phase.invoice_settings?.days_until_due ?? defaults.invoice_settings.days_until_due;
  return {
    collection_method,
    ...(phase.default_tax_rates?.length ? { default_tax_rates: phase.default_tax_rates } : {}),
    days_until_due: collection_method === "send_invoice" ? (days ?? 30) : null,
    default_payment_method: phase.default_payment_method ?? defaults.default_payment_method,
    description: phase.description ?? defaults.description,
  };
}

export const withPhaseMetadata = (subscription: Subscription, { metadata }: Phase): Subscription => ({
  ...subscription,
  metadata: mergeMetadata(subscription.metadata, metadata ?? undefined),
});
