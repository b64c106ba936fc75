import { afterAll, expect, it } from "vitest";
import { startPostgresProxy } from "./postgres-proxy";
import type { TestEvent } from "./stripe-objects";

/** What an event costs: docs/decisions/002-few-round-trips.md. The pool has one connection, so that it is warm. */

const proxy = await startPostgresProxy(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = proxy.url;
process.env.DATABASE_POOL_MAX = "1";
// From here on the app's modules may read the environment.
const { client } = await import("@/db");
const { post } = await import("./post-event");
const { inboxRow, someUser } = await import("./rows");
const {
  checkoutSession,
  dispute,
  event,
  invoice,
  PERIOD_START,
  paymentSession,
  refund,
  stripeId,
  subscription,
} = await import("./stripe-objects");

afterAll(async () => {
  await client.end();
  proxy.close();
});

type Customer = { customer: string };

/** Each kind of object, and each way the decision can go without asking Stripe. */
const kinds: Record<string, (of: Customer) => TestEvent[]> = {
  "a checkout": (of) => [event("checkout.session.completed", checkoutSession(of))],
  "a one-time sale": (of) => [event("checkout.session.completed", paymentSession(of))],
  "a paid invoice": (of) => [event("invoice.payment_succeeded", invoice(of))],
  "a failed attempt": (of) => [event("invoice.payment_failed", invoice({ ...of, status: "open" }))],
  "a new subscription": (of) => [event("customer.subscription.created", subscription(of))],
  "a subscription, newer": (of) => versions(of, PERIOD_START + 1),
  "a subscription, stale": (of) => versions(of, PERIOD_START - 1),
  "a subscription, equal": (of) => versions(of, PERIOD_START, {}),
  "a refund": (of) => [event("refund.created", refund(of))],
  "a dispute": () => [event("charge.dispute.created", dispute())],
  "a deleted customer": ({ customer }) => [event("customer.deleted", { id: customer, object: "customer" })],
  "an event of no interest": () => [event("invented.tomorrow", { id: stripeId("x"), object: "invention" })],
};

function versions(of: Customer, created: number, change: object = { status: "past_due" }) {
  const first = subscription(of);
  return [
    event("customer.subscription.updated", first),
    event("customer.subscription.updated", { ...first, ...change }, { created }),
  ];
}

async function deliver(events: TestEvent[]) {
  for (const one of events) {
    Object.assign(proxy.counts, { roundTrips: 0, statements: 0, commits: 0 });
    expect((await post(one)).status).toBe(200);
    expect(await countsOf(one)).toEqual("applied");
  }
}

/** The counts are read before the inbox is: that read is a round trip of its own. */
let last = { ...proxy.counts };
async function countsOf({ id }: TestEvent) {
  last = { ...proxy.counts };
  return (await inboxRow(id))?.status;
}

it.each(Object.entries(kinds))("%s: two round trips, one commit", async (_, make) => {
  await deliver(make(await someUser()));
  await deliver(make(await someUser()));
  expect(last).toMatchObject({ roundTrips: 2, commits: 1 });
});

it("a duplicate: nothing is committed", async () => {
  const [paid] = kinds["a paid invoice"]?.(await someUser()) ?? [];
  if (!paid) throw new Error("There is no such kind.");
  await deliver([paid, paid]);
  expect(last).toMatchObject({ roundTrips: 2, commits: 0 });
});
