import { now } from "../kit/clock";
import { invalid } from "../kit/errors";
import { emit } from "../kit/events";
import { newId } from "../kit/ids";
import { onDue, schedule, unschedule, unscheduleAll } from "../kit/jobs";
import { type Invoice, type InvoiceLineItem, invoices } from "../objects/invoice";
import type { Price } from "../objects/price";
import {
  buildSubscription,
  buildSubscriptionItem,
  itemList,
  type Subscription,
  subscriptions,
} from "../objects/subscription";
import { clockOf } from "../objects/test-clock";
import { createInvoice, itemLine, subscriptionParent } from "./invoices";
import { periodEnd } from "./periods";

export interface OrderedItem {
  readonly price: Price;
  readonly quantity: number;
}

type Ordered = Partial<Subscription> & Pick<Subscription, "customer" | "currency" | "status">;

/** Begins now, or with its trial. It is not reported yet: that is due when its first invoice has an outcome. */
export function createSubscription(items: readonly OrderedItem[], ordered: Ordered): Subscription {
  const id = newId("sub_1");
  const start = now();
  const anchor = ordered.billing_cycle_anchor ?? ordered.trial_end ?? start;
  const made = items.map(({ price, quantity }) => {
    if (!price.recurring) throw invalid("The price specified is set to `type=one_time`.");
    const end = ordered.trial_end ?? periodEnd(anchor, price.recurring, start);
    return buildSubscriptionItem(id, price, {
      quantity,
      current_period_start: start,
      current_period_end: end,
    });
  });
  const trial_start = ordered.trial_end ? start : null;
  return subscriptions.put(
    buildSubscription({
      ...ordered,
      id,
      items: itemList(id, made),
      billing_cycle_anchor: anchor,
      trial_start,
      test_clock: clockOf(ordered.customer),
    }),
  );
}

/** The invoice that opens a subscription: its first period, or nothing for the trial, and what is due once. */
export function firstInvoice(
  subscription: Subscription,
  onceLines: (invoice: string) => readonly InvoiceLineItem[] = () => [],
): Invoice {
  const trialing = subscription.status === "trialing";
  const invoice = createInvoice(
    subscription.customer,
    {
      billing_reason: "subscription_create",
      currency: subscription.currency,
      parent: subscriptionParent(subscription),
    },
    (id) => [
      ...onceLines(id),
      ...subscription.items.data.map((item) => itemLine(id, subscription, item, trialing)),
    ],
  );
  subscriptions.update(subscription.id, { latest_invoice: invoice.id });
  return invoice;
}

/** When the period ends that every item has paid for. */
export function currentPeriodEnd(subscription: Subscription): number {
  return Math.max(...subscription.items.data.map((item) => item.current_period_end));
}

type Cancellation = Partial<NonNullable<Subscription["cancellation_details"]>>;

export function cancel(subscription: Subscription, details: Cancellation): Subscription {
  const at = now();
  const canceled = subscriptions.put({
    ...subscription,
    canceled_at: subscription.canceled_at ?? at,
    cancellation_details: withDetails(subscription, details),
    ended_at: at,
    status: "canceled",
  });
  unscheduleAll(subscription.id);
  emit("customer.subscription.deleted", canceled);
  for (const invoice of invoices.where({ subscription: subscription.id })) {
    const collecting = (invoice.status === "draft" || invoice.status === "open") && invoice.auto_advance;
    if (collecting) emit("invoice.updated", invoices.put({ ...invoice, auto_advance: false }), invoice);
  }
  return canceled;
}

/** Sets, moves or (with null) clears the moment at which the subscription will end by itself. */
export function cancelAt(subscription: Subscription, at: number | null, atPeriodEnd: boolean): Subscription {
  if (at === null) unschedule("subscription.cancel", subscription.id);
  else schedule("subscription.cancel", subscription.id, at, subscription.test_clock);
  return {
    ...subscription,
    cancel_at: at,
    cancel_at_period_end: atPeriodEnd,
    canceled_at: at === null ? null : (subscription.canceled_at ?? now()),
    cancellation_details: withDetails(subscription, {
      reason: at === null ? null : "cancellation_requested",
      ...(at === null ? { comment: null, feedback: null } : {}),
    }),
  };
}

onDue("subscription.cancel", (id) => {
  cancel(subscriptions.must(id), { reason: "cancellation_requested" });
});

export function withDetails(subscription: Subscription, details: Cancellation) {
  const none = { comment: null, feedback: null, feedback_option: null, reason: null };
  return { ...none, ...subscription.cancellation_details, ...details };
}
