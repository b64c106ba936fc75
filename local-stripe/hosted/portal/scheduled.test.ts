import type Stripe from "stripe";
import { expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { startLocalStripe } from "../../test/harness";
import { confirm, monthlyPrice, subscriptionSession } from "../../test/shop";

/**
 * Changes that wait for the end of the period (type: `…Features.SubscriptionUpdate.ScheduleAtPeriodEnd`;
 * https://docs.stripe.com/changelog/acacia/2024-10-28/customer-portal-schedule-downgrades).
 */

const local = startLocalStripe();

type Condition = "decreasing_item_amount" | "shortening_interval";

/** A subscriber to two of the $50 plan, in front of a portal that also offers $20 a month and $400 a year. */
async function visit(conditions: readonly Condition[], first: "large" | "yearly" = "large") {
  const { id: product } = await local.stripe.products.create({ name: "Pro" });
  const inProduct = { product, product_data: undefined };
  const small = await monthlyPrice(local, { ...inProduct, unit_amount: 2000 });
  const large = await monthlyPrice(local, { ...inProduct, unit_amount: 5000 });
  const year = { recurring: { interval: "year" as const }, unit_amount: 40_000 };
  const yearly = await monthlyPrice(local, { ...inProduct, ...year });
  const prices = { small: small.id, large: large.id, yearly: yearly.id };
  const configuration = await local.stripe.billingPortal.configurations.create({
    features: {
      subscription_cancel: { enabled: true },
      subscription_update: {
        default_allowed_updates: ["price", "quantity"],
        enabled: true,
        products: [{ product, prices: Object.values(prices) }],
        proration_behavior: "always_invoice",
        schedule_at_period_end: { conditions: conditions.map((type) => ({ type })) },
      },
    },
  });
  const session = await subscriptionSession(local, { line_items: [{ price: prices[first], quantity: 2 }] });
  await confirm(local, session.id);
  const paid = await local.stripe.checkout.sessions.retrieve(session.id);
  const [customer, id] = [String(paid.customer), String(paid.subscription)];
  const { url } = await local.stripe.billingPortal.sessions.create({
    customer,
    configuration: configuration.id,
  });
  const browser = new Browser();
  await browser.get(url);
  const subscription = () => local.stripe.subscriptions.retrieve(id, { expand: ["schedule"] });
  return {
    ...prices,
    id,
    subscription,
    browser,
    url,
    /** The price and the quantity that are subscribed to. */
    async item() {
      const { items } = await subscription();
      return [items.data[0]?.price.id, items.data[0]?.quantity];
    },
    async change(price: string, quantity: number) {
      const page = await browser.get(`${url}/update/${id}/confirm?price=${price}&quantity=${quantity}`);
      return { said: page.text, home: await browser.press(page, "Confirm") };
    },
  };
}

const day = (seconds: number) =>
  new Date(seconds * 1000).toLocaleDateString("en-US", {
    day: "numeric",
    month: "long",
    timeZone: "UTC",
    year: "numeric",
  });

test("a cheaper plan is scheduled: the page says so, nothing is paid, and the renewal brings it", async () => {
  const portal = await visit(["decreasing_item_amount"]);
  const before = await portal.subscription();
  const end = before.items.data[0]?.current_period_end as number;
  const { said, home } = await portal.change(portal.small, 2);
  expect(said).toContain("Your plan stays as it is until");
  expect(said).toMatch(/<dt>Due on [^<]*<\/dt><dd>\$40\.00<\/dd>/);
  expect(home.text).toContain("Scheduled");
  expect(home.text).toContain(`Your plan changes to Pro × 2 on ${day(end)}.`);
  const after = await portal.subscription();
  expect(after.latest_invoice).toBe(before.latest_invoice);
  expect(after.cancel_at).toBeNull();
  expect(after.schedule).toMatchObject({
    end_behavior: "release",
    phases: [
      { end_date: end, items: [{ price: portal.large, quantity: 2 }] },
      { start_date: end, items: [{ price: portal.small, quantity: 2 }] },
    ],
    status: "active",
  });
  const updates = (await local.happened()).filter(({ type }) => type === "customer.subscription.updated");
  expect(updates.at(-1)?.request).toEqual({ id: null, idempotency_key: null });
  await local.control("clock/next_renewal");
  expect(await portal.item()).toEqual([portal.small, 2]);
  const { latest_invoice } = await portal.subscription();
  expect(await local.stripe.invoices.retrieve(String(latest_invoice))).toMatchObject({
    amount_paid: 4000,
    status: "paid",
  });
});

test("a scheduled change can be taken back", async () => {
  const portal = await visit(["decreasing_item_amount"]);
  const { home } = await portal.change(portal.small, 2);
  const schedule = (await portal.subscription()).schedule as Stripe.SubscriptionSchedule;
  const page = await portal.browser.press(home, "Keep current plan");
  expect(page.text).not.toContain("Scheduled");
  expect((await portal.subscription()).schedule).toBeNull();
  expect((await local.stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe("released");
  await local.control("clock/next_renewal");
  expect(await portal.item()).toEqual([portal.large, 2]);
});

test.each<[string, Condition[], "large" | "yearly", "small" | "large" | "yearly", number, boolean]>([
  ["a lower amount", ["decreasing_item_amount"], "large", "small", 2, true],
  ["a lower quantity", ["decreasing_item_amount"], "large", "large", 1, true],
  ["a higher quantity", ["decreasing_item_amount"], "large", "large", 3, false],
  ["more of what is cheaper, for the same", ["decreasing_item_amount"], "large", "small", 5, false],
  ["a lower amount, without that condition", ["shortening_interval"], "large", "small", 2, false],
  ["a lower amount, without any condition", [], "large", "small", 2, false],
  ["a shorter interval", ["shortening_interval"], "yearly", "large", 2, true],
  ["a longer interval", ["shortening_interval"], "large", "yearly", 1, false],
  ["one of two conditions", ["decreasing_item_amount", "shortening_interval"], "yearly", "large", 99, true],
])("%s", async (_, conditions, first, next, quantity, waits) => {
  const portal = await visit(conditions, first);
  await portal.change(portal[next], quantity);
  expect(await portal.item()).toEqual(waits ? [portal[first], 2] : [portal[next], quantity]);
  expect((await portal.subscription()).schedule === null).toBe(!waits);
});

test("another choice takes the place of what is scheduled", async () => {
  const portal = await visit(["decreasing_item_amount"]);
  await portal.change(portal.small, 2);
  await portal.change(portal.small, 1);
  const { schedule } = await portal.subscription();
  expect((schedule as Stripe.SubscriptionSchedule).phases[1]?.items).toMatchObject([{ quantity: 1 }]);
  await portal.change(portal.large, 3);
  expect(await portal.item()).toEqual([portal.large, 3]);
  expect((await portal.subscription()).schedule).toBeNull();
});

test("a customer can leave although a change is scheduled (inferred: that goes first)", async () => {
  const portal = await visit(["decreasing_item_amount"]);
  await portal.change(portal.small, 2);
  const page = await portal.browser.post(`${portal.url}/cancel/${portal.id}`, { feedback: "", comment: "" });
  expect(page.text).toContain("Your plan ends on");
  const { schedule, cancel_at, items } = await portal.subscription();
  expect([schedule, cancel_at]).toEqual([null, items.data[0]?.current_period_end]);
});

test("discounts stay when a change is scheduled", async () => {
  const portal = await visit(["decreasing_item_amount"]);
  const coupon = await local.stripe.coupons.create({ percent_off: 10, duration: "forever" });
  await local.stripe.subscriptions.update(portal.id, { discounts: [{ coupon: coupon.id }] });
  const { discounts } = await portal.subscription();
  await portal.change(portal.small, 2);
  await local.control("clock/next_renewal");
  expect(await portal.item()).toEqual([portal.small, 2]);
  expect((await portal.subscription()).discounts).toEqual(discounts);
});

test("the plan that is scheduled is taxed as the one before it", async () => {
  const portal = await visit(["decreasing_item_amount"]);
  const { id: rate } = await local.stripe.taxRates.create({
    display_name: "VAT",
    inclusive: false,
    percentage: 19,
  });
  const [item] = (await portal.subscription()).items.data;
  await local.stripe.subscriptionItems.update(String(item?.id), {
    proration_behavior: "none",
    tax_rates: [rate],
  });
  // 19 % of 4,000 on top.
  const { said } = await portal.change(portal.small, 2);
  expect(said).toMatch(/<dt>Due on [^<]*<\/dt><dd>\$47\.60<\/dd>/);
  await local.control("clock/next_renewal");
  const renewed = await portal.subscription();
  expect(await local.stripe.invoices.retrieve(String(renewed.latest_invoice))).toMatchObject({
    amount_paid: 4760,
    total_excluding_tax: 4000,
  });
});
