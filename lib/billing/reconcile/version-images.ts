import type { Discount, RowChange, stripeEvents, VersionDiscount, VersionItem } from "@/db/schema";
import { hashOf } from "../objects/subscription-content";
import { momentOf, mrrFrom, type Version } from "../objects/subscription-version";

/** Versions of subscriptions from the images of rows that the inbox keeps when what an event carried is dropped. */

export type InboxEvent = typeof stripeEvents.$inferSelect;

type Row = Record<string, unknown>;

export interface Image {
  subscription: Row;
  items: Row[];
}

/** The rows of one subscription after the other. The images do not show that an item was taken away. */
export class RowHistory {
  private subscriptionId: string | null = null;
  private readonly items = new Map<unknown, Row>();

  /** @returns null when the event did not change the subscription's row */
  after({ objectId, changes }: InboxEvent): Image | null {
    if (objectId !== this.subscriptionId) this.items.clear();
    this.subscriptionId = objectId;
    for (const item of rowsOf("subscription_items", changes)) this.items.set(item.stripe_id, item);
    const [subscription] = rowsOf("subscriptions", changes);
    const items = [...this.items.values()].toSorted((one, other) =>
      String(one.stripe_id) < String(other.stripe_id) ? -1 : 1,
    );
    return subscription ? { subscription, items } : null;
  }
}

const rowsOf = (table: string, changes: RowChange[] | null): Row[] =>
  (changes ?? []).flatMap((change) => (change.table === table && change.after ? [change.after] : []));

export function discountsOf(image: Image | null): VersionDiscount[] {
  const ofItems = (image?.items ?? []).flatMap((item) =>
    ((item.discounts ?? []) as Discount[]).map((one) => ({ ...one, stripeItemId: item.stripe_id as string })),
  );
  const ofAll = ((image?.subscription.discounts ?? []) as Discount[]).map((one) => ({
    ...one,
    stripeItemId: null,
  }));
  return [...ofItems, ...ofAll];
}

/** Rows of older migrations lack the columns that came later; these are of the first. */
type SubscriptionRow = Record<string, string | null> &
  Record<"stripe_id" | "stripe_customer_id" | "status" | "stripe_price_id" | "currency", string>;

export function fromImage(event: InboxEvent, image: Image): Version {
  const row = image.subscription as SubscriptionRow;
  const content = {
    status: row.status,
    pauseBehavior: row.pause_behavior ?? null,
    pauseResumesAt: timeOf(row.pause_resumes_at),
    stripePriceId: row.stripe_price_id,
    quantity: Number(row.quantity),
    unitAmount: amountOf(row.unit_amount),
    currency: row.currency,
    interval: row.interval ?? null,
    intervalCount: Number(row.interval_count ?? 1),
    items: image.items.length ? image.items.map(toItem) : [toItem(asItem(row))],
    discounts: discountsOf(image),
    cancelAt: timeOf(row.cancel_at),
    cancellationReason: row.cancellation_reason ?? null,
    trialEnd: timeOf(row.trial_end),
  };
  return {
    id: event.id,
    stripeEventId: event.id,
    stripeSubscriptionId: row.stripe_id,
    stripeCustomerId: row.stripe_customer_id,
    livemode: event.livemode,
    ...content,
    ...mrrFrom(content, event.stripeCreatedAt.getTime() / 1000),
    moment: momentOf(event.type),
    validFrom: event.stripeCreatedAt,
    contentHash: hashOf(content),
  };
}

/** The columns of the subscription's row say all of its first item but the item's name. */
const asItem = (row: Row): Row => ({
  ...row,
  stripe_id: "unknown",
  unit_amount_decimal: row.unit_amount,
  usage_type: "licensed",
});

const toItem = (row: Row): VersionItem => ({
  stripeId: String(row.stripe_id),
  stripePriceId: String(row.stripe_price_id),
  stripeProductId: textOf(row.stripe_product_id),
  quantity: amountOf(row.quantity),
  unitAmountDecimal: textOf(row.unit_amount_decimal),
  interval: textOf(row.interval),
  intervalCount: Number(row.interval_count ?? 1),
  usageType: textOf(row.usage_type),
});

const textOf = (value: unknown) => (value === null || value === undefined ? null : String(value));
const amountOf = (value: unknown) => (value === null ? null : Number(value));
const timeOf = (value: string | null | undefined) => (value ? new Date(value) : null);
