import type Stripe from "stripe";
import { expect, test, vi } from "vitest";
import { Browser } from "../test/browser";
import { startLocalStripe } from "../test/harness";
import { allEvents } from "../test/life";
import { shippedScenarios } from "./shipped";

const local = startLocalStripe();

const SMALL = {
  name: "A small shop",
  seed: 5,
  months: 8,
  start: "2025-01-31",
  customers: { total: 40, growth_per_month: 0.1 },
  plans: [
    {
      name: "Starter",
      share: 2,
      monthly: { lookup_key: "s_m", unit_amount: 1900 },
      yearly: { lookup_key: "s_y", unit_amount: 19_000 },
    },
    { name: "Pro", monthly: { lookup_key: "p_m", unit_amount: 4900 } },
  ],
  yearly: 0.3,
  trials: { share: 0.4, days: 14 },
  declines: { at_checkout: 0.2, at_renewal: 0.2, recovering: 0.5 },
  upgrades: 0.1,
  downgrades: 0.05,
  cancellations: { per_month: 0.08, at_once: 0.5 },
  refunds: 0.1,
  disputes: { share: 0.1, won: 0.5 },
};

interface Progress {
  readonly state: string;
  readonly customers: number;
  readonly events: number;
  readonly failure?: string;
}

const begin = (description: object, seed?: number) =>
  fetch(`${local.origin}/__local/scenario`, {
    method: "POST",
    body: new URLSearchParams({
      json: JSON.stringify(description),
      ...(seed === undefined ? {} : { seed: String(seed) }),
    }),
  });

const progress = async (): Promise<Progress> => (await fetch(`${local.origin}/__local/scenario`)).json();

async function play(description: object, seed?: number): Promise<Progress> {
  const begun = await begin(description, seed);
  expect(await begun.json()).toMatchObject({ state: "playing", month: 0 });
  await expect.poll(async () => (await progress()).state, { timeout: 15_000 }).not.toBe("playing");
  return progress();
}

const now = async () => (await (await fetch(`${local.origin}/__local/clock`)).json()).now as number;

const all = <T extends { id: string }>(list: Stripe.ApiListPromise<T>) =>
  list.autoPagingToArray({ limit: 10_000 });

/** The type, time and amount of every event: all but the ids, which are new each time. */
async function history(): Promise<string[]> {
  return (await allEvents(local)).map(({ type, created, data }) => {
    const { amount, total, status, email, name } = data.object as unknown as Record<string, unknown>;
    return [created, type, status, amount, total, email, name].join(" ");
  });
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

test("the same seed makes the same history on every machine, another seed another one", async () => {
  const played = await play(SMALL);
  expect(played).toMatchObject({ state: "played", customers: 40, month: 8, months: 8 });
  const first = await history();
  expect(first).toHaveLength(played.events);
  await local.control("reset");
  // Here an hour passes at each look at the clock.
  let looks = 0;
  const real = Date.now;
  const slow = vi.spyOn(Date, "now").mockImplementation(() => real() + looks++ * 3_600_000);
  await play(SMALL);
  slow.mockRestore();
  expect(looks).toBeGreaterThan(1000);
  expect(await history()).toEqual(first);
  await local.control("reset");
  await play(SMALL, 4);
  expect(await history()).not.toEqual(first);
}, 60_000);

test("everything that it describes has happened, with its events", async () => {
  await play(SMALL);
  const types = new Set((await allEvents(local)).map(({ type }) => type));
  for (const type of [
    "price.created",
    "customer.created",
    "checkout.session.completed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.trial_will_end",
    "invoice.paid",
    "invoice.payment_failed",
    "charge.succeeded",
    "charge.failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
    "charge.dispute.funds_reinstated",
  ] as const) {
    expect(types, type).toContain(type);
  }
  const subscriptions = await all(local.stripe.subscriptions.list({ status: "all", limit: 100 }));
  expect(subscriptions).toHaveLength(40);
  const reasons = new Set(subscriptions.map(({ cancellation_details }) => cancellation_details?.reason));
  expect(reasons).toContain("cancellation_requested");
  expect(reasons).toContain("payment_failed");
  const intervals = new Set(subscriptions.map(({ items }) => items.data[0]?.price.recurring?.interval));
  expect([...intervals].sort()).toEqual(["month", "year"]);
  const invoices = await all(local.stripe.invoices.list({ limit: 100 }));
  // An upgrade is paid for at once.
  expect(invoices.map(({ billing_reason }) => billing_reason)).toContain("subscription_update");
  // A declined renewal that another card saved.
  expect(invoices.some(({ attempt_count, status }) => status === "paid" && attempt_count > 1)).toBe(true);
}, 60_000);

test("its totals add up: payments less refunds, lost disputes and fees are the balance", async () => {
  await play(SMALL);
  const charges = (await all(local.stripe.charges.list({ limit: 100 }))).filter(({ paid }) => paid);
  const refunds = await all(local.stripe.refunds.list({ limit: 100 }));
  const disputes = await all(local.stripe.disputes.list({ limit: 100 }));
  const lost = disputes.filter(({ status }) => status !== "won");
  expect(Math.min(charges.length, refunds.length, disputes.length, lost.length)).toBeGreaterThan(0);
  const kept =
    sum(charges.map(({ amount }) => amount)) -
    sum(refunds.map(({ amount }) => amount)) -
    sum(lost.map(({ amount }) => amount));
  // 2.9 % and 30 cents of a payment, $15 of a dispute (https://stripe.com/pricing, https://docs.stripe.com/disputes).
  const fees = sum(charges.map(({ amount }) => Math.round(amount * 0.029) + 30)) + disputes.length * 1500;
  const { available, pending } = await local.stripe.balance.retrieve();
  expect(sum([...available, ...pending].map(({ amount }) => amount))).toBe(kept - fees);

  const paid = (await all(local.stripe.invoices.list({ status: "paid", limit: 100 }))).map(
    ({ amount_paid }) => amount_paid,
  );
  expect(sum(paid)).toBe(sum(charges.map(({ amount }) => amount)));
}, 60_000);

test("in an empty Stripe it begins on its first day or ends today, and the clock goes on from its end", async () => {
  await play({ ...SMALL, months: 1 });
  // The last day of January and a month is that of February.
  const end = Date.parse("2025-02-28") / 1000;
  expect(await now()).toBeGreaterThanOrEqual(end);
  expect(await now()).toBeLessThan(end + 60);
  await local.control("reset");
  await play({ ...SMALL, start: undefined, months: 6 });
  const [first] = await allEvents(local);
  const age = Date.now() / 1000 - (first?.created ?? 0);
  expect(Math.abs((await now()) - Date.now() / 1000)).toBeLessThan(60);
  // Six months have 181 to 184 days.
  expect(age / 86_400).toBeGreaterThan(180);
  expect(age / 86_400).toBeLessThan(185);
}, 60_000);

test("on top of what is there it begins now, with the prices that are there, and never in the past", async () => {
  const price = await local.stripe.prices.create({
    currency: "usd",
    lookup_key: "p_m",
    product_data: { name: "Pro" },
    recurring: { interval: "month" },
    unit_amount: 777,
  });
  const refused = await begin(SMALL);
  expect([refused.status, await refused.json()]).toEqual([
    400,
    { error: "The scenario begins on 2025-01-31, and something has happened here since; reset it first." },
  ]);
  const before = await now();
  const more = { start: undefined, months: 2, upgrades: 0, downgrades: 0 };
  await play({ ...SMALL, ...more, plans: [SMALL.plans[1]] });
  expect(await now()).toBeGreaterThan(before + 58 * 86_400);
  const subscriptions = await all(local.stripe.subscriptions.list({ status: "all", limit: 100 }));
  expect(new Set(subscriptions.map(({ items }) => items.data[0]?.price.id))).toEqual(new Set([price.id]));
  await play({ ...SMALL, ...more, plans: [{ name: "Pro", yearly: { lookup_key: "p_m", unit_amount: 1 } }] });
  expect(await progress()).toMatchObject({
    state: "failed",
    failure: "There is a price with the lookup key `p_m` that is not billed every year in usd.",
  });
}, 60_000);

test("nobody is told while it is played, and of everything afterwards", async () => {
  await play({ ...SMALL, months: 2 });
  expect(await (await fetch(`${local.origin}/__local/deliveries`)).json()).toEqual([]);
  await local.stripe.products.create({ name: "After" });
  await local.receiver.until(() => local.receiver.types().includes("product.created"));
  expect(new Set(local.receiver.types())).toEqual(new Set(["product.created"]));
  expect(local.receiver.received.map(({ event }) => (event.data.object as Stripe.Product).name)).toEqual([
    "After",
  ]);
}, 60_000);

test("time moves with it alone, and a reset ends it", async () => {
  // On top of something it runs ahead of the machine's time; the clock after the reset must not.
  await local.stripe.products.create({ name: "Before" });
  await begin({ ...SMALL, start: undefined, months: 100, customers: { total: 2000 } });
  await expect(local.control("clock/advance?seconds=1")).rejects.toThrow(
    "“A small shop” is being played; wait for its end.",
  );
  const second = await begin(SMALL);
  expect(second.status).toBe(400);
  await local.control("reset");
  expect(await progress()).toEqual({});
  expect((await local.stripe.customers.list()).data).toEqual([]);
  expect(Math.abs((await now()) - Date.now() / 1000)).toBeLessThan(60);
  await local.control("clock/advance?seconds=1");
}, 60_000);

test("after a reset another one is played, in which nothing is left of the first", async () => {
  await begin({ ...SMALL, name: "The first", months: 100, customers: { total: 2000 } });
  await local.control("reset");
  const played = await play(SMALL);
  expect(played).toMatchObject({ name: "A small shop", state: "played", customers: 40 });
  expect(await (await fetch(`${local.origin}/__local/deliveries`)).json()).toEqual([]);
  expect(await all(local.stripe.customers.list({ limit: 100 }))).toHaveLength(40);
}, 60_000);

test("somebody who is declined by an armed decline has not bought", async () => {
  await local.control("fail_next_payment?code=authentication_required");
  const none = { trials: undefined, declines: undefined };
  const played = await play({ ...SMALL, ...none, months: 1, customers: { total: 5 } });
  expect(played).toMatchObject({ state: "played", customers: 4 });
}, 60_000);

test("the dashboard plays what comes along, or what somebody writes there", async () => {
  const browser = new Browser();
  const home = await browser.get(local.origin);
  const refused = await browser.press(home, "Play it", { json: '{"months": 0}' });
  expect(refused.status).toBe(400);
  expect(refused.text).toContain("`name` must be given.");
  const playing = await browser.press(home, "Play it", { json: JSON.stringify(SMALL) });
  expect(playing.text).toContain("A small shop");
  const after = async () => (await browser.get(local.origin)).text;
  await expect.poll(after, { timeout: 15_000 }).toContain("“A small shop” was played: 40 customers");
  expect(home.text).toContain((JSON.parse(shippedScenarios["growing-shop"] ?? "") as { name: string }).name);
}, 60_000);
