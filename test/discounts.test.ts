import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { subscriptionItems, subscriptions } from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { syncObject } from "@/lib/billing/sync/sync-object";
import { post } from "./support/post-event";
import { purchaseAt } from "./support/purchase";
import { subscriptionRow } from "./support/rows";
import { event } from "./support/stripe-objects";

/** An event names discounts by their ids; what they take off is in Stripe's answer, if it is asked for that deep. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);
const report = async () => (await reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 })).drift;
const itemRow = async (id: string) =>
  (await db.select().from(subscriptionItems).where(eq(subscriptionItems.stripeId, id)))[0];

const TERMS = {
  forever: { percent_off: 100, duration: "forever" },
  months: { percent_off: 12.5, duration: "repeating", duration_in_months: 3 },
  amount: { amount_off: 250, currency: "usd", duration: "once" },
} as const;

let tier: Awaited<ReturnType<typeof buy>>;
const coupons = {} as Record<keyof typeof TERMS, string>;
beforeAll(async () => {
  await applyCatalog();
  tier = await buy("aiaas_starter_monthly");
  for (const [name, terms] of Object.entries(TERMS))
    coupons[name as keyof typeof TERMS] = (await stripe.coupons.create(terms)).id;
  await reconcile({ sweeps: "all", delayScale: 0 });
});
beforeEach(() => own.stripe.rest());

/** The newest event about the subscription, exactly as Stripe made it. */
async function lastEvent(): Promise<Stripe.Event> {
  const { data } = await stripe.events.list({ type: "customer.subscription.updated", limit: 1 });
  const [last] = data;
  if (!last) throw new Error("Stripe made no event.");
  own.stripe.rest();
  return JSON.parse(JSON.stringify(last));
}

const discount = (
  name: keyof typeof TERMS,
  { id, end }: { id: string; end: number | null },
  more: Partial<Record<"percentOff" | "amountOff" | "currency", unknown>>,
) => ({
  id,
  couponId: coupons[name],
  percentOff: null,
  amountOff: null,
  currency: null,
  duration: TERMS[name].duration,
  end,
  ...more,
});

async function discountsOfTier() {
  const { discounts } = await stripe.subscriptions.retrieve(tier.subscription, { expand: ["discounts"] });
  own.stripe.rest();
  return discounts.filter((one) => typeof one !== "string");
}

describe("a subscription's discounts", () => {
  it("are ids in its event, so it is read, and the row has their terms", async () => {
    await stripe.subscriptions.update(tier.subscription, {
      discounts: [{ coupon: coupons.forever }, { coupon: coupons.months }],
    });
    const told = await lastEvent();
    const { discounts } = told.data.object as Stripe.Subscription;
    expect(discounts).toEqual([expect.stringMatching(/^di_/), expect.stringMatching(/^di_/)]);
    expect((await post(JSON.stringify(told))).status).toBe(200);
    expect(own.stripe.calls).toEqual([`GET /v1/subscriptions/${tier.subscription}`]);

    const [forever, months] = await discountsOfTier();
    const expected = [
      discount("forever", forever ?? { id: "", end: null }, { percentOff: 100 }),
      discount("months", months ?? { id: "", end: null }, { percentOff: 12.5 }),
    ];
    expect(forever?.end).toBeNull();
    expect(months?.end).toBeGreaterThan(Date.now() / 1000);
    const row = await subscriptionRow(tier.subscription);
    expect(row?.discounts).toHaveLength(2);
    expect(row?.discounts).toEqual(expect.arrayContaining(expected));
    expect(await report()).toEqual([]);
  });

  it("that say something else in the row are named, and right again after a sweep by lists alone", async () => {
    const before = await subscriptionRow(tier.subscription);
    const wrong = (before?.discounts ?? []).map((one) => ({ ...one, percentOff: 1 }));
    await db
      .update(subscriptions)
      .set({ discounts: wrong })
      .where(eq(subscriptions.stripeId, tier.subscription));
    expect(await report()).toEqual([
      {
        kind: "subscription",
        id: tier.subscription,
        field: "discounts",
        ours: wrong,
        stripe: before?.discounts,
      },
    ]);
    own.stripe.rest();
    await reconcile({ sweeps: "all", delayScale: 0 });
    expect(own.stripe.calls.filter((call) => call.endsWith(tier.subscription))).toEqual([]);
    expect((await subscriptionRow(tier.subscription))?.discounts).toEqual(before?.discounts);
  });

  it("are none when an event names none, and Stripe is not asked", async () => {
    await stripe.subscriptions.update(tier.subscription, { discounts: "" });
    const told = await lastEvent();
    expect((await post(JSON.stringify(told))).status).toBe(200);
    expect((await subscriptionRow(tier.subscription))?.discounts).toEqual([]);
    expect(await report()).toEqual([]);
  });
});

describe("an item's own discounts", () => {
  let item: string;
  let id: string;
  beforeAll(async () => {
    const { items } = await stripe.subscriptions.retrieve(tier.subscription);
    item = items.data[0]?.id ?? "";
    const { discounts } = await stripe.subscriptionItems.update(item, {
      discounts: [{ coupon: coupons.amount }],
    });
    id = String(discounts[0]);
  });

  it("lie too deep for one answer: the items are read, too", async () => {
    const known = await stripe.subscriptions.retrieve(tier.subscription);
    expect(known.items.data[0]?.discounts).toEqual([id]);
    const told = event("customer.subscription.updated", known, { created: Math.floor(Date.now() / 1000) });
    own.stripe.rest();
    expect((await post(JSON.stringify(told))).status).toBe(200);
    expect(own.stripe.calls).toEqual([
      `GET /v1/subscriptions/${tier.subscription}`,
      "GET /v1/subscription_items",
    ]);
    const terms = { amountOff: 250, currency: "usd" };
    expect((await itemRow(item))?.discounts).toEqual([discount("amount", { id, end: null }, terms)]);
    expect((await subscriptionRow(tier.subscription))?.discounts).toEqual([]);
    expect(await report()).toEqual([]);
  });

  it("that say something else in the row are named, and right again after a sweep", async () => {
    const before = await itemRow(item);
    await client`update subscription_items set discounts = '[]' where stripe_id = ${item}`;
    expect(await report()).toEqual([
      { kind: "subscription", id: item, field: "discounts", ours: [], stripe: before?.discounts },
    ]);
    await reconcile({ sweeps: "all", delayScale: 0 });
    expect((await itemRow(item))?.discounts).toEqual(before?.discounts);
  });

  it("are read for a subscription without an event, and leave the others' rows alone", async () => {
    const other = await buy("aiaas_pro_monthly");
    await syncObject("subscription", other.subscription);
    expect(own.stripe.calls).toEqual([`GET /v1/subscriptions/${other.subscription}`]);
    expect((await itemRow(item))?.discounts).toHaveLength(1);
  });
});
