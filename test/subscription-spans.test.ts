import fc from "fast-check";
import type Stripe from "stripe";
import { afterAll, expect, it } from "vitest";
import type { SubscriptionSpan } from "@/db/queries/subscription-spans";
import { startTruth } from "./support/stripe-truth";
import type { Version } from "./support/subscription-history";

/**
 * The history of subscriptions on the real Postgres, by chance: events in any order, twice, never delivered and found
 * by a sweep, the object read in between. The spans are those of the true history, and a month that was closed looks
 * the same whatever comes late. CONVERGENCE_RUNS and CONVERGENCE_SEED change how long, and play a failing run again.
 */

const truth = await startTruth();
process.env.STRIPE_API_URL = truth.url;
// From here on the app's modules may read the environment.
const { eq, sql } = await import("drizzle-orm");
const { db } = await import("@/db");
const { subscriptionSpans } = await import("@/db/schema");
const { listSpans, selectSpansKnownAt } = await import("@/db/queries/subscription-spans");
const { handleListed } = await import("@/lib/billing/events/handle");
const { syncObject } = await import("@/lib/billing/sync/sync-object");
const { post } = await import("./support/post-event");
const { lifeArbitrary, versionsOf } = await import("./support/subscription-history");
const { stripeId } = await import("./support/stripe-objects");

afterAll(() => truth.close());

const runs = Number(process.env.CONVERGENCE_RUNS ?? 40);
const seed = Number(process.env.CONVERGENCE_SEED ?? Date.now() % 2 ** 31);

const many = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 12, maxLength: 12 });
const fateArbitrary = fc.record({
  order: many(fc.nat(20)),
  copies: many(fc.constantFrom(1, 1, 1, 2)),
  isDropped: many(fc.constantFrom(false, false, false, true)),
  /** The number of changes by which Stripe is ahead of the news. */
  lead: many(fc.nat(2)),
  skew: many(fc.integer({ min: -2, max: 2 })),
  isRead: many(fc.boolean()),
  /** The number of deliveries that come before the month is closed. */
  closesAfter: fc.nat(12),
});
type Fate = typeof fateArbitrary extends fc.Arbitrary<infer T> ? T : never;
const nth = <T>(list: T[], index: number) => list[index % list.length] as T;

it(`${runs} histories end in the spans of Stripe's truth (seed ${seed})`, { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(lifeArbitrary, fateArbitrary, async (life, fate) => {
      const versions = versionsOf(life, stripeId("cus"));
      const id = versions[0]?.object.id ?? "";
      const closed = await deliver(versions, fate);
      expect((await listSpans(id)).map(shown)).toEqual(trueSpans(versions));
      for (const { event } of versions.toReversed()) await applied(event);
      expect((await listSpans(id)).map(shown)).toEqual(trueSpans(versions));
      expect(await spansKnownAt(closed.at, id)).toEqual(closed.spans);
    }),
    { numRuns: runs, seed, interruptAfterTimeLimit: 500_000, markInterruptAsFailure: true },
  );
});

/** @returns what was known when the month was closed, in the midst of it */
async function deliver(versions: Version[], fate: Fate) {
  const id = versions[0]?.object.id ?? "";
  const sent = versions.filter((_, index) => !nth(fate.isDropped, index));
  const dropped = versions.filter((_, index) => nth(fate.isDropped, index));
  const deliveries = sent
    .flatMap((version, index) => Array.from({ length: nth(fate.copies, index) }, () => version))
    .map((version, index) => ({ version, place: index + nth(fate.order, index) }))
    .toSorted((one, other) => one.place - other.place);
  let known = 0;
  let closed = fate.closesAfter === 0 ? await close(id) : null;
  for (const [index, { version }] of deliveries.entries()) {
    known = Math.min(Math.max(known, versions.indexOf(version) + nth(fate.lead, index)), versions.length - 1);
    becomeTrue(versions[known], nth(fate.skew, index));
    if (nth(fate.isRead, index)) await syncObject("subscription", id);
    await applied(version.event);
    if (index + 1 === fate.closesAfter) closed = await close(id);
  }
  closed ??= await close(id);
  becomeTrue(versions.at(-1), 0);
  const missed = dropped.toReversed().map(({ event }) => event as unknown as Stripe.Event);
  if (missed.length)
    expect(await handleListed({ kind: "subscription", id }, missed)).toMatchObject({ status: "applied" });
  return closed;
}

function becomeTrue(version: Version | undefined, skew: number) {
  if (version) truth.put(version.object);
  truth.now = (version?.at ?? 0) + skew;
}

async function applied(event: Version["event"]) {
  expect((await post(event)).status).toBe(200);
}

async function close(id: string) {
  const at = new Date((await databaseTime()) + 1);
  while ((await databaseTime()) <= at.getTime());
  return { at, spans: await listSpans(id) };
}

async function databaseTime(): Promise<number> {
  const [row] = await db.execute<{ now: string }>(
    sql`select extract(epoch from clock_timestamp()) * 1000 as now`,
  );
  return Math.floor(Number(row?.now));
}

const spansKnownAt = (at: Date, id: string) =>
  selectSpansKnownAt(at)
    .where(eq(subscriptionSpans.stripeSubscriptionId, id))
    .orderBy(subscriptionSpans.validFrom);

type Shown = Pick<
  SubscriptionSpan,
  | "status"
  | "pauseBehavior"
  | "quantity"
  | "cancelAt"
  | "cancellationReason"
  | "mrrMicro"
  | "validFrom"
  | "validTo"
>;

const shown = (span: SubscriptionSpan): Shown => ({
  status: span.status,
  pauseBehavior: span.pauseBehavior,
  quantity: span.quantity,
  cancelAt: span.cancelAt,
  cancellationReason: span.cancellationReason,
  mrrMicro: span.mrrMicro,
  validFrom: span.validFrom,
  validTo: span.validTo,
});

/** By brute force, from the history in its true order: the last version of each second, as far as it is another one. */
function trueSpans(versions: Version[]): Shown[] {
  const spans: Shown[] = [];
  for (const [index, { at, object }] of versions.entries()) {
    if (versions[index + 1]?.at === at) continue;
    const span = expectedSpan(object, at);
    const last = spans.at(-1);
    const isSame =
      last &&
      JSON.stringify({ ...textOf(last), validFrom: 0 }) === JSON.stringify({ ...textOf(span), validFrom: 0 });
    if (isSame) continue;
    if (last) last.validTo = span.validFrom;
    spans.push(span);
  }
  return spans;
}

const textOf = (span: Shown) => ({ ...span, mrrMicro: String(span.mrrMicro) });

function expectedSpan(object: Version["object"], at: number): Shown {
  const quantity = object.items.data[0]?.quantity ?? 0;
  const pause = object.pause_collection as { behavior: string } | null;
  const isPaid = ["active", "past_due"].includes(object.status) && !pause;
  return {
    status: object.status,
    pauseBehavior: pause?.behavior ?? null,
    quantity,
    cancelAt: object.cancel_at === null ? null : new Date(Number(object.cancel_at) * 1000),
    cancellationReason: object.cancellation_details.reason,
    mrrMicro: isPaid ? ({ 1: 1_900_000_000n, 3: 5_700_000_000n }[quantity] ?? 0n) : 0n,
    validFrom: new Date(at * 1000),
    validTo: null,
  };
}
