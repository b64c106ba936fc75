import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { at, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";

const local = startLocalStripe();
const START = at("2026-01-01T00:00:00");
const HALF = START + 15.5 * DAY_SECONDS;

let small: string;
let large: string;
let yearly: string;

beforeEach(async () => {
  const product = (await local.stripe.products.create({ name: "Pro" })).id;
  const made = (unit_amount: number, interval: "month" | "year") =>
    local.stripe.prices.create({ currency: "usd", product, unit_amount, recurring: { interval } });
  small = (await made(1999, "month")).id;
  large = (await made(4999, "month")).id;
  yearly = (await made(19_900, "year")).id;
});

const begin = (more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
  Life.begin(local, { time: START, price: small, more });

async function swap(
  life: Life,
  change: Stripe.SubscriptionUpdateParams.Item,
  more: Stripe.SubscriptionUpdateParams = {},
) {
  const { id } = await life.item();
  return local.stripe.subscriptions.update(life.id, { items: [{ id, ...change }], ...more });
}

/** Newest first; of one change, its credits before its debits (recorded). Every amount is rounded down (recorded). */
const pending = async (life: Life) =>
  (await local.stripe.invoiceItems.list({ customer: life.customer, pending: true })).data;

describe("a change in the middle of a period", () => {
  test("waits as a credit and a debit for the next invoice", async () => {
    const life = await begin();
    await life.to(HALF);
    await swap(life, { price: large });
    const items = await pending(life);
    expect(items.map(({ amount, description, proration }) => [amount, description, proration])).toEqual([
      [-1000, "Unused time on Pro after 16 Jan 2026", true],
      [2499, "Remaining time on Pro after 16 Jan 2026", true],
    ]);
    await life.to(at("2026-02-01T01:00:00"));
    const invoice = await life.lastInvoice();
    expect(invoice.lines.data.map(({ amount }) => amount)).toEqual([-1000, 2499, 4999]);
    expect(invoice.amount_paid).toBe(-1000 + 2499 + 4999);
    expect(invoice.lines.data[0]?.parent?.subscription_item_details).toMatchObject({
      proration: true,
      invoice_item: items[0]?.id,
      subscription_item: (await life.item()).id,
      proration_details: { credited_items: { invoice: (await life.invoices())[0]?.id } },
    });
  });

  test("is billed at once if asked", async () => {
    const life = await begin();
    await life.to(HALF);
    await swap(life, { price: large }, { proration_behavior: "always_invoice" });
    expect(await life.lastInvoice()).toMatchObject({
      billing_reason: "subscription_update",
      status: "paid",
      amount_paid: 1499,
    });
    expect(await pending(life)).toEqual([]);
  });

  test("or simply made", async () => {
    const life = await begin();
    await life.to(HALF);
    await swap(life, { price: large }, { proration_behavior: "none" });
    expect(await pending(life)).toEqual([]);
    expect((await life.item()).price.id).toBe(large);
  });

  test("downgraded, the difference stays in the customer's favour", async () => {
    const life = await Life.begin(local, { time: START, price: large });
    await life.to(HALF);
    await swap(life, { price: small }, { proration_behavior: "always_invoice" });
    expect(await life.lastInvoice()).toMatchObject({ total: -1501, amount_due: 0, status: "paid" });
    expect(await local.stripe.customers.retrieve(life.customer)).toMatchObject({ balance: -1501 });
    await life.to(at("2026-02-01T01:00:00"));
    expect(await life.lastInvoice()).toMatchObject({ total: 1999, amount_paid: 498 });
  });

  test("back and forth cancels out to the cent: what was debited is what is credited", async () => {
    const life = await begin();
    await life.to(HALF);
    await swap(life, { price: large });
    await swap(life, { price: small });
    const amounts = (await pending(life)).map(({ amount }) => amount);
    expect(amounts).toEqual([-2499, 999, -1000, 2499]);
  });

  test("an unprorated upgrade is credited with what was paid, not with what the price now says", async () => {
    const life = await begin();
    await swap(life, { price: large }, { proration_behavior: "none" });
    await life.to(HALF);
    await swap(life, { price: small });
    expect((await pending(life)).map(({ amount }) => amount)).toEqual([-1000, 999]);
  });

  test("more of the same", async () => {
    const life = await begin();
    await life.to(HALF);
    await swap(life, { quantity: 3 });
    expect((await pending(life)).map(({ amount, description }) => [amount, description])).toEqual([
      [-1000, "Unused time on Pro after 16 Jan 2026"],
      [2998, "Remaining time on 3 × Pro after 16 Jan 2026"],
    ]);
  });

  test("of several items stands in their order, all credits first (inferred from one item)", async () => {
    const life = await begin();
    await local.stripe.subscriptions.update(life.id, {
      items: [{ price: large }],
      proration_behavior: "always_invoice",
    });
    await life.to(HALF);
    const items = (await life.subscription()).items.data.map(({ id }) => ({ id, quantity: 2 }));
    await local.stripe.subscriptions.update(life.id, { items });
    expect((await pending(life)).map(({ amount }) => amount)).toEqual([-1000, -2500, 1999, 4999]);
  });

  test("an item without an id is added, and removed by name", async () => {
    const life = await begin();
    const grown = await local.stripe.subscriptions.update(life.id, { items: [{ price: large }] });
    expect(grown.items.data.map(({ price }) => price.id)).toEqual([small, large]);
    expect((await pending(life)).map(({ amount }) => amount)).toEqual([4999]);
    const added = grown.items.data[1]?.id as string;
    await local.stripe.subscriptionItems.del(added);
    expect((await pending(life)).map(({ amount }) => amount)).toEqual([-4999, 4999]);
    await expect(local.stripe.subscriptionItems.del((await life.item()).id)).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  test("the same price twice is refused", async () => {
    const life = await begin();
    await expect(
      local.stripe.subscriptions.update(life.id, { items: [{ price: small }] }),
    ).rejects.toMatchObject({ statusCode: 400, param: "plan" });
  });

  test("a discount is part of what was paid", async () => {
    const { id: coupon } = await local.stripe.coupons.create({ percent_off: 50, duration: "forever" });
    const life = await begin({ discounts: [{ coupon }] });
    expect((await life.lastInvoice()).amount_paid).toBe(999);
    await life.to(HALF);
    await swap(life, { price: large }, { proration_behavior: "always_invoice" });
    const lines = (await life.lastInvoice()).lines.data;
    expect(lines.map(({ amount }) => amount)).toEqual([-500, 1249]);
    expect((await life.lastInvoice()).amount_paid).toBe(749);
  });
});

test("a subscription that ends at once takes what waited along, unless it is to be billed", async () => {
  const changed = async (end: Stripe.SubscriptionCancelParams) => {
    const life = await begin();
    await life.to(HALF);
    await swap(life, { price: large });
    await local.stripe.subscriptions.cancel(life.id, end);
    const items = await local.stripe.invoiceItems.list({ customer: life.customer, pending: true });
    return { waiting: items.data.length, last: await life.lastInvoice() };
  };
  expect(await changed({})).toMatchObject({ waiting: 0, last: { billing_reason: "subscription_create" } });
  // The unused half of what was debited, given back with what had been given back before.
  expect(await changed({ prorate: true })).toMatchObject({ waiting: 3 });
  const billed = await changed({ invoice_now: true });
  // The reason: recorded.
  expect(billed).toMatchObject({ waiting: 0, last: { billing_reason: "subscription_cycle" } });
});

test.each([
  ["keep_as_draft", "draft"],
  ["mark_uncollectible", "uncollectible"],
  ["void", "void"],
] as const)("a change while collection is paused charges nobody: %s", async (behavior, status) => {
  const life = await begin();
  await local.stripe.subscriptions.update(life.id, { pause_collection: { behavior } });
  await life.to(HALF);
  await swap(life, { price: large }, { proration_behavior: "always_invoice" });
  await life.days(3);
  expect(await life.lastInvoice()).toMatchObject({ status, billing_reason: "subscription_update" });
  expect((await local.stripe.charges.list({ customer: life.customer })).data).toHaveLength(1);
  expect((await life.subscription()).status).toBe("active");
});

describe("a planned end", () => {
  const plan = (life: Life, cancel_at: number | "", more: Stripe.SubscriptionUpdateParams = {}) =>
    local.stripe.subscriptions.update(life.id, { cancel_at, ...more });
  const waiting = async ({ customer }: Life) =>
    (await local.stripe.invoiceItems.list({ customer, pending: true })).data
      .map(({ amount }) => amount)
      .reverse();

  test("within the period gives back the time after it, which is collected when it has come", async () => {
    const life = await begin();
    await plan(life, HALF);
    expect(await waiting(life)).toEqual([-1000]);
    const preview = await local.stripe.invoices.createPreview({ subscription: life.id });
    expect(preview.total).toBe(-1000);
    await life.to(HALF);
    expect(await life.subscription()).toMatchObject({ status: "canceled", ended_at: HALF });
    expect(await life.lastInvoice()).toMatchObject({ status: "paid", total: -1000, ending_balance: -1000 });
    expect(await local.stripe.customers.retrieve(life.customer)).toMatchObject({ balance: -1000 });
  });

  test("moved or taken back it debits that time again", async () => {
    const life = await begin();
    await plan(life, HALF);
    await plan(life, HALF + 5 * DAY_SECONDS);
    await plan(life, "");
    const [back, ...again] = await waiting(life);
    expect(back).toBe(-1000);
    expect(again).toEqual([322, 677]);
    await plan(life, HALF, { proration_behavior: "none" });
    await local.stripe.subscriptions.update(life.id, { metadata: { note: "nothing about money" } });
    expect(await waiting(life)).toHaveLength(3);
  });

  test("bounds what a change before it costs", async () => {
    const life = await begin();
    await plan(life, HALF);
    await swap(life, { price: large });
    // All that is left of the old plan, and the new one for as long.
    expect(await waiting(life)).toEqual([-1000, 2499, -999]);
  });

  test("in a later period is asked only for the part before it", async () => {
    const life = await begin();
    const end = at("2026-02-15T00:00:00");
    await plan(life, end);
    expect(await waiting(life)).toEqual([]);
    const preview = await local.stripe.invoices.createPreview({ subscription: life.id });
    await life.to(at("2026-02-01T00:00:00") + HOUR_SECONDS);
    const invoice = await life.lastInvoice();
    expect(invoice).toMatchObject({ amount_paid: 999, lines: { data: [{ period: { end } }] } });
    expect(preview.total).toBe(invoice.total);
    await life.to(end + HOUR_SECONDS);
    expect((await life.subscription()).status).toBe("canceled");
    expect((await life.lastInvoice()).id).toBe(invoice.id);
  });

  test("at the period's end collects what a change left waiting", async () => {
    const life = await begin();
    await life.to(HALF);
    await swap(life, { price: large });
    await local.stripe.subscriptions.update(life.id, { cancel_at_period_end: true });
    const due = (await waiting(life)).reduce((sum, amount) => sum + amount, 0);
    const preview = await local.stripe.invoices.createPreview({ subscription: life.id });
    await life.to(at("2026-02-01T00:00:00"));
    expect(await life.lastInvoice()).toMatchObject({
      status: "paid",
      amount_paid: due,
      amount_due: preview.total,
    });
    expect((await life.subscription()).status).toBe("canceled");
  });
});

describe("a change of interval", () => {
  test("leaves the anchor alone", async () => {
    const life = await begin();
    await life.to(HALF);
    const changed = await swap(life, { price: yearly });
    expect(changed.billing_cycle_anchor).toBe(START);
    expect(await life.item()).toMatchObject({ current_period_end: at("2027-01-01T00:00:00") });
    const left = (at("2027-01-01T00:00:00") - HALF) / (365 * DAY_SECONDS);
    expect((await pending(life)).map(({ amount }) => amount)).toEqual([-1000, Math.floor(19_900 * left)]);
  });

  test("or moves it, and bills the new period at once", async () => {
    const life = await begin();
    await life.to(HALF);
    const changed = await swap(
      life,
      { price: yearly },
      { billing_cycle_anchor: { type: "now" }, proration_behavior: "always_invoice" },
    );
    expect(changed.billing_cycle_anchor).toBe(HALF);
    const invoice = await life.lastInvoice();
    expect(invoice.lines.data.map(({ amount }) => amount)).toEqual([-1000, 19_900]);
    expect(invoice).toMatchObject({ status: "paid", amount_paid: 18_900 });
    expect(await life.item()).toMatchObject({
      current_period_start: HALF,
      current_period_end: at("2027-01-16T12:00:00"),
    });
  });
});

describe("when the change cannot be paid", () => {
  const ALWAYS = { proration_behavior: "always_invoice" } as const;

  async function unpayable() {
    const life = await begin();
    await life.switchCard("pm_card_chargeCustomerFail");
    await life.to(HALF);
    return life;
  }

  test("it stays, and the subscription is past due", async () => {
    const life = await unpayable();
    const changed = await swap(life, { price: large }, ALWAYS);
    expect(changed).toMatchObject({ status: "past_due", items: { data: [{ price: { id: large } }] } });
  });

  test("or nothing happens", async () => {
    const life = await unpayable();
    await expect(
      swap(life, { price: large }, { ...ALWAYS, payment_behavior: "error_if_incomplete" }),
    ).rejects.toMatchObject({ statusCode: 402, code: "card_declined" });
    expect(await life.subscription()).toMatchObject({
      status: "active",
      items: { data: [{ price: { id: small } }] },
    });
    expect(await life.invoices()).toHaveLength(1);
    expect(await pending(life)).toEqual([]);
  });

  test("or it waits until it is paid", async () => {
    const life = await unpayable();
    const waiting = await swap(
      life,
      { price: large },
      { ...ALWAYS, payment_behavior: "pending_if_incomplete" },
    );
    expect(waiting).toMatchObject({
      status: "active",
      items: { data: [{ price: { id: small } }] },
      pending_update: {
        subscription_items: [{ price: { id: large } }],
        expires_at: HALF + 23 * HOUR_SECONDS,
      },
    });
    await local.stripe.invoices.pay(String(waiting.latest_invoice), { payment_method: "pm_card_visa" });
    expect(await life.subscription()).toMatchObject({
      pending_update: null,
      items: { data: [{ price: { id: large } }] },
    });
  });

  test("or waits for a subscription that has ended, and does not wake it", async () => {
    const life = await unpayable();
    const { latest_invoice } = await swap(
      life,
      { price: large },
      { ...ALWAYS, payment_behavior: "pending_if_incomplete" },
    );
    await local.stripe.subscriptions.cancel(life.id);
    await local.stripe.invoices.pay(String(latest_invoice), { payment_method: "pm_card_visa" });
    expect(await life.subscription()).toMatchObject({
      status: "canceled",
      items: { data: [{ price: { id: small } }] },
    });
  });

  test("or waits in vain, and its invoice is void", async () => {
    const life = await unpayable();
    const { latest_invoice } = await swap(
      life,
      { price: large },
      { ...ALWAYS, payment_behavior: "pending_if_incomplete" },
    );
    await life.to(HALF + 24 * HOUR_SECONDS);
    expect(await life.subscription()).toMatchObject({
      pending_update: null,
      items: { data: [{ price: { id: small } }] },
    });
    expect((await local.stripe.invoices.retrieve(String(latest_invoice))).status).toBe("void");
    await life.switchCard("pm_card_visa");
    await life.to(at("2026-02-01T01:00:00"));
    expect((await life.lastInvoice()).amount_paid).toBe(1999);
  });
});

describe("a preview", () => {
  /** Everything about the money is compared. */
  const money = ({ lines, total, amount_due, subtotal }: Stripe.Invoice) => ({
    lines: lines.data.map(({ amount, description, period }) => ({ amount, description, period })),
    total,
    amount_due,
    subtotal,
  });

  test("of the next renewal comes to what it is", async () => {
    const life = await begin();
    await life.to(HALF);
    await swap(life, { price: large });
    await local.stripe.invoiceItems.create({ customer: life.customer, amount: 250, currency: "usd" });
    const preview = await local.stripe.invoices.createPreview({ subscription: life.id });
    expect(preview.id).toMatch(/^upcoming_in_/);
    await life.to(at("2026-02-01T01:00:00"));
    expect(money(preview)).toEqual(money(await life.lastInvoice()));
  });

  test("stores and reports nothing", async () => {
    const life = await begin();
    const { id } = await life.item();
    const state = async () => {
      const {
        request: _,
        idempotency: __,
        ...rest
      } = (await (await fetch(`${local.origin}/__local/state`)).json()) as Record<string, unknown>;
      return rest;
    };
    const before = await state();
    await local.stripe.invoices.createPreview({
      subscription: life.id,
      subscription_details: { items: [{ id, price: large }], proration_behavior: "always_invoice" },
    });
    expect(await state()).toEqual(before);
  });

  test.each<[string, Stripe.InvoiceCreatePreviewParams.SubscriptionDetails]>([
    ["always_invoice", { proration_behavior: "always_invoice" }],
    ["a new anchor", { billing_cycle_anchor: { type: "now" }, proration_behavior: "create_prorations" }],
    ["another date", { proration_behavior: "always_invoice", proration_date: HALF - 3 * DAY_SECONDS - 7 }],
  ])("of a change comes to what it costs: %s", async (_, details) => {
    const life = await begin();
    await life.to(HALF);
    const { id } = await life.item();
    const change = { ...details, items: [{ id, price: large, quantity: 2 }] };
    const preview = await local.stripe.invoices.createPreview({
      subscription: life.id,
      subscription_details: change,
    });
    await local.stripe.subscriptions.update(life.id, change as Stripe.SubscriptionUpdateParams);
    expect(money(preview)).toEqual(money(await life.lastInvoice()));
  });

  test("of a cancellation gives back what is left", async () => {
    const life = await begin();
    await life.to(HALF);
    const preview = await local.stripe.invoices.createPreview({
      subscription: life.id,
      subscription_details: { cancel_now: true },
    });
    await local.stripe.subscriptions.cancel(life.id, { prorate: true, invoice_now: true });
    expect(money(preview)).toEqual(money(await life.lastInvoice()));
    expect(preview.total).toBe(-1000);
  });

  test("of a subscription that does not exist yet", async () => {
    const preview = await local.stripe.invoices.createPreview({
      subscription_details: { items: [{ price: large, quantity: 2 }] },
    });
    expect(preview.amount_due).toBe(9998);
    expect((await local.stripe.customers.list()).data).toEqual([]);
  });

  test("there is none for what will end", async () => {
    const life = await begin();
    await local.stripe.subscriptions.update(life.id, { cancel_at_period_end: true });
    await expect(local.stripe.invoices.createPreview({ subscription: life.id })).rejects.toMatchObject({
      code: "invoice_upcoming_none",
    });
  });
});
