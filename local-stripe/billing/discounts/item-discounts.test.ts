import type Stripe from "stripe";
import { expect, test } from "vitest";
import { at } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";
import { monthlyPrice } from "../../test/shop";

/** Type: the comments of `Stripe.SubscriptionItem.discounts` and `Stripe.InvoiceLineItem.discounts`. */

const local = startLocalStripe();

const coupon = async (terms: Stripe.CouponCreateParams) => (await local.stripe.coupons.create(terms)).id;

async function begin(terms: Stripe.CouponCreateParams, more: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const price = (await monthlyPrice(local)).id;
  const seats = (await monthlyPrice(local, { unit_amount: 500, product_data: { name: "Seat" } })).id;
  const items = [{ price }, { price: seats, quantity: 3, discounts: [{ coupon: await coupon(terms) }] }];
  return Life.begin(local, { time: at("2026-01-01T00:00:00"), price, more: { items, ...more } });
}

const taken = (invoice: Stripe.Invoice) =>
  invoice.lines.data.map((line) => (line.discount_amounts ?? []).map(({ amount }) => amount));

test("the discount of an item is taken off its lines alone, before that of the subscription", async () => {
  const half = await coupon({ percent_off: 50, duration: "forever" });
  const life = await begin({ percent_off: 20, duration: "forever" }, { discounts: [{ coupon: half }] });
  const invoice = await life.lastInvoice();
  // Seats: 1500 − 300 = 1200, of which half; the other 2000 − 1000.
  expect(taken(invoice)).toEqual([
    [0, 1000],
    [300, 600],
  ]);
  expect([invoice.subtotal, invoice.total]).toEqual([3500, 1600]);
  const item = (await life.subscription()).items.data[1] as Stripe.SubscriptionItem;
  expect(invoice.lines.data.map((line) => line.discounts)).toEqual([[], item.discounts]);
  const params = { expand: ["items.data.discounts"] };
  const expanded = await local.stripe.subscriptions.retrieve(life.id, params);
  expect(expanded.items.data[1]?.discounts[0]).toMatchObject({
    object: "discount",
    customer: life.customer,
    subscription: null,
    subscription_item: item.id,
  });
});

test("it is taken off once, for some months, or for good, as its coupon says", async () => {
  const totals = async (terms: Stripe.CouponCreateParams) => {
    const life = await begin({ percent_off: 20, ...terms });
    await life.to(at("2026-02-01T02:00:00"), at("2026-03-01T02:00:00"));
    const left = (await life.subscription()).items.data[1]?.discounts.length;
    return [...(await life.invoices()).map(({ total }) => total), left];
  };
  expect(await totals({ duration: "once" })).toEqual([3200, 3500, 3500, 0]);
  expect(await totals({ duration: "repeating", duration_in_months: 2 })).toEqual([3200, 3200, 3500, 0]);
  expect(await totals({ duration: "forever" })).toEqual([3200, 3200, 3200, 1]);
});

test("a change replaces, keeps or clears it, and prorates what it leaves", async () => {
  const life = await begin({ percent_off: 20, duration: "forever" });
  await life.to(at("2026-01-16T12:00:00"));
  const [, seats] = (await life.subscription()).items.data;
  const change = (item: Stripe.SubscriptionItemUpdateParams) =>
    local.stripe.subscriptionItems.update(seats?.id as string, item);
  const kept = await change({ discounts: [{ discount: String(seats?.discounts[0]) }], quantity: 5 });
  expect(kept.discounts).toEqual(seats?.discounts);
  const pending = await local.stripe.invoiceItems.list({ customer: life.customer, pending: true });
  // Half of what was paid for three, 1200, and half of 2500 less a fifth.
  expect(pending.data.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual([-600, 1000]);
  const replaced = await change({
    discounts: [{ coupon: await coupon({ amount_off: 100, currency: "usd" }) }],
  });
  expect(replaced.discounts).toHaveLength(1);
  expect(replaced.discounts).not.toEqual(seats?.discounts);
  expect((await change({ discounts: "" })).discounts).toEqual([]);
  await expect(change({ discounts: [{ discount: "di_gone" }] })).rejects.toMatchObject({
    param: "items[0][discounts][0][discount]",
  });
});

test("the discount of an invoice item is taken off its line", async () => {
  const customer = (await local.stripe.customers.create({})).id;
  const invoice = (await local.stripe.invoices.create({ customer })).id as string;
  const add = (amount: number, discounts: Stripe.InvoiceItemCreateParams.Discount[]) =>
    local.stripe.invoiceItems.create({ customer, invoice, amount, currency: "usd", discounts });
  const item = await add(1000, [{ coupon: await coupon({ percent_off: 30, duration: "once" }) }]);
  await add(700, []);
  const draft = await local.stripe.invoices.retrieve(invoice, { expand: ["lines.data.discounts"] });
  expect(taken(draft)).toEqual([[300], [0]]);
  expect(draft.total).toBe(1400);
  expect(draft.lines.data[0]?.discounts[0]).toMatchObject({ invoice_item: item.id });
  await local.stripe.invoiceItems.update(item.id, { discounts: "" });
  expect((await local.stripe.invoices.retrieve(invoice)).total).toBe(1700);
});
