import { expect } from "vitest";
import { post } from "./post-event";
import { someUser } from "./rows";
import {
  checkoutSession,
  dispute,
  event,
  invoice,
  PERIOD_START,
  paymentSession,
  refund,
  stripeId,
  subscription,
  type TestEvent,
} from "./stripe-objects";
import type { startTruth } from "./stripe-truth";

type Customer = { customer: string };
type Make = (of: Customer) => TestEvent[];

/**
 * Each kind of object, and each way the decision can go without asking Stripe. The last event is the one that the
 * name tells of; what is before it prepares the ground.
 */
export const EVENT_KINDS: Record<string, Make> = {
  "a checkout": ({ customer }) => [event("checkout.session.completed", checkoutSession({ customer }))],
  "an expired checkout": ({ customer }) => [
    event("checkout.session.expired", checkoutSession({ customer, status: "expired", subscription: null })),
  ],
  "a one-time sale": ({ customer }) => [event("checkout.session.completed", paymentSession({ customer }))],
  "a paid invoice": ({ customer }) => [event("invoice.payment_succeeded", invoice({ customer }))],
  "a failed attempt": ({ customer }) => [
    event("invoice.payment_failed", invoice({ customer, status: "open", amount_paid: 0 })),
  ],
  "a new subscription": ({ customer }) => [
    event("customer.subscription.created", subscription({ customer })),
  ],
  "a subscription, newer": (of) => versions(of, { status: "past_due" }, PERIOD_START + 1),
  "a subscription, stale": (of) => versions(of, { status: "past_due" }, PERIOD_START - 1),
  "a subscription, equal": (of) => versions(of, {}, PERIOD_START),
  "a subscription, ended": ({ customer }) => {
    const known = subscription({ customer });
    const ended = { ...known, status: "canceled", ended_at: PERIOD_START };
    return [
      event("customer.subscription.created", known),
      event("customer.subscription.deleted", ended, { created: PERIOD_START }),
    ];
  },
  "a refund": ({ customer }) => [event("refund.created", refund({ customer }))],
  "a dispute": () => [event("charge.dispute.created", dispute())],
  "a deleted customer": ({ customer }) => [
    event("customer.subscription.created", subscription({ customer })),
    event("customer.deleted", { id: customer, object: "customer" }),
  ],
  "an event of no interest": () => [event("invented.tomorrow", { id: stripeId("x"), object: "invention" })],
};

function versions({ customer }: Customer, change: object, created: number) {
  const known = subscription({ customer });
  return [
    event("customer.subscription.updated", known),
    event("customer.subscription.updated", { ...known, ...change }, { created }),
  ];
}

/** The one way that asks: another content of the same second, and a third that is true. */
export const unsure =
  (truth: Awaited<ReturnType<typeof startTruth>>): Make =>
  (of) => {
    const events = versions(of, { status: "past_due" }, PERIOD_START);
    truth.now = PERIOD_START;
    truth.put({ ...(events[0]?.data.object as { id: string }), status: "unpaid" });
    return events;
  };

/** A new user, and everything up to the event itself. */
export async function prepare(make: Make | undefined) {
  const { customer } = await someUser();
  const events = make?.({ customer }) ?? [];
  const last = events.at(-1);
  if (!last) throw new Error("There is no event.");
  for (const before of events.slice(0, -1)) expect((await post(before)).status).toBe(200);
  return { customer, event: last };
}
