import type { Product } from "@/db/queries/products";

/**
 * The meanings of a subscription's state, each named once. Stripe's statuses are an open set: one that is not listed
 * here grants nothing.
 * https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */

export interface SubscriptionState {
  status: string;
  cancelAt: Date | null;
  cancelAtPeriodEnd: boolean;
  currentPeriodEnd: Date;
  /** Set while Stripe collects nothing. */
  pauseBehavior: string | null;
}

/** Gives access. A declined renewal does not end it: Stripe tries again for days before it gives up. */
export const ACTIVE_STATUSES = ["trialing", "active", "past_due"];

/** Still exists and may bill again, so a second plan of the family would be paid for twice. */
export const ONGOING_STATUSES = [...ACTIVE_STATUSES, "unpaid", "paused"];

type WithStatus = Pick<SubscriptionState, "status">;

export const isActive = ({ status }: WithStatus) => ACTIVE_STATUSES.includes(status);
export const isOngoing = ({ status }: WithStatus) => ONGOING_STATUSES.includes(status);
export const isOnTrial = ({ status }: WithStatus) => status === "trialing";
export const isPastDue = ({ status }: WithStatus) => status === "past_due";
export const isUnpaid = ({ status }: WithStatus) => status === "unpaid";
export const isPaused = ({ status }: WithStatus) => status === "paused";
export const isIncomplete = ({ status }: WithStatus) => status === "incomplete";
/** The customer gets a bill and pays it by hand; no card is charged. */
export const isInvoiced = ({ collectionMethod }: { collectionMethod: string }) =>
  collectionMethod === "send_invoice";
export const isEnded = ({ status }: WithStatus) => status === "canceled" || status === "incomplete_expired";

/** It ends with the period that is paid for. The portal sets `cancel_at` alone, never `cancel_at_period_end`. */
export const isOnGracePeriod = (subscription: SubscriptionState) =>
  isActive(subscription) && (subscription.cancelAtPeriodEnd || endsBeforeRenewal(subscription));

const endsBeforeRenewal = ({ cancelAt, currentPeriodEnd }: SubscriptionState) =>
  cancelAt !== null && cancelAt <= currentPeriodEnd;

/** It will end at a date to come, after renewing at least once more. */
export const isEndingLater = (subscription: SubscriptionState) =>
  isActive(subscription) && subscription.cancelAt !== null && !isOnGracePeriod(subscription);

/** Stripe goes on making its bills, or not even that, and collects none of them; the status stays `active`. */
export const isCollectionPaused = ({ pauseBehavior }: Pick<SubscriptionState, "pauseBehavior">) =>
  pauseBehavior !== null;

/** A next bill will come and be collected, so that Stripe can say how much it is. */
export const isRenewing = (subscription: SubscriptionState) =>
  isActive(subscription) && !isCollectionPaused(subscription) && !isOnGracePeriod(subscription);

/** Plain words for a person. */
export function describeStatus(subscription: SubscriptionState): string {
  if (isActive(subscription) && isCollectionPaused(subscription)) return "Payments paused";
  if (isOnGracePeriod(subscription)) return "Active until it ends";
  if (isOnTrial(subscription)) return "Free trial";
  if (isPastDue(subscription)) return "Payment overdue";
  if (isUnpaid(subscription)) return "Unpaid";
  if (isPaused(subscription)) return "Paused";
  if (isIncomplete(subscription)) return "Waiting for the first payment";
  if (isEnded(subscription)) return "Ended";
  return isActive(subscription) ? "Active" : "Not active";
}

/** Tiers bill by month or year; a package is paid once. */
export const isRecurring = (product: Pick<Product, "interval">) => product.interval !== null;

export interface CheckoutState {
  status: "open" | "expired" | "complete";
  paymentStatus: "unpaid" | "paid" | "no_payment_required" | "failed";
}

/** `processing`: the person is done, but the bank takes its time. `open`: not finished yet. */
export type CheckoutOutcome = "paid" | "processing" | "failed" | "open";

export function outcomeOf({ status, paymentStatus }: CheckoutState): CheckoutOutcome {
  if (paymentStatus === "failed" || status === "expired") return "failed";
  if (paymentStatus === "paid" || paymentStatus === "no_payment_required") return "paid";
  return status === "open" ? "open" : "processing";
}
