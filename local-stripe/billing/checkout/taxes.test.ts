import type Stripe from "stripe";
import { expect, test } from "vitest";
import { startLocalStripe } from "../../test/harness";
import { confirm, monthlyPrice, paymentSession, subscriptionSession } from "../../test/shop";

/**
 * Source of these rules: https://docs.stripe.com/payments/checkout/use-manual-tax-rates and the comments of the SDK's
 * types `Checkout.Session.TotalDetails` and `LineItem`. The amounts are counted by hand.
 */

const local = startLocalStripe();

const rate = async (percentage: number, inclusive = false) =>
  (await local.stripe.taxRates.create({ display_name: "VAT", inclusive, percentage })).id;

const amounts = ({ amount_subtotal, amount_total, total_details }: Stripe.Checkout.Session) => [
  amount_subtotal,
  total_details?.amount_discount,
  total_details?.amount_tax,
  amount_total,
];

const invoicesOf = async ({ id }: Stripe.Checkout.Session) => {
  const { subscription } = await local.stripe.checkout.sessions.retrieve(id);
  return (await local.stripe.invoices.list({ subscription: String(subscription) })).data;
};

test("a subscription is sold with tax, which its invoices have too", async () => {
  const [vat, reduced] = [await rate(7.25), await rate(10, true)];
  const [price, setup] = [
    await monthlyPrice(local),
    await monthlyPrice(local, { recurring: undefined, unit_amount: 550 }),
  ];
  const session = await subscriptionSession(local, {
    line_items: [
      { price: price.id, quantity: 2, tax_rates: [vat] },
      { price: setup.id, quantity: 1, tax_rates: [reduced] },
    ],
  });
  // 7.25 % of 4,000 on top, and 50 of 550.
  expect(amounts(session)).toEqual([4550, 0, 340, 4840]);
  const expanded = await local.stripe.checkout.sessions.retrieve(session.id, {
    expand: ["line_items.data.taxes"],
  });
  expect(
    expanded.line_items?.data.map(({ amount_tax, amount_total, taxes }) => [
      amount_tax,
      amount_total,
      taxes?.map((tax) => [tax.rate.id, tax.amount, tax.taxable_amount]),
    ]),
  ).toEqual([
    [290, 4290, [[vat, 290, 4000]]],
    [50, 550, [[reduced, 50, 500]]],
  ]);
  await confirm(local, session.id);
  const [invoice] = await invoicesOf(session);
  expect(invoice).toMatchObject({ amount_paid: 4840, total_excluding_tax: 4500 });
  const { subscription } = await local.stripe.checkout.sessions.retrieve(session.id);
  const sold = await local.stripe.subscriptions.retrieve(String(subscription));
  expect(sold.items.data[0]?.tax_rates?.map(({ id }) => id)).toEqual([vat]);
});

test("the rates of the subscription stand in for those that an item does not have", async () => {
  const vat = await rate(19);
  const session = await subscriptionSession(local, { subscription_data: { default_tax_rates: [vat] } });
  expect(amounts(session)).toEqual([2000, 0, 380, 2380]);
  await confirm(local, session.id);
  const [invoice] = await invoicesOf(session);
  expect(invoice).toMatchObject({ amount_paid: 2380, default_tax_rates: [{ id: vat }] });
});

test("discounts come off before tax, and a trial leaves nothing to tax today", async () => {
  const vat = await rate(19);
  const { id: price } = await monthlyPrice(local);
  const line_items = [{ price, quantity: 1, tax_rates: [vat] }];
  const coupon = await local.stripe.coupons.create({ duration: "forever", percent_off: 25 });
  const session = await subscriptionSession(local, { discounts: [{ coupon: coupon.id }], line_items });
  // 19 % of 1,500.
  expect(amounts(session)).toEqual([2000, 500, 285, 1785]);
  await confirm(local, session.id);
  expect((await invoicesOf(session))[0]).toMatchObject({ amount_paid: 1785 });
  const trial = await subscriptionSession(local, {
    line_items,
    subscription_data: { trial_period_days: 14 },
  });
  expect(amounts(trial)).toEqual([0, 0, 0, 0]);
});

test("a payment is charged with tax, and its invoice says so", async () => {
  const vat = await rate(19, true);
  const { id: price } = await monthlyPrice(local, { recurring: undefined, unit_amount: 1190 });
  const session = await paymentSession(local, {
    invoice_creation: { enabled: true },
    line_items: [{ price, quantity: 1, tax_rates: [vat] }],
  });
  expect(amounts(session)).toEqual([1190, 0, 190, 1190]);
  await confirm(local, session.id);
  const { invoice, payment_intent } = await local.stripe.checkout.sessions.retrieve(session.id);
  expect((await local.stripe.paymentIntents.retrieve(String(payment_intent))).amount).toBe(1190);
  expect(await local.stripe.invoices.retrieve(String(invoice))).toMatchObject({
    amount_paid: 1190,
    total_excluding_tax: 1000,
    total_taxes: [{ amount: 190, tax_behavior: "inclusive" }],
  });
});

test("a customer who is exempt pays no tax", async () => {
  const customer = await local.stripe.customers.create({ email: "ada@example.com", tax_exempt: "exempt" });
  const session = await subscriptionSession(local, {
    customer: customer.id,
    customer_email: undefined,
    subscription_data: { default_tax_rates: [await rate(19)] },
  });
  expect(amounts(session)).toEqual([2000, 0, 0, 2000]);
  await confirm(local, session.id);
  expect((await invoicesOf(session))[0]).toMatchObject({ amount_paid: 2000, customer_tax_exempt: "exempt" });
  expect(await local.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    customer_details: { tax_exempt: "exempt" },
  });
});

test("the page names each tax of today's order", async () => {
  const vat = await rate(19);
  const session = await subscriptionSession(local, { subscription_data: { default_tax_rates: [vat] } });
  const page = await (await fetch(String(session.url))).text();
  expect(page).toMatch(/<dt>VAT 19%<\/dt>\s*<dd>\$3\.80<\/dd>/);
  expect(page).toContain("$23.80");
});

test("rates that depend on an address are refused, as are archived ones", async () => {
  const { id: price } = await monthlyPrice(local);
  const sell = (item: object) =>
    subscriptionSession(local, { line_items: [{ price, quantity: 1, ...item }] }).catch((error) => error);
  expect(await sell({ dynamic_tax_rates: ["txr_1"] })).toMatchObject({
    message: expect.stringContaining("Use `tax_rates` or `automatic_tax`."),
    param: "line_items[0][dynamic_tax_rates]",
  });
  const archived = await rate(19);
  await local.stripe.taxRates.update(archived, { active: false });
  expect(await sell({ tax_rates: [archived] })).toMatchObject({ param: "line_items[0][tax_rates][0]" });
});
