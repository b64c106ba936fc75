import type Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client } from "@/db";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { isClean, reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { newsOf } from "./support/news";
import { post } from "./support/post-event";
import { purchaseAt } from "./support/purchase";
import { inboxRow, itemRows, subscriptionRow } from "./support/rows";

/** A subscription schedule changes a plan at the end of a period: no call of ours does, and the rows follow. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);
const report = () => reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 });
const sweep = () => reconcile({ sweeps: "all", delayScale: 0 });

const news = newsOf(own, stripe);

async function deliver(events: readonly Stripe.Event[]): Promise<void> {
  for (const event of events) expect((await post(JSON.stringify(event))).status, event.type).toBe(200);
}

let priceOf: Record<"pro" | "starter", string>;

beforeAll(async () => {
  await applyCatalog();
  const of = async (key: string) => (await stripe.prices.list({ lookup_keys: [key] })).data[0]?.id ?? "";
  priceOf = { pro: await of("aiaas_pro_monthly"), starter: await of("aiaas_starter_monthly") };
});
beforeEach(async () => {
  await sweep();
  await news();
});

/** The plan is to become the smaller one when what is paid for has passed. */
async function scheduleDowngrade(subscription: string): Promise<Stripe.SubscriptionSchedule> {
  const made = await stripe.subscriptionSchedules.create({ from_subscription: subscription });
  const [paid] = made.phases;
  return stripe.subscriptionSchedules.update(made.id, {
    phases: [
      {
        start_date: paid?.start_date as number,
        end_date: paid?.end_date as number,
        items: [{ price: priceOf.pro }],
      },
      { items: [{ price: priceOf.starter }] },
    ],
  });
}

/** Deliveries come in no promised order. */
const ORDERS: [string, (events: Stripe.Event[]) => Stripe.Event[]][] = [
  ["as they happened", (events) => events],
  ["the other way round", (events) => events.toReversed()],
  ["twice", (events) => [...events, ...events]],
  ["not at all, but for a sweep", () => []],
];

describe.each(ORDERS)("a downgrade by a schedule, told %s", (_, order) => {
  it("is in our rows when it is scheduled, when it comes, and when the schedule is over", async () => {
    const tier = await buy("aiaas_pro_monthly");
    await sweep();
    await news();
    const told = async () => {
      await deliver(order(await news()));
      if (order([{} as Stripe.Event]).length === 0) await sweep();
    };

    const { id, phases } = await scheduleDowngrade(tier.subscription);
    await told();
    expect(await subscriptionRow(tier.subscription)).toMatchObject({
      stripePriceId: priceOf.pro,
      stripeScheduleId: id,
      unitAmount: 9900,
    });
    expect(isClean(await report())).toBe(true);

    await own.control("clock/next_renewal");
    await told();
    const from = new Date((phases[1]?.start_date as number) * 1000);
    expect(await subscriptionRow(tier.subscription)).toMatchObject({
      currentPeriodStart: from,
      status: "active",
      stripePriceId: priceOf.starter,
      stripeScheduleId: id,
      unitAmount: 1900,
    });
    const items = await itemRows(tier.subscription);
    expect(items.map(({ stripePriceId, unitAmount }) => [stripePriceId, unitAmount])).toEqual([
      [priceOf.starter, 1900],
    ]);
    expect(isClean(await report())).toBe(true);

    await own.control("clock/next_renewal");
    await told();
    expect(await subscriptionRow(tier.subscription)).toMatchObject({
      stripePriceId: priceOf.starter,
      stripeScheduleId: null,
    });
    expect(isClean(await report())).toBe(true);
    await stripe.subscriptions.cancel(tier.subscription);
    await sweep();
  });
});

it("a schedule that is released or canceled is no drift either", async () => {
  const kept = await buy("aiaas_pro_monthly");
  const ended = await buy("aiaas_pro_monthly");
  const [released, canceled] = [
    await scheduleDowngrade(kept.subscription),
    await scheduleDowngrade(ended.subscription),
  ];
  await stripe.subscriptionSchedules.release(released.id);
  await stripe.subscriptionSchedules.cancel(canceled.id);
  await deliver(await news());
  expect(await subscriptionRow(kept.subscription)).toMatchObject({
    status: "active",
    stripePriceId: priceOf.pro,
    stripeScheduleId: null,
  });
  expect(await subscriptionRow(ended.subscription)).toMatchObject({ status: "canceled" });
  expect(isClean(await report())).toBe(true);
});

it("an event about a schedule itself is taken, and means nothing to us", async () => {
  const { subscription } = await buy("aiaas_pro_monthly");
  await sweep();
  await news();
  await scheduleDowngrade(subscription);
  const events = (await news()).filter(({ type }) => type.startsWith("subscription_schedule."));
  expect(events.map(({ type }) => type)).toEqual([
    "subscription_schedule.created",
    "subscription_schedule.updated",
  ]);
  await deliver(events);
  for (const { id, type } of events) {
    const note = `${type} needs nothing from us.`;
    expect(await inboxRow(id)).toMatchObject({ status: "applied", note });
  }
  expect(await subscriptionRow(subscription)).toMatchObject({ stripeScheduleId: null });
});
