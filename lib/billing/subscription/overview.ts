import {
  type AccountSubscription,
  listOpenInvoices,
  listSubscriptionItems,
  listSubscriptions,
  type OpenInvoice,
  type SubscriptionItem,
} from "@/db/queries/subscriptions";
import { isRenewing, ONGOING_STATUSES } from "../status";
import { getNextInvoices, type NextInvoice } from "./next-invoice";

/** A subscription with everything that a sentence about it needs. */
export interface SubscriptionOverview extends AccountSubscription {
  items: SubscriptionItem[];
  /** The oldest bill that is not paid yet. */
  openInvoice: OpenInvoice | null;
  /** Null when no bill follows; undefined when Stripe could not be asked. */
  nextInvoice: NextInvoice | null | undefined;
}

/** Every subscription of a user that bills or may bill again, the one that gives access first. */
export async function listSubscriptionOverviews(userId: string): Promise<SubscriptionOverview[]> {
  const subscriptions = await listSubscriptions(userId, [...ONGOING_STATUSES, "incomplete"]);
  const ids = subscriptions.map(({ stripeId }) => stripeId);
  const [items, openInvoices, nextInvoices] = await Promise.all([
    listSubscriptionItems(ids),
    listOpenInvoices(ids),
    getNextInvoices(subscriptions.filter(isRenewing)),
  ]);
  return subscriptions.map((subscription) => ({
    ...subscription,
    items: items.filter(({ stripeSubscriptionId }) => stripeSubscriptionId === subscription.stripeId),
    openInvoice:
      openInvoices.find(({ stripeSubscriptionId }) => stripeSubscriptionId === subscription.stripeId) ?? null,
    nextInvoice: nextInvoices.get(subscription.stripeId),
  }));
}
