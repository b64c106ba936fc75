import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { advanceTo, at, customerAt } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { monthlyPrice } from "../../test/shop";

const local = startLocalStripe();

const coupon = (more: Stripe.CouponCreateParams) => local.stripe.coupons.create({ percent_off: 20, ...more });

type Terms = Stripe.CouponCreateParams;
type SubscriptionMore = Partial<Stripe.SubscriptionCreateParams>;

/** A subscription that begins on 10 January, on a test clock. */
async function subscribe(more: SubscriptionMore, price: Partial<Stripe.PriceCreateParams> = {}) {
  const { clock, customer } = await customerAt(local, at("2027-01-10T00:00:00"));
  const { id } = await monthlyPrice(local, price);
  const subscription = await local.stripe.subscriptions.create({ customer, items: [{ price: id }], ...more });
  return { clock, customer, subscription };
}

/** The totals of the invoices, oldest first. */
async function totals(subscription: string) {
  const { data } = await local.stripe.invoices.list({ subscription });
  return data.map(({ total }) => total).reverse();
}

const discountEvents = async () =>
  (await local.happened())
    .map(({ type }) => type)
    .filter((type) => type.startsWith("customer.discount") || type === "customer.subscription.updated");

describe("over four months", () => {
  const yen = { currency: "jpy", unit_amount: 500 };

  test.each<[string, Terms, SubscriptionMore, Partial<Stripe.PriceCreateParams>, number[]]>([
    ["once", { duration: "once" }, {}, {}, [1600, 2000, 2000, 2000]],
    ["repeating", { duration: "repeating", duration_in_months: 3 }, {}, {}, [1600, 1600, 1600, 2000]],
    ["forever", { duration: "forever" }, {}, {}, [1600, 1600, 1600, 1600]],
    [
      "half of odd cents",
      { duration: "forever", percent_off: 50 },
      {},
      { unit_amount: 1999 },
      [999, 999, 999, 999],
    ],
    ["a currency without cents", { duration: "forever", percent_off: 33.3 }, {}, yen, [333, 333, 333, 333]],
    [
      "more than there is",
      { duration: "once", percent_off: undefined, amount_off: 5000, currency: "usd" },
      {},
      {},
      [0, 2000, 2000, 2000],
    ],
    // The first payment is on the 24th, and so are the later ones.
    ["once, after a trial", { duration: "once" }, { trial_period_days: 14 }, {}, [0, 1600, 2000, 2000]],
    [
      "repeating, from the start of a trial",
      { duration: "repeating", duration_in_months: 2 },
      { trial_period_days: 14 },
      {},
      [0, 1600, 1600, 2000],
    ],
  ])("%s", async (_, terms, more, price, expected) => {
    const { id } = await coupon(terms);
    const { clock, subscription } = await subscribe({ discounts: [{ coupon: id }], ...more }, price);
    const months = ["02-20", "03-20", "04-20"].map((day) => at(`2027-${day}T00:00:00`));
    await advanceTo(local, clock, ...months);
    expect((await totals(subscription.id)).slice(0, 4)).toEqual(expected);
    expect(await local.stripe.coupons.retrieve(id)).toMatchObject({ times_redeemed: 1 });
  });

  test("a repeating one says goodbye in the second in which the undiscounted period begins", async () => {
    const { id } = await coupon({ duration: "repeating", duration_in_months: 1 });
    const { clock, subscription } = await subscribe({ discounts: [{ coupon: id }] });
    await advanceTo(local, clock, at("2027-02-10T02:00:00"));
    expect(await totals(subscription.id)).toEqual([1600, 2000]);
    const ended = (await local.happened()).find(({ type }) => type === "customer.discount.deleted");
    expect(ended?.created).toBe(at("2027-02-10T00:00:00"));
    expect((await local.stripe.subscriptions.retrieve(subscription.id)).discounts).toEqual([]);
  });
});

describe("a subscription's discounts", () => {
  test("are several, one after another, and each says what it took", async () => {
    const [half, fixed] = [
      await coupon({ percent_off: 50, duration: "forever" }),
      await coupon({ percent_off: undefined, amount_off: 300, currency: "usd", duration: "forever" }),
    ];
    const { subscription } = await subscribe({
      discounts: [{ coupon: half.id }, { coupon: fixed.id }],
      expand: ["latest_invoice"],
    });
    const [first, second] = subscription.discounts;
    const taken = [
      { amount: 1000, discount: first },
      { amount: 300, discount: second },
    ];
    expect(subscription.latest_invoice).toMatchObject({
      total: 700,
      total_discount_amounts: taken,
      lines: { data: [{ amount: 2000, discount_amounts: taken }] },
    });
  });

  test("are replaced by others: one for one is an update", async () => {
    const [a, b] = [
      await coupon({ duration: "forever" }),
      await coupon({ percent_off: 10, duration: "forever" }),
    ];
    const { subscription } = await subscribe({ discounts: [{ coupon: a.id }] });
    const changed = await local.stripe.subscriptions.update(subscription.id, {
      discounts: [{ coupon: b.id }],
      expand: ["discounts"],
    });
    expect(changed.discounts).toMatchObject([{ source: { coupon: b.id } }]);
    expect(await discountEvents()).toEqual([
      "customer.discount.created",
      "customer.discount.updated",
      "customer.subscription.updated",
    ]);
    const updated = (await local.happened()).find(({ type }) => type === "customer.discount.updated");
    expect(updated?.data.previous_attributes).toMatchObject({ source: { coupon: a.id } });
  });

  test("are kept by id beside new ones", async () => {
    const [a, b] = [
      await coupon({ duration: "forever" }),
      await coupon({ percent_off: 10, duration: "forever" }),
    ];
    const { subscription } = await subscribe({ discounts: [{ coupon: a.id }] });
    const kept = String(subscription.discounts[0]);
    const changed = await local.stripe.subscriptions.update(subscription.id, {
      discounts: [{ discount: kept }, { coupon: b.id }],
    });
    expect(changed.discounts).toEqual([kept, expect.stringMatching(/^di_/)]);
    expect(await local.stripe.coupons.retrieve(a.id)).toMatchObject({ times_redeemed: 1 });
    await expect(
      local.stripe.subscriptions.update(subscription.id, { discounts: [{ discount: "di_x" }] }),
    ).rejects.toMatchObject({ code: "resource_missing", param: "discounts[0][discount]" });
  });

  test.each([
    ["an empty value", "" as const, 0],
    ["nothing else", undefined, 1],
  ])("are cleared by %s", async (_, discounts, left) => {
    const { id } = await coupon({ duration: "forever" });
    const { subscription } = await subscribe({ discounts: [{ coupon: id }] });
    const changed = await local.stripe.subscriptions.update(subscription.id, { discounts });
    expect(changed.discounts).toHaveLength(left);
    expect(await discountEvents()).toEqual(
      left
        ? ["customer.discount.created"]
        : ["customer.discount.created", "customer.discount.deleted", "customer.subscription.updated"],
    );
  });

  test("are removed by their own call", async () => {
    const { id } = await coupon({ duration: "forever" });
    const { subscription, customer } = await subscribe({ discounts: [{ coupon: id }] });
    const removed = await local.stripe.subscriptions.deleteDiscount(subscription.id);
    expect(removed).toMatchObject({ object: "discount", deleted: true, source: { coupon: id } });
    for (const again of [
      local.stripe.subscriptions.deleteDiscount(subscription.id),
      local.stripe.customers.deleteDiscount(customer),
    ]) {
      await expect(again).rejects.toMatchObject({ statusCode: 404, code: "resource_missing" });
    }
  });

  test("outlast their coupon, also one that takes its name", async () => {
    const { id } = await coupon({ id: "SALE", duration: "forever" });
    const { clock, subscription } = await subscribe({ discounts: [{ coupon: id }] });
    await local.stripe.coupons.del(id);
    await coupon({ id: "SALE", percent_off: 90, duration: "forever" });
    await advanceTo(local, clock, at("2027-02-10T02:00:00"));
    expect(await totals(subscription.id)).toEqual([1600, 1600]);
  });

  test("stay with a subscription that has ended", async () => {
    const { id } = await coupon({ duration: "repeating", duration_in_months: 1 });
    const { clock, subscription } = await subscribe({ discounts: [{ coupon: id }] });
    await local.stripe.subscriptions.cancel(subscription.id);
    await advanceTo(local, clock, at("2027-02-20T00:00:00"));
    expect((await local.stripe.subscriptions.retrieve(subscription.id)).discounts).toHaveLength(1);
    expect(await discountEvents()).toEqual(["customer.discount.created"]);
  });
});

describe("a change of plan", () => {
  test("is prorated with what the discounts leave, and previewed to the cent", async () => {
    const { id } = await coupon({ duration: "forever" });
    const { clock, subscription, customer } = await subscribe({ discounts: [{ coupon: id }] });
    const dear = await monthlyPrice(local, { unit_amount: 5000 });
    await advanceTo(local, clock, at("2027-01-25T12:00:00"));
    const items = [{ id: subscription.items.data[0]?.id, price: dear.id }];
    const preview = await local.stripe.invoices.createPreview({
      customer,
      subscription: subscription.id,
      subscription_details: { items, proration_behavior: "always_invoice" },
    });
    const changed = await local.stripe.subscriptions.update(subscription.id, {
      items,
      proration_behavior: "always_invoice",
      expand: ["latest_invoice"],
    });
    const invoice = changed.latest_invoice as Stripe.Invoice;
    // Half of the month is left: 20 % off both what is given back and what is asked for.
    expect(invoice.lines.data.map(({ amount }) => amount)).toEqual([-800, 2000]);
    expect([preview.total, invoice.total]).toEqual([1200, 1200]);
    expect(invoice.lines.data.map(({ discountable }) => discountable)).toEqual([false, false]);
  });

  test("takes no code with a minimum, for the amount may change", async () => {
    const promotion = await local.stripe.promotionCodes.create({
      promotion: { type: "coupon", coupon: (await coupon({})).id },
      restrictions: { minimum_amount: 100, minimum_amount_currency: "usd" },
    });
    const { subscription } = await subscribe({});
    const attempt = local.stripe.subscriptions.update(subscription.id, {
      discounts: [{ promotion_code: promotion.id }],
    });
    await expect(attempt).rejects.toMatchObject({
      message:
        "This promotion code cannot be redeemed on a subscription update because it uses the `minimum_amount` restriction and the amount may change.",
    });
  });
});
