import { afterAll, beforeEach, expect, it } from "vitest";
import { startOwnDatabase } from "./support/own-database";

/** The history of subscriptions from an inbox that was there before it, with and without what the events carried. */

const own = await startOwnDatabase();
await own.migrate();
// From here on the app's modules may read the environment.
const { client, db } = await import("@/db");
const { listSpans, selectSpansKnownAt } = await import("@/db/queries/subscription-spans");
const { subscriptionVersions } = await import("@/db/schema");
const { backfillVersions } = await import("@/lib/billing/reconcile/backfill-versions");
const { post } = await import("./support/post-event");
const { event, PERIOD_START, subscription } = await import("./support/stripe-objects");

afterAll(async () => {
  await client.end();
  await own.stop();
});

const at = (seconds: number) => PERIOD_START + seconds;
const time = (seconds: number) => new Date(at(seconds) * 1000);

/** Two items: 19.00 a month, and twice 24.00 a year. */
let known: ReturnType<typeof subscription>;
beforeEach(async () => {
  await client`truncate stripe_events, subscription_versions, subscriptions, subscription_items`;
  known = subscription();
  const [first] = known.items.data;
  if (!first) throw new Error("The subscription has no item.");
  const price = { ...first.price, id: "price_2", unit_amount: 2_400, unit_amount_decimal: "2400" };
  const yearly = { ...price, recurring: { ...price.recurring, interval: "year" } };
  known.items.data.push({ ...first, id: `${first.id}_2`, quantity: 2, price: yearly });
});

async function tell(seconds: number, over: object, type = "updated", before?: object) {
  const object = { ...known, ...over };
  const data = before ? { object, previous_attributes: before } : { object };
  const told = event(`customer.subscription.${type}`, object, { created: at(seconds), data });
  expect((await post(told)).status).toBe(200);
  return told;
}

const allVersions = async () =>
  (await db.select().from(subscriptionVersions)).toSorted((one, other) => (one.id < other.id ? -1 : 1));

const history = async () =>
  (await listSpans(known.id)).map(({ status, mrrMicro, validFrom }) => [status, mrrMicro, validFrom]);

const dropPayloads = () => client`update stripe_events set payload = null`;

it("from what events carried: the very rows, as if the history had been there", async () => {
  await tell(0, { status: "trialing" }, "created");
  await tell(10, {}, "updated", { status: "trialing" });
  await tell(90, { status: "canceled" }, "deleted");
  const before = await allVersions();
  expect(before).toHaveLength(3);
  await client`delete from subscription_versions`;

  expect(await backfillVersions()).toBe(3);
  const withoutTime = (rows: typeof before) => rows.map(({ recordedAt, ...row }) => row);
  expect(withoutTime(await allVersions())).toEqual(withoutTime(before));
  const applied = await client`select id, applied_at from stripe_events order by id collate "C"`;
  expect((await allVersions()).map(({ id, recordedAt }) => [id, recordedAt])).toEqual(
    applied.map(({ id, applied_at }) => [id, new Date(applied_at)]),
  );
  expect(await backfillVersions()).toBe(0);
});

it("from the rows that events changed, when what they carried was dropped", async () => {
  await tell(0, { status: "trialing" }, "created");
  await tell(10, {});
  const paused = { behavior: "void", resumes_at: at(5_000) };
  await tell(20, { pause_collection: paused });
  await tell(30, {
    cancel_at: at(6_000),
    trial_end: at(7_000),
    cancellation_details: { comment: null, feedback: null, reason: "payment_disputed" },
  });
  await tell(90, { status: "canceled" }, "deleted");
  await client`delete from subscription_versions`;
  await dropPayloads();

  expect(await backfillVersions()).toBe(5);
  // 1900, and 2 × 2400 / 12 = 400
  const expected = [
    ["trialing", 0n, time(0)],
    ["active", 2_300_000_000n, time(10)],
    ["active", 0n, time(20)],
    ["active", 2_300_000_000n, time(30)],
    ["canceled", 0n, time(90)],
  ];
  expect(await history()).toEqual(expected);
  const [first, second] = known.items.data;
  const spans = await listSpans(known.id);
  expect(spans[2]).toMatchObject({ pauseBehavior: "void", pauseResumesAt: time(5_000), livemode: false });
  expect(spans[3]).toMatchObject({
    stripeCustomerId: known.customer,
    pauseBehavior: null,
    cancelAt: time(6_000),
    trialEnd: time(7_000),
    cancellationReason: "payment_disputed",
    stripePriceId: first?.price.id,
    quantity: 1,
    unitAmount: 1_900,
    currency: "usd",
    interval: "month",
    intervalCount: 1,
    discounts: [],
    items: [
      {
        stripeId: first?.id,
        stripePriceId: first?.price.id,
        stripeProductId: first?.price.product,
        quantity: 1,
        unitAmountDecimal: "1900",
        interval: "month",
        intervalCount: 1,
        usageType: "licensed",
      },
      {
        stripeId: second?.id,
        stripePriceId: "price_2",
        stripeProductId: second?.price.product,
        quantity: 2,
        unitAmountDecimal: "2400",
        interval: "year",
        intervalCount: 1,
        usageType: "licensed",
      },
    ],
  });
});

it("from rows that name no amount, as with tiers, and no number, as where usage is metered", async () => {
  const [first, second] = known.items.data;
  Object.assign(first?.price ?? {}, { unit_amount: null, unit_amount_decimal: null });
  Object.assign(second ?? {}, { quantity: undefined });
  await tell(0, {}, "created");
  await client`delete from subscription_versions`;
  await dropPayloads();
  expect(await backfillVersions()).toBe(1);
  expect(await listSpans(known.id)).toMatchObject([
    {
      quantity: 1,
      unitAmount: null,
      items: [
        { quantity: 1, unitAmountDecimal: null },
        { quantity: null, unitAmountDecimal: "2400" },
      ],
    },
  ]);
});

it("from rows of an older migration, which knew one item and no discounts", async () => {
  const after = {
    id: "8a7c6f0e-0000-4000-8000-000000000001",
    stripe_id: known.id,
    stripe_customer_id: "cus_old",
    status: "active",
    stripe_price_id: "price_old",
    quantity: 3,
    unit_amount: 1_200,
    currency: "eur",
    interval: "year",
    cancel_at: "2026-10-01T00:00:00+00:00",
  };
  const changes = JSON.stringify([
    { table: "users", id: "u", before: null, after: { current_subscription_id: after.id } },
    { table: "subscriptions", id: after.id, before: null, after },
  ]);
  const insert = (id: string, status: string, type = "customer.subscription.updated") => client`
    insert into stripe_events (id, type, livemode, stripe_created_at, object_id, status, changes, applied_at)
    values (${id}, ${type}, true, ${time(40).toISOString()}, ${known.id}, ${status}, ${changes}::text::jsonb,
      ${time(41).toISOString()})`;
  await insert("evt_old", "applied");
  await insert("evt_parked", "parked");
  await insert("evt_notice", "applied", "customer.subscription.trial_will_end");

  expect(await backfillVersions()).toBe(1);
  expect(await listSpans(known.id)).toMatchObject([
    {
      stripeEventId: "evt_old",
      stripeCustomerId: "cus_old",
      status: "active",
      quantity: 3,
      unitAmount: 1_200,
      currency: "eur",
      interval: "year",
      intervalCount: 1,
      cancelAt: new Date("2026-10-01T00:00:00Z"),
      livemode: true,
      mrrMicro: 300_000_000n, // 3 × 1200 / 12
      recordedAt: time(41),
      validFrom: time(40),
      items: [{ stripePriceId: "price_old", quantity: 3, unitAmountDecimal: "1200", usageType: "licensed" }],
    },
  ]);
  // It was known here since it was applied.
  expect(await selectSpansKnownAt(time(41))).toHaveLength(1);
  expect(await selectSpansKnownAt(new Date(time(41).getTime() - 1))).toEqual([]);
});

it("takes the terms of discounts, which events name by ids, from the rows", async () => {
  await tell(0, {}, "created");
  const terms = { couponId: "c", amountOff: null, currency: null, duration: "forever", end: null };
  const rows = [{ id: "di_1", percentOff: 50, ...terms }];
  await client`update stripe_events set
    payload = jsonb_set(payload, '{data,object,discounts}', '["di_1"]'),
    changes = (select jsonb_agg(case change ->> 'table' when 'subscriptions'
      then jsonb_set(change, '{after,discounts}', ${JSON.stringify(rows)}::text::jsonb) else change end)
      from jsonb_array_elements(changes) as change)`;
  for (const _ of ["with what it carried", "without"]) {
    await client`delete from subscription_versions`;
    expect(await backfillVersions()).toBe(1);
    const [span] = await listSpans(known.id);
    expect(span?.discounts).toEqual([{ id: "di_1", percentOff: 50, ...terms, stripeItemId: null }]);
    expect(span?.mrrMicro).toBe(1_150_000_000n);
    await dropPayloads();
  }
});

it("knows nothing of an event that changed no row and of which nothing else is left", async () => {
  await tell(10, {});
  await tell(5, { status: "past_due" });
  await client`delete from subscription_versions`;
  await dropPayloads();
  expect(await backfillVersions()).toBe(1);
  expect(await history()).toEqual([["active", 2_300_000_000n, time(10)]]);
});
