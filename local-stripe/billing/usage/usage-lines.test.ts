import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { at, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";
import { callMeter, meteredPrice, report } from "../../test/metering";
import { confirm, monthlyPrice, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();
const START = at("2026-01-01T00:00:00");
const HALF = at("2026-01-16T12:00:00");
const RENEWAL = at("2026-02-01T00:00:00");

let meter: string;
let metered: string;
let flat: string;

beforeEach(async () => {
  meter = (await callMeter(local)).id;
  metered = (await meteredPrice(local, meter)).id;
  flat = (await monthlyPrice(local)).id;
});

const begin = (
  items = [{ price: flat }, { price: metered }],
  more: Partial<Stripe.SubscriptionCreateParams> = {},
) => Life.begin(local, { time: START, price: flat, more: { items, ...more } });

const linesOf = (invoice: Stripe.Invoice) =>
  invoice.lines.data.map((line) => [line.description, line.quantity, line.amount]);

const PRO = ["1 × Pro (at $20.00 / month)", 1, 2000];
const calls = (quantity: number, amount: number) => [
  `${quantity} call × Calls (at $0.07 / month)`,
  quantity,
  amount,
];

describe("a subscription with a metered item", () => {
  test("pays for it when its period is over, and not before (docs)", async () => {
    const life = await begin();
    expect(linesOf(await life.lastInvoice())).toEqual([PRO]);
    const item = (await life.subscription()).items.data[1];
    expect(item).not.toHaveProperty("quantity");
    expect(item?.plan).toMatchObject({ meter, usage_type: "metered" });
    await report(local, life.customer, 300);
    await life.to(HALF);
    await report(local, life.customer, 45);
    await life.to(RENEWAL);
    const draft = await life.lastInvoice();
    expect(linesOf(draft)).toEqual([PRO, calls(345, 2415)]);
    const [ahead, behind] = draft.lines.data;
    expect(ahead?.period).toEqual({ start: RENEWAL, end: at("2026-03-01T00:00:00") });
    expect(behind).toMatchObject({
      period: { start: START, end: RENEWAL },
      parent: { subscription_item_details: { proration: false, subscription_item: item?.id } },
      pricing: { price_details: { price: metered } },
    });
    await life.to(RENEWAL + HOUR_SECONDS);
    expect(await life.lastInvoice()).toMatchObject({ status: "paid", amount_paid: 4415 });
  });

  test("pays what was reported for the period while its invoice was a draft (docs)", async () => {
    const life = await begin();
    await life.to(RENEWAL);
    expect(linesOf(await life.lastInvoice())).toEqual([PRO, calls(0, 0)]);
    await life.to(RENEWAL + HOUR_SECONDS / 2);
    await report(local, life.customer, 10, { timestamp: RENEWAL - 1 });
    // This second is the next period's.
    await report(local, life.customer, 500, { timestamp: RENEWAL });
    const before = await life.lastInvoice();
    await life.to(RENEWAL + HOUR_SECONDS);
    const paid = await life.lastInvoice();
    expect([linesOf(paid), paid.amount_paid]).toEqual([[PRO, calls(10, 70)], 2070]);
    expect(paid.lines.data.map(({ id }) => id)).toEqual(before.lines.data.map(({ id }) => id));
    // Too late: that invoice is final.
    await report(local, life.customer, 7, { timestamp: RENEWAL - 1 });
    await life.to(at("2026-03-01T01:00:00"));
    expect(linesOf(await life.lastInvoice())).toEqual([PRO, calls(500, 3500)]);
  });

  test("owes nothing for less than nothing (docs)", async () => {
    const life = await begin();
    await report(local, life.customer, -30);
    await life.to(RENEWAL + HOUR_SECONDS);
    expect(linesOf(await life.lastInvoice())).toEqual([PRO, calls(0, 0)]);
  });

  test("a preview shows what was used by now", async () => {
    const life = await begin();
    await report(local, life.customer, 12);
    const next = await local.stripe.invoices.createPreview({ subscription: life.id });
    expect(linesOf(next)).toEqual([PRO, calls(12, 84)]);
  });

  test("graduated tiers have their lines, and the discount of the item is taken off", async () => {
    const tiered = await meteredPrice(local, meter, {
      unit_amount: undefined,
      billing_scheme: "tiered",
      tiers_mode: "graduated",
      tiers: [
        { up_to: 100, unit_amount: 0, flat_amount: 500 },
        { up_to: "inf", unit_amount: 3 },
      ],
    });
    const coupon = (await local.stripe.coupons.create({ percent_off: 10, duration: "forever" })).id;
    const life = await begin([{ price: tiered.id, discounts: [{ coupon }] } as never]);
    await report(local, life.customer, 120);
    await life.to(RENEWAL + HOUR_SECONDS);
    const invoice = await life.lastInvoice();
    expect(linesOf(invoice)).toEqual([
      ["100 call × Calls (Tier 1 at $0.00 / month)", 100, 0],
      ["Calls (Tier 1 at $5.00 / month)", 0, 500],
      ["20 call × Calls (Tier 2 at $0.03 / month)", 20, 60],
    ]);
    expect(invoice.total).toBe(504);
  });

  test("without anything else begins without an invoice (docs)", async () => {
    const life = await begin([{ price: metered }]);
    expect(await life.subscription()).toMatchObject({ status: "active", latest_invoice: null });
    expect(await life.invoices()).toEqual([]);
    await report(local, life.customer, 100);
    await life.to(RENEWAL + HOUR_SECONDS);
    expect(await life.lastInvoice()).toMatchObject({ status: "paid", total: 700 });
  });

  test("uses for free in its trial (docs)", async () => {
    const life = await begin(undefined, { trial_period_days: 10 });
    await report(local, life.customer, 60);
    await life.to(START + 10 * DAY_SECONDS);
    const lines = linesOf(await life.lastInvoice());
    expect(lines).toEqual([PRO, ["Free trial for 60 call × Calls", 60, 0]]);
  });

  test("takes no quantity (type; the words: inferred)", async () => {
    await expect(begin([{ price: metered, quantity: 2 } as never])).rejects.toMatchObject({
      param: "items[0][quantity]",
    });
    const life = await begin();
    const item = (await life.subscription()).items.data[1]?.id as string;
    await expect(local.stripe.subscriptionItems.update(item, { quantity: 2 })).rejects.toMatchObject({
      param: "items[0][quantity]",
    });
  });
});

describe("a change in the middle", () => {
  const pending = async (life: Life) => {
    const { data } = await local.stripe.invoiceItems.list({ customer: life.customer, pending: true });
    return data.map(({ description, quantity, amount, period }) => [
      description,
      quantity,
      amount,
      period.end,
    ]);
  };
  const swap = async (life: Life, more: object, prices: object = {}) => {
    const item = (await life.subscription()).items.data[1]?.id;
    return local.stripe.subscriptions.update(life.id, { items: [{ id: item, ...more }], ...prices });
  };

  test("bills usage at the price of its time (docs)", async () => {
    const dear = (await meteredPrice(local, meter, { unit_amount: 11 })).id;
    const life = await begin();
    await report(local, life.customer, 100);
    await life.to(HALF);
    await swap(life, { price: dear });
    expect(await pending(life)).toEqual([["100 call × Calls (at $0.07 / month)", 100, 700, HALF]]);
    await report(local, life.customer, 20);
    await life.to(RENEWAL + HOUR_SECONDS);
    const invoice = await life.lastInvoice();
    expect(invoice.lines.data.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual([220, 700, 2000]);
  });

  test("an item that is removed leaves what was used, unless nothing is to be prorated (docs)", async () => {
    const life = await begin();
    await report(local, life.customer, 100);
    await life.to(HALF);
    await swap(life, { deleted: true });
    expect(await pending(life)).toEqual([["100 call × Calls (at $0.07 / month)", 100, 700, HALF]]);
    const other = await begin();
    await report(local, other.customer, 100);
    await other.to(HALF);
    await swap(other, { deleted: true }, { proration_behavior: "none" });
    expect(await pending(other)).toEqual([]);
  });

  test("an item that is added counts from then on", async () => {
    const life = await begin([{ price: flat }]);
    await report(local, life.customer, 100);
    await life.to(HALF);
    await local.stripe.subscriptions.update(life.id, { items: [{ price: metered }] });
    expect(await pending(life)).toEqual([]);
    await report(local, life.customer, 30);
    await life.to(RENEWAL + HOUR_SECONDS);
    expect(linesOf(await life.lastInvoice())).toEqual([PRO, calls(30, 210)]);
  });

  test("a cycle that begins anew bills the one before", async () => {
    const life = await begin();
    await report(local, life.customer, 100);
    await life.to(HALF);
    await local.stripe.subscriptions.update(life.id, { billing_cycle_anchor: { type: "now" } });
    const lines = (await life.lastInvoice()).lines.data;
    expect(lines.map(({ amount }) => amount)).toEqual([-1000, 2000, 700]);
    expect(lines[2]?.period).toEqual({ start: START, end: HALF });
  });

  test("an end bills what was used: as planned, or now if an invoice is wanted (type)", async () => {
    const planned = await begin(undefined, { cancel_at_period_end: true });
    await report(local, planned.customer, 40);
    await planned.to(RENEWAL + HOUR_SECONDS);
    expect(linesOf(await planned.lastInvoice())).toEqual([calls(40, 280)]);
    const now = await begin();
    await report(local, now.customer, 50);
    await now.to(HALF);
    await local.stripe.subscriptions.cancel(now.id, { invoice_now: true });
    expect(linesOf(await now.lastInvoice())).toEqual([calls(50, 350)]);
    const quiet = await begin();
    await report(local, quiet.customer, 60);
    await local.stripe.subscriptions.cancel(quiet.id);
    expect(await quiet.invoices()).toHaveLength(1);
  });
});

describe("Checkout", () => {
  test("sells a metered price beside a flat one, without a quantity (type)", async () => {
    const line_items = [{ price: flat, quantity: 1 }, { price: metered }];
    const session = await subscriptionSession(local, { line_items });
    expect(session.amount_total).toBe(2000);
    await confirm(local, session.id);
    const params = { expand: ["line_items", "subscription"] };
    const paid = await local.stripe.checkout.sessions.retrieve(session.id, params);
    expect(paid.line_items?.data.map(({ quantity, amount_total }) => [quantity, amount_total])).toEqual([
      [1, 2000],
      [null, 0],
    ]);
    expect((paid.subscription as Stripe.Subscription).items.data).toHaveLength(2);
    const counted = subscriptionSession(local, { line_items: [{ price: metered, quantity: 1 }] });
    await expect(counted).rejects.toMatchObject({ param: "line_items[0][quantity]" });
  });

  test("its page says that usage comes on top, and so does the portal, which changes no plan then", async () => {
    const line_items = [{ price: flat, quantity: 1 }, { price: metered }];
    const session = await subscriptionSession(local, { line_items });
    const page = (await new Browser().get(session.url ?? "")).text;
    expect(page).toContain("$20.00 and what you use every month");
    expect(page).toContain("$0.07 each");
    await confirm(local, session.id);
    const { customer } = await local.stripe.checkout.sessions.retrieve(session.id);
    const portal = await local.stripe.billingPortal.sessions.create({ customer: String(customer) });
    const home = (await new Browser().get(portal.url)).text;
    expect(home).toContain("$0.07 each, billed per month");
    expect(home).not.toContain("Update plan");
  });

  test("keeps a card where nothing is due yet, and makes no invoice (docs)", async () => {
    const session = await subscriptionSession(local, { line_items: [{ price: metered }] });
    await confirm(local, session.id);
    const done = await local.stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription"] });
    expect(done).toMatchObject({ amount_total: 0, invoice: null, payment_status: "no_payment_required" });
    const subscription = done.subscription as Stripe.Subscription;
    expect([subscription.status, typeof subscription.default_payment_method]).toEqual(["active", "string"]);
  });
});
