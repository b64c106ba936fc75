import type Stripe from "stripe";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startTruth } from "./support/stripe-truth";

/** Case by case: what becomes a version of a subscription, and in which seconds it is true. */

const truth = await startTruth();
process.env.STRIPE_API_URL = truth.url;
// From here on the app's modules may read the environment.
const { eq } = await import("drizzle-orm");
const { db } = await import("@/db");
const { subscriptionVersions } = await import("@/db/schema");
const { listSpans } = await import("@/db/queries/subscription-spans");
const { handleListed } = await import("@/lib/billing/events/handle");
const { syncObject } = await import("@/lib/billing/sync/sync-object");
const { post } = await import("./support/post-event");
const { event, PERIOD_START, stripeId, subscription } = await import("./support/stripe-objects");

afterAll(() => truth.close());

type Subscription = ReturnType<typeof subscription>;
let known: Subscription;
beforeEach(() => {
  known = subscription();
  truth.put(known);
  truth.now = PERIOD_START;
});

const at = (seconds: number) => PERIOD_START + seconds;
const time = (seconds: number) => new Date(at(seconds) * 1000);

/** @param before what changed, as it was; null for an event that does not say */
async function tell(
  seconds: number,
  over: object,
  before: object | null = null,
  type = "updated",
  id = stripeId("evt"),
) {
  const object = { ...known, ...over };
  const data = before ? { object, previous_attributes: before } : { object };
  const told = event(`customer.subscription.${type}`, object, { id, created: at(seconds), data });
  expect((await post(told)).status).toBe(200);
  return told;
}

async function read(seconds: number, over: object = {}) {
  truth.now = at(seconds);
  truth.put({ ...known, ...over });
  await syncObject("subscription", known.id);
}

const versions = () =>
  db.select().from(subscriptionVersions).where(eq(subscriptionVersions.stripeSubscriptionId, known.id));

/** Status, sum, first second, last second. */
const history = async () =>
  (await listSpans(known.id)).map(({ status, mrrMicro, validFrom, validTo }) => [
    status,
    Number(mrrMicro),
    validFrom.getTime() / 1000 - PERIOD_START,
    validTo && validTo.getTime() / 1000 - PERIOD_START,
  ]);
const MRR = 1_900_000_000;
/** A read may have seen what was true three seconds before its date: two for the clocks, one that it took. */
const EARLIER = 3;

describe("events", () => {
  it("each begin a span; a late one splits it; the end counts nothing", async () => {
    await tell(0, {}, null, "created");
    await tell(90, { status: "canceled" }, null, "deleted");
    expect(await history()).toEqual([
      ["active", MRR, 0, 90],
      ["canceled", 0, 90, null],
    ]);
    await tell(40, { status: "past_due" }, { status: "active" });
    await tell(60, { status: "unpaid" }, { status: "past_due" });
    expect(await history()).toEqual([
      ["active", MRR, 0, 40],
      ["past_due", MRR, 40, 60],
      ["unpaid", 0, 60, 90],
      ["canceled", 0, 90, null],
    ]);
  });

  it("that change nothing of the kind, as a renewal does, begin none", async () => {
    await tell(0, {}, null, "created");
    await tell(30, { metadata: { a: "b" } }, { metadata: { a: null } });
    expect(await history()).toEqual([["active", MRR, 0, null]]);
    expect(await versions()).toHaveLength(2);
  });
});

it("items and discounts in another order are no other version", async () => {
  const [item] = known.items.data;
  const items = (...data: unknown[]) => ({ items: { ...known.items, data } });
  const other = { ...item, id: `${item?.id}_2`, price: { ...item?.price, currency: "usd" } };
  await tell(0, items(item, other), null, "created");
  await tell(5, items(other, item), items(item, other));
  expect(await history()).toEqual([["active", 2 * MRR, 0, null]]);
  await tell(9, items(other), items(other, item));
  expect(await history()).toEqual([
    ["active", 2 * MRR, 0, 9],
    ["active", MRR, 9, null],
  ]);
});

describe("events of one second", () => {
  it("created comes first and deleted last, whatever they say and whenever they come", async () => {
    // The ids alone would say the opposite.
    await tell(5, { status: "canceled" }, null, "deleted", stripeId("evt_1"));
    await tell(5, {}, { status: "past_due" }, "updated", stripeId("evt_2"));
    await tell(5, { status: "incomplete" }, null, "created", stripeId("evt_3"));
    expect(await history()).toEqual([["canceled", 0, 5, null]]);
    known = subscription();
    await tell(5, {}, null, "updated", stripeId("evt_2"));
    await tell(5, { status: "incomplete" }, null, "created", stripeId("evt_3"));
    expect(await history()).toEqual([["active", MRR, 5, null]]);
  });

  it("are ordered by what they changed", async () => {
    await tell(0, { status: "incomplete" }, null, "created");
    await tell(5, { status: "unpaid" }, { status: "past_due" });
    await tell(5, { status: "past_due" }, { status: "active" });
    await tell(5, { status: "active" }, { status: "incomplete" });
    expect(await history()).toEqual([
      ["incomplete", 0, 0, 5],
      ["unpaid", 0, 5, null],
    ]);
  });

  it("there and back again is no change, after the first version and after a second like it", async () => {
    const there = ["past_due", "active"] as const;
    await tell(0, {}, null, "created");
    for (const seconds of [5, 9]) {
      await tell(seconds, { status: there[0] }, { status: there[1] });
      await tell(seconds, { status: there[1] }, { status: there[0] });
    }
    expect(await history()).toEqual([["active", MRR, 0, null]]);
    await tell(7, { status: "unpaid" }, { status: "active" });
    await tell(8, { status: "past_due" }, { status: "unpaid" });
    // Now the second circle began at `past_due`, and ends there.
    expect(await history()).toEqual([
      ["active", MRR, 0, 7],
      ["unpaid", 0, 7, 8],
      ["past_due", MRR, 8, null],
    ]);
  });

  it("of which one changed a key inside of `pause_collection` alone", async () => {
    const until = (seconds: number) => ({ pause_collection: { behavior: "void", resumes_at: at(seconds) } });
    await tell(0, until(500), null, "created");
    const inside = { pause_collection: { resumes_at: at(500) } };
    await tell(5, { ...until(600), status: "unpaid" }, inside, "updated", stripeId("evt_1"));
    await tell(5, { ...until(500), status: "unpaid" }, { status: "active" }, "updated", stripeId("evt_2"));
    const spans = await listSpans(known.id);
    expect(spans.map(({ status, pauseResumesAt }) => [status, pauseResumesAt])).toEqual([
      ["active", time(500)],
      ["unpaid", time(600)],
    ]);
  });
});

describe("a read", () => {
  it("of what an event tells, before or after it came, is not seen", async () => {
    await read(3);
    expect(await history()).toEqual([["active", MRR, 3 - EARLIER, null]]);
    await tell(2, {}, null, "created");
    expect(await history()).toEqual([["active", MRR, 2, null]]);
    await read(300);
    await read(400, { status: "past_due" });
    expect(await history()).toEqual([
      ["active", MRR, 2, 400 - EARLIER],
      ["past_due", MRR, 400 - EARLIER, null],
    ]);
    await tell(350, { status: "past_due" }, { status: "active" });
    expect(await history()).toEqual([
      ["active", MRR, 2, 350],
      ["past_due", MRR, 350, null],
    ]);
    expect((await versions()).filter(({ moment }) => moment === "read")).toHaveLength(3);
  });

  it.each([
    [100 - EARLIER, "told at the first second that it may have seen", "past_due", 100 - EARLIER],
    [102, "told at the last second that it may have seen", "past_due", 102],
  ])("at 100, %i: %s", async (seconds, _, status, from) => {
    await tell(0, {}, null, "created");
    await read(100, { status });
    const { id } = await tell(seconds, { status }, { status: "active" });
    expect(await history()).toEqual([
      ["active", MRR, 0, from],
      ["past_due", MRR, from, null],
    ]);
    expect((await listSpans(known.id)).at(-1)?.stripeEventId).toBe(id);
  });

  it("of what no event tells comes after those of its time, and the next one heals it", async () => {
    await tell(0, {}, null, "created");
    await tell(101, { status: "past_due" }, { status: "active" });
    await read(100, { status: "unpaid" });
    expect(await history()).toEqual([
      ["active", MRR, 0, 101],
      ["unpaid", 0, 101, null],
    ]);
    await read(200, { status: "past_due" });
    expect(await history()).toEqual([
      ["active", MRR, 0, 101],
      ["unpaid", 0, 101, 200 - EARLIER],
      ["past_due", MRR, 200 - EARLIER, null],
    ]);
  });

  it("of what was before an event of its first second comes before that event", async () => {
    await tell(0, {}, null, "created");
    await tell(100 - EARLIER, { status: "past_due" }, { status: "active" });
    await read(100);
    expect(await history()).toEqual([
      ["active", MRR, 0, 100 - EARLIER],
      ["past_due", MRR, 100 - EARLIER, null],
    ]);
  });

  it.each([1, 2, 3, 4, 5, 6])("after another of the same second is the later one (%i)", async (_) => {
    await read(50, { status: "past_due" });
    await read(50, { status: "unpaid" });
    expect(await history()).toEqual([["unpaid", 0, 50 - EARLIER, null]]);
  });

  it("twice in one second is one row", async () => {
    await read(50);
    await read(50);
    expect((await versions()).map(({ moment, readBy }) => [moment, readBy])).toEqual([["read", time(52)]]);
  });

  it("that a sweep made for events leaves one version an event, and none of its own", async () => {
    const listed = [
      event("customer.subscription.updated", { ...known, status: "unpaid" }, { created: at(20) }),
      event("customer.subscription.created", known, { created: at(10) }),
    ];
    await read(60, { status: "unpaid" });
    truth.now = at(70);
    await handleListed({ kind: "subscription", id: known.id }, listed as unknown as Stripe.Event[]);
    expect(await history()).toEqual([
      ["active", MRR, 10, 20],
      ["unpaid", 0, 20, null],
    ]);
    expect((await versions()).map(({ moment }) => moment).toSorted()).toEqual(["changed", "created", "read"]);
  });

  it("stands for events in another API version, at the second of the newest", async () => {
    truth.now = at(500);
    const [one, two] = [30, 20].map((seconds) =>
      event(
        "customer.subscription.updated",
        { ...known, status: "unpaid" },
        {
          created: at(seconds),
          api_version: "2019-05-16",
        },
      ),
    );
    await handleListed({ kind: "subscription", id: known.id }, [one, two] as unknown as Stripe.Event[]);
    expect(await history()).toEqual([["active", MRR, 30, null]]);
  });

  it("that names discounts by their ids alone says too little", async () => {
    await read(50, { discounts: ["di_1"] });
    expect(await versions()).toEqual([]);
  });

  it("on a test clock is none, since nobody knows its time; events are", async () => {
    known = subscription({ test_clock: "clock_1" });
    await read(50);
    expect(await versions()).toEqual([]);
    await tell(9_999, { status: "past_due" }, { status: "active" });
    expect(await history()).toEqual([["past_due", MRR, 9_999, null]]);
  });

  it("that finds nothing ends what was going on, once", async () => {
    await tell(0, {}, null, "created");
    truth.remove(known.id);
    // Stripe's refusal has no date that is read: ours stands in, five minutes wide on either side.
    const before = Math.floor(Date.now() / 1000) - 300;
    await syncObject("subscription", known.id);
    await syncObject("subscription", known.id);
    const [active, ended, ...more] = await listSpans(known.id);
    expect(more).toEqual([]);
    expect(active).toMatchObject({ status: "active", validTo: ended?.validFrom });
    expect(ended).toMatchObject({ status: "canceled", mrrMicro: 0n, validTo: null });
    expect((ended?.validFrom.getTime() ?? 0) / 1000 - before).toBeGreaterThanOrEqual(-2);
    expect((ended?.validFrom.getTime() ?? 0) / 1000 - before).toBeLessThanOrEqual(60);
  });
});

describe("discounts", () => {
  const discount = (over: object = {}) => ({
    id: stripeId("di"),
    object: "discount",
    end: null as number | null,
    source: {
      type: "coupon",
      coupon: {
        id: "coupon_1",
        object: "coupon",
        percent_off: 25,
        amount_off: null,
        currency: null,
        duration: "forever",
        ...over,
      },
    },
  });

  it("have in an event the terms that the read behind it shows", async () => {
    const [kept, added, gone] = [discount(), discount({ percent_off: 50 }), discount()];
    const [item] = known.items.data;
    const items = { ...known.items, data: [{ ...item, discounts: [added] }] };
    truth.put({ ...known, items, discounts: [kept] });
    const named = { ...known.items, data: [{ ...item, discounts: [added.id] }] };
    await tell(7, { items: named, discounts: [gone.id, kept.id] });
    const told = (await versions()).find(({ moment }) => moment === "changed");
    const terms = { couponId: "coupon_1", amountOff: null, currency: null, duration: "forever", end: null };
    const unknown = {
      couponId: null,
      percentOff: null,
      amountOff: null,
      currency: null,
      duration: null,
      end: null,
    };
    expect(told?.discounts).toEqual([
      { id: added.id, stripeItemId: item?.id, ...terms, percentOff: 50 },
      { id: gone.id, stripeItemId: null, ...unknown },
      { id: kept.id, stripeItemId: null, ...terms, percentOff: 25 },
    ]);
    expect(told?.mrrMicro).toBe(712_500_000n); // 1900 × 0.5 × 0.75
  });

  it("of which an event's read did not have the terms have those of a later read", async () => {
    const late = discount();
    truth.now = at(10);
    await tell(10, { discounts: [late.id] }, null, "created");
    expect((await history()).at(-1)?.[1]).toBe(MRR);
    await read(10, { discounts: [late] });
    expect(await history()).toEqual([["active", 1_425_000_000, 10, null]]);
  });

  it("in another order are no other version", async () => {
    const [one, other] = [discount(), { ...discount({ percent_off: 50 }), end: null }];
    truth.put({ ...known, discounts: [one, other] });
    await tell(0, { discounts: [one.id, other.id] }, null, "created");
    await tell(5, { discounts: [other.id, one.id] }, { discounts: [one.id, other.id] });
    expect(await history()).toEqual([["active", 712_500_000, 0, null]]);
  });

  it("that run out end a span, unless an event comes before", async () => {
    const repeating = { ...discount({ duration: "repeating" }), end: at(200) };
    const discounts = [repeating.id];
    truth.put({ ...known, discounts: [repeating] });
    await tell(0, { discounts }, null, "created");
    expect(await history()).toEqual([
      ["active", 1_425_000_000, 0, 200],
      ["active", MRR, 200, null],
    ]);
    await tell(300, { discounts: [] }, { discounts });
    await tell(100, { discounts, status: "unpaid" }, { status: "active" });
    await tell(150, { discounts, status: "past_due" }, { status: "unpaid" });
    expect(await history()).toEqual([
      ["active", 1_425_000_000, 0, 100],
      ["unpaid", 0, 100, 150],
      ["past_due", 1_425_000_000, 150, 200],
      ["past_due", MRR, 200, 300],
      ["active", MRR, 300, null],
    ]);
  });
});
