import fc from "fast-check";
import type Stripe from "stripe";
import { afterAll, expect, it } from "vitest";
import type { ObjectKind } from "@/lib/billing/objects";
import type { Change } from "./support/customer-history";
import {
  byStripeId,
  expectedDispute,
  expectedInvoice,
  expectedInvoicePayment,
  expectedItems,
  expectedSubscription,
} from "./support/expected-rows";
import type { TestEvent } from "./support/stripe-objects";
import { startTruth } from "./support/stripe-truth";

/**
 * A customer's events on the real Postgres, by chance: in any order, twice, several at once, while Stripe goes on
 * changing, is away, or is asked by somebody else, or never delivers and is asked afterwards. The rows end in Stripe's truth, field by field.
 * CONVERGENCE_RUNS and CONVERGENCE_SEED change how long, and play a failing run again.
 */

const truth = await startTruth();
process.env.STRIPE_API_URL = truth.url;
// From here on the app's modules may read the environment.
const { handleListed } = await import("@/lib/billing/events/handle");
const { syncCheckoutSession, syncObject } = await import("@/lib/billing/sync/sync-object");
const { isTransient } = await import("@/lib/transient");
const { objectOf } = await import("@/lib/billing/objects");
const { changesOf, historyArbitrary } = await import("./support/customer-history");
const { post } = await import("./support/post-event");
const {
  disputeRow,
  factsOf,
  invoicePaymentRow,
  invoiceRow,
  itemRows,
  ledgerOf,
  sessionRow,
  someUser,
  subscriptionRow,
  userById,
} = await import("./support/rows");

afterAll(() => truth.close());

const runs = Number(process.env.CONVERGENCE_RUNS ?? 25);
const seed = Number(process.env.CONVERGENCE_SEED ?? Date.now() % 2 ** 31);

/** The fate of the news, event by event and batch by batch; each list is gone through again and again. */
const fateArbitrary = fc.record({
  order: many(fc.nat(40)),
  copies: many(fc.constantFrom(1, 1, 1, 2, 3)),
  isDropped: many(fc.constantFrom(false, false, false, false, true)),
  batch: many(fc.integer({ min: 1, max: 6 })),
  /** The number of changes by which Stripe is ahead of the news. */
  lead: many(fc.nat(2)),
  skew: many(fc.integer({ min: -2, max: 2 })),
  isAway: many(fc.constantFrom(false, false, false, false, false, true)),
  /** Somebody looks at the success page, or has an object copied by hand: which of those there are, if any. */
  visited: many(fc.option(fc.nat(9))),
});
type Fate = typeof fateArbitrary extends fc.Arbitrary<infer T> ? T : never;

function many<T>(one: fc.Arbitrary<T>) {
  return fc.array(one, { minLength: 12, maxLength: 12 });
}
const nth = <T>(list: T[], index: number) => list[index % list.length] as T;

it(`${runs} customers end in Stripe's truth (seed ${seed})`, { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(historyArbitrary, fateArbitrary, async (history, fate) => {
      const user = await someUser();
      const changes = changesOf(history, user.customer);
      const left = await deliver(changes, fate);
      await sweep(left);
      await expectTruth(user, changes);
      // Everything once more: nobody may notice.
      for (const { events } of changes.toReversed()) for (const one of events) await applied(one);
      await expectTruth(user, changes);
    }),
    { numRuns: runs, seed, interruptAfterTimeLimit: 500_000, markInterruptAsFailure: true },
  );
});

/** @returns the events that Stripe never delivered */
async function deliver(changes: Change[], fate: Fate): Promise<TestEvent[]> {
  const news = changes.flatMap(({ events }, change) => events.map((event) => ({ event, change })));
  const [dropped, sent] = [
    news.filter((_, index) => nth(fate.isDropped, index)),
    news.filter((_, index) => !nth(fate.isDropped, index)),
  ];
  const deliveries = sent
    .flatMap((one, index) => Array.from({ length: nth(fate.copies, index) }, () => one))
    .map((one, index) => ({ ...one, place: index + nth(fate.order, index) }))
    .toSorted((one, other) => one.place - other.place);

  let known = -1;
  const refused: TestEvent[] = [];
  for (let round = 0, next = 0; next < deliveries.length; round++) {
    const batch = deliveries.slice(next, next + nth(fate.batch, round));
    next += batch.length;
    // An event is there only after its change; Stripe may be further on.
    const reached = Math.max(known, ...batch.map(({ change }) => change)) + nth(fate.lead, round);
    known = becomeTrue(changes, known, reached, nth(fate.skew, round));
    truth.isAway = nth(fate.isAway, round);
    const visit = visited(changes.slice(0, known + 1)[nth(fate.visited, round) ?? known + 1]);
    const answers = await Promise.all(batch.map(({ event }) => post(event)));
    await visit;
    for (const [index, { status }] of answers.entries()) {
      expect([200, 503]).toContain(status);
      const event = batch[index]?.event;
      if (status === 503 && event) refused.push(event);
    }
  }
  truth.isAway = false;
  becomeTrue(changes, known, changes.length, 0);
  for (const event of refused) await applied(event);
  return dropped.map(({ event }) => event);
}

function becomeTrue(changes: Change[], known: number, reached: number, skew: number) {
  const now = Math.min(reached, changes.length - 1);
  for (const { object } of changes.slice(known + 1, now + 1)) truth.put(object);
  truth.now = (changes[now]?.at ?? 0) + skew;
  return now;
}

/** Another copy of an object at once with the news of it. */
async function visited(change: Change | undefined) {
  if (!change) return;
  const { id, object } = change.object;
  const copy = object === "checkout.session" ? syncCheckoutSession(id) : syncObject(object as ObjectKind, id);
  await copy.catch((error) => {
    if (!isTransient(error)) throw error;
  });
}

async function applied(event: TestEvent) {
  expect((await post(event)).status).toBe(200);
}

/** As reconcile does: one reading an object, for all of its events that never came. */
async function sweep(events: TestEvent[]) {
  const missed = new Map<string, Stripe.Event[]>();
  for (const event of events as unknown as Stripe.Event[]) {
    const id = objectOf(event)?.id ?? "";
    missed.set(id, [...(missed.get(id) ?? []), event]);
  }
  for (const group of missed.values()) {
    const ref = group[0] && objectOf(group[0]);
    if (ref) await handleListed(ref, group);
  }
}

async function expectTruth(user: Awaited<ReturnType<typeof someUser>>, changes: Change[]) {
  const objects = [...new Map(changes.map(({ object }) => [object.id, object])).values()];
  const types = new Map(changes.map(({ object, events }) => [object.id, events[0]?.type]));
  let revenue = 0;
  for (const object of objects) {
    const { id } = object;
    if (object.object === "customer") {
      expect((await userById(user.id))?.stripeCustomerId).toBeNull();
    } else if (object.object === "subscription") {
      const row = await subscriptionRow(id);
      expect(row).toMatchObject(expectedSubscription(object));
      expect(row?.userId).toBe(user.id);
      expect((await itemRows(id)).toSorted(byStripeId)).toMatchObject(expectedItems(object));
      const current = (await userById(user.id))?.currentSubscriptionId;
      expect(current).toBe(object.status === "canceled" ? null : row?.id);
    } else if (object.object === "invoice") {
      expect(await invoiceRow(id)).toMatchObject({ ...expectedInvoice(object), userId: user.id });
      if (object.status === "paid") revenue += 1900;
    } else if (object.object === "invoice_payment") {
      expect(await invoicePaymentRow(id)).toMatchObject(expectedInvoicePayment(object));
    } else if (object.object === "checkout.session") {
      const paymentStatus =
        types.get(id) === "checkout.session.async_payment_failed" ? "failed" : object.payment_status;
      expect(await sessionRow(id)).toMatchObject({ status: object.status, paymentStatus, userId: user.id });
      if (object.payment_status === "paid") revenue += 49_900;
    } else if (object.object === "refund") {
      expect(await factsOf(id)).toMatchObject([{ status: object.status, userId: user.id }]);
      if (object.status === "succeeded") revenue -= 700;
    } else {
      expect(await disputeRow(id)).toMatchObject(expectedDispute(object));
      expect(await factsOf(id)).toMatchObject([{ eventType: "charge.dispute.created" }]);
    }
  }
  const ledger = await ledgerOf(user.customer);
  expect(ledger.filter(({ userId }) => userId !== user.id)).toEqual([]);
  expect(ledger.reduce((sum, fact) => sum + fact.revenue, 0)).toBe(revenue);
  const failures = changes
    .flatMap(({ events }) => events)
    .filter(({ type }) => type === "invoice.payment_failed");
  expect(ledger.filter(({ kind }) => kind === "attempt")).toHaveLength(failures.length);
}
