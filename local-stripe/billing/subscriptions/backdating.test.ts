import type Stripe from "stripe";
import { expect, test } from "vitest";
import { at } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";

const local = startLocalStripe();
const NOW = at("2026-03-01T00:00:00");

/** A subscription of $20.00 a month. */
const begin = (more: Partial<Stripe.SubscriptionCreateParams>) => Life.begin(local, { time: NOW, more });

const periods = async (life: Life) =>
  (await life.lastInvoice()).lines.data.map(({ amount, period }) => [amount, period.start, period.end]);

// Source: https://docs.stripe.com/billing/subscriptions/backdating, flexible billing.
test("a subscription that began earlier bills each period since then", async () => {
  const life = await begin({ backdate_start_date: at("2026-01-15T00:00:00") });
  expect(await life.subscription()).toMatchObject({
    start_date: at("2026-01-15T00:00:00"),
    billing_cycle_anchor: NOW,
    status: "active",
  });
  expect(await periods(life)).toEqual([
    // 17 of January's 31 days, rounded down.
    [1096, at("2026-01-15T00:00:00"), at("2026-02-01T00:00:00")],
    [2000, at("2026-02-01T00:00:00"), NOW],
    [2000, NOW, at("2026-04-01T00:00:00")],
  ]);
  await life.to(at("2026-04-01T01:00:00"));
  expect(await periods(life)).toEqual([[2000, at("2026-04-01T00:00:00"), at("2026-05-01T00:00:00")]]);
});

test("with an anchor that is still to come, the period under way is a part of one", async () => {
  const life = await begin({
    backdate_start_date: at("2026-02-10T00:00:00"),
    billing_cycle_anchor: at("2026-03-11T00:00:00"),
  });
  expect(await periods(life)).toEqual([
    // One day of the 31 from January 11th, and all from February 11th.
    [64, at("2026-02-10T00:00:00"), at("2026-02-11T00:00:00")],
    [2000, at("2026-02-11T00:00:00"), at("2026-03-11T00:00:00")],
  ]);
});

test("or for none of it, if nothing is to be prorated", async () => {
  const life = await begin({ backdate_start_date: at("2026-01-15T00:00:00"), proration_behavior: "none" });
  expect(await periods(life)).toEqual([[2000, NOW, at("2026-04-01T00:00:00")]]);
});

test("a beginning that is still to come is refused", async () => {
  await expect(begin({ backdate_start_date: NOW + 1 })).rejects.toMatchObject({
    statusCode: 400,
    param: "backdate_start_date",
  });
});

test("so is one with more periods than an invoice has lines", async () => {
  const life = await begin({});
  const daily = { currency: "usd", unit_amount: 100, recurring: { interval: "day" } } as const;
  const price = (await local.stripe.prices.create({ ...daily, product_data: { name: "Day" } })).id;
  const since = (days: number) =>
    local.stripe.subscriptions.create({
      backdate_start_date: NOW - days * 86_400,
      customer: life.customer,
      items: [{ price }],
    });
  await expect(since(251)).rejects.toMatchObject({ statusCode: 400, param: "backdate_start_date" });
  const { latest_invoice } = await since(250);
  expect((await local.stripe.invoices.retrieve(String(latest_invoice))).total).toBe(25_100);
});

// Source: the comment of the SDK's type `SubscriptionCreateParams.billing_cycle_anchor_config`.
test.each([
  [{ day_of_month: 15 }, "2026-03-15T00:00:00"],
  [{ day_of_month: 31 }, "2026-03-31T00:00:00"],
  [{ day_of_month: 1 }, "2026-04-01T00:00:00"],
  [{ day_of_month: 1, hour: 6, minute: 30, second: 5 }, "2026-03-01T06:30:05"],
  [{ day_of_month: 31, month: 2 }, "2027-02-28T00:00:00"],
])("cycles are counted from the next moment that has %j", async (billing_cycle_anchor_config, anchor) => {
  const life = await begin({ billing_cycle_anchor_config, proration_behavior: "none" });
  const none = { hour: null, minute: null, month: null, second: null };
  expect(await life.subscription()).toMatchObject({
    billing_cycle_anchor: at(anchor),
    billing_cycle_anchor_config: { ...none, ...billing_cycle_anchor_config },
  });
});

test("an anchor and a way to find one are not given together", async () => {
  const both = { billing_cycle_anchor: NOW + 60, billing_cycle_anchor_config: { day_of_month: 5 } };
  await expect(begin(both)).rejects.toMatchObject({ code: "parameters_exclusive" });
});
