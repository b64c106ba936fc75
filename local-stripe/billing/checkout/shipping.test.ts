import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../../test/harness";
import { confirm, paymentSession, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

const ground = { display_name: "Ground", fixed_amount: { amount: 500, currency: "usd" } };
const air = { display_name: "Air", fixed_amount: { amount: 1500, currency: "usd" } };
const both = [{ shipping_rate_data: ground }, { shipping_rate_data: air }];

const rateOf = (session: Stripe.Checkout.Session, at: number) =>
  String(session.shipping_options[at]?.shipping_rate);

describe("a shipping rate", () => {
  test("is made, found, listed and archived", async () => {
    const { shippingRates } = local.stripe;
    const estimate = { maximum: { unit: "week", value: 2 } } as const;
    const made = await shippingRates.create({ ...ground, delivery_estimate: estimate, metadata: { a: "1" } });
    expect(made).toMatchObject({
      active: true,
      delivery_estimate: { maximum: { unit: "week", value: 2 }, minimum: null },
      fixed_amount: { amount: 500, currency: "usd" },
      id: expect.stringMatching(/^shr_/),
      object: "shipping_rate",
      type: "fixed_amount",
    });
    const euro = await shippingRates.create({ ...air, fixed_amount: { amount: 900, currency: "eur" } });
    await shippingRates.update(made.id, { active: false, metadata: { a: "" } });
    expect(await shippingRates.retrieve(made.id)).toMatchObject({ active: false, metadata: {} });
    const ids = async (params: Stripe.ShippingRateListParams) =>
      (await shippingRates.list(params)).data.map(({ id }) => id);
    expect(await ids({})).toEqual([euro.id, made.id]);
    expect(await ids({ active: true })).toEqual([euro.id]);
    expect(await ids({ currency: "usd" })).toEqual([made.id]);
  });

  test.each([
    [{ display_name: "Ground" }, "fixed_amount"],
    [{ fixed_amount: ground.fixed_amount }, "display_name"],
    [{ ...ground, fixed_amount: { amount: -1, currency: "usd" } }, "fixed_amount[amount]"],
    [
      { ...ground, delivery_estimate: { minimum: { unit: "day", value: 0 } } },
      "delivery_estimate[minimum][value]",
    ],
  ])("%j is refused", async (params, param) => {
    await expect(local.stripe.shippingRates.create(params as never)).rejects.toMatchObject({
      param,
      statusCode: 400,
    });
  });
});

describe("a session that ships", () => {
  test("begins with the first option, which is part of the total", async () => {
    const session = await paymentSession(local, { shipping_options: both });
    const [first, second] = [rateOf(session, 0), rateOf(session, 1)];
    expect(session).toMatchObject({
      amount_subtotal: 2000,
      amount_total: 2500,
      shipping_cost: { amount_subtotal: 500, amount_tax: 0, amount_total: 500, shipping_rate: first },
      shipping_options: [
        { shipping_amount: 500, shipping_rate: first },
        { shipping_amount: 1500, shipping_rate: second },
      ],
      total_details: { amount_discount: 0, amount_shipping: 500, amount_tax: 0 },
    });
    const expanded = await local.stripe.checkout.sessions.retrieve(session.id, {
      expand: ["shipping_cost.shipping_rate"],
    });
    expect(expanded.shipping_cost?.shipping_rate).toMatchObject({ display_name: "Ground", id: first });
  });

  test("charges for the option that the customer chose, and never less for a discount", async () => {
    const { id: coupon } = await local.stripe.coupons.create({ duration: "once", percent_off: 50 });
    const session = await paymentSession(local, { discounts: [{ coupon }], shipping_options: both });
    expect(session.amount_total).toBe(1500);
    const rate = rateOf(session, 1);
    await expect(
      confirm(local, session.id, "pm_card_visa", { expected_amount: 1500, shipping_rate: rate }),
    ).rejects.toMatchObject({ param: "expected_amount" });
    // The refused call chose nothing either.
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(1500);
    const answers = { expected_amount: 2500, shipping_rate: rate };
    expect(await confirm(local, session.id, "pm_card_visa", answers)).toMatchObject({
      amount_total: 2500,
      shipping_cost: { amount_total: 1500, shipping_rate: rate },
      total_details: { amount_discount: 1000, amount_shipping: 1500 },
    });
    expect((await local.stripe.charges.list()).data[0]?.amount).toBe(2500);
  });

  test("has shipping on the invoice too", async () => {
    const shipping = { address: { country: "DE", line1: "2 Ring" }, name: "Grace Hopper" };
    const session = await paymentSession(local, {
      invoice_creation: { enabled: true },
      shipping_address_collection: { allowed_countries: ["DE"] },
      shipping_options: both,
    });
    const answers = { shipping: { ...shipping, address: { ...shipping.address, city: "Berlin" } } };
    await confirm(local, session.id, "pm_card_visa", answers);
    const [invoice] = (await local.stripe.invoices.list()).data;
    expect(invoice).toMatchObject({
      amount_paid: 2500,
      amount_shipping: 500,
      shipping_cost: { amount_total: 500 },
      shipping_details: { address: { city: "Berlin" }, name: "Grace Hopper" },
      status: "paid",
      subtotal: 2000,
      total: 2500,
    });
  });

  test("takes rates that exist, and free ones", async () => {
    const free = await local.stripe.shippingRates.create({
      display_name: "Collect",
      fixed_amount: { amount: 0, currency: "usd" },
    });
    const session = await paymentSession(local, { shipping_options: [{ shipping_rate: free.id }] });
    expect(session).toMatchObject({ amount_total: 2000, shipping_cost: { shipping_rate: free.id } });
  });

  test.each<[string, object[], string]>([
    ["six options", Array(6).fill({ shipping_rate_data: ground }), "shipping_options"],
    ["an unknown rate", [{ shipping_rate: "shr_x" }], "shipping_options[0][shipping_rate]"],
    ["both in one", [{ shipping_rate: "shr_x", shipping_rate_data: ground }], "shipping_options[0]"],
    [
      "another currency",
      [{ shipping_rate_data: { ...air, fixed_amount: { amount: 1, currency: "eur" } } }],
      "shipping_options[0]",
    ],
    [
      "no amount",
      [{ shipping_rate_data: { display_name: "Ground" } }],
      "shipping_options[0][shipping_rate_data][fixed_amount]",
    ],
  ])("is refused with %s", async (_, shipping_options, param) => {
    const attempt = paymentSession(local, { shipping_options });
    await expect(attempt).rejects.toMatchObject({ param, statusCode: 400 });
    expect((await local.stripe.shippingRates.list()).data).toEqual([]);
  });

  test("takes five options, and is no subscription", async () => {
    const shipping_options = Array(5).fill({ shipping_rate_data: ground });
    expect((await paymentSession(local, { shipping_options })).shipping_options).toHaveLength(5);
    await expect(subscriptionSession(local, { shipping_options: both })).rejects.toMatchObject({
      param: "shipping_options",
    });
  });

  test("refuses an archived rate, and one that it does not offer", async () => {
    const { id } = await local.stripe.shippingRates.create(air);
    const session = await paymentSession(local, { shipping_options: [{ shipping_rate_data: ground }] });
    await expect(confirm(local, session.id, "pm_card_visa", { shipping_rate: id })).rejects.toMatchObject({
      param: "shipping_rate",
      statusCode: 400,
    });
    await local.stripe.shippingRates.update(id, { active: false });
    await expect(paymentSession(local, { shipping_options: [{ shipping_rate: id }] })).rejects.toMatchObject({
      param: "shipping_options[0]",
    });
  });
});
