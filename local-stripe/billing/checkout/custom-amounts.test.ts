import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { startLocalStripe } from "../../test/harness";
import { confirm, paymentSession, submitPage } from "../../test/shop";

/** https://docs.stripe.com/payments/checkout/pay-what-you-want; the words of refusals are inferred. */

const local = startLocalStripe();

const donation = (bounds: object = { preset: 500, minimum: 100, maximum: 10_000 }) =>
  local.stripe.prices.create({
    currency: "usd",
    custom_unit_amount: { enabled: true, ...bounds },
    product_data: { name: "Donation" },
  });

const sell = async (bounds?: object, more: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  paymentSession(local, { line_items: [{ price: (await donation(bounds)).id, quantity: 1 }], ...more });

test("the price shows its three amounts and no other (recorded)", async () => {
  const price = await donation();
  expect(price.custom_unit_amount).toEqual({ maximum: 10_000, minimum: 100, preset: 500 });
  expect([price.unit_amount, price.unit_amount_decimal]).toEqual([null, null]);
});

test("a customer pays what they want", async () => {
  const session = await sell();
  expect(session.amount_total).toBe(500);
  const browser = new Browser();
  const page = await browser.get(session.url ?? "");
  const chosen = await browser.press(page, "Update amount", { amount: "12.34" });
  expect(chosen.text).toContain("$12.34");
  await submitPage(chosen.url);
  const paid = await local.stripe.checkout.sessions.retrieve(session.id, {
    expand: ["line_items", "payment_intent"],
  });
  expect(paid).toMatchObject({
    amount_total: 1234,
    payment_status: "paid",
    line_items: { data: [{ amount_subtotal: 1234, amount_total: 1234, quantity: 1 }] },
    payment_intent: { amount_received: 1234 },
  });
});

test.each([
  ["0.99", false],
  ["1.00", true],
  ["100.00", true],
  ["100.01", false],
  ["5.001", false],
  ["", false],
  ["much", false],
])("of at least $1.00 and at most $100.00, %s is offered: %s", async (amount, offered) => {
  const session = await sell();
  const browser = new Browser();
  const page = await browser.press(await browser.get(session.url ?? ""), "Update amount", { amount });
  expect(page.text.includes("That amount is not available.")).toBe(!offered);
  const { amount_total } = await local.stripe.checkout.sessions.retrieve(session.id);
  expect(amount_total).toBe(offered ? Math.round(Number(amount) * 100) : 500);
});

test("without a preset nothing is paid before an amount was chosen", async () => {
  const session = await sell({});
  expect(session.amount_total).toBe(0);
  await expect(confirm(local, session.id)).rejects.toMatchObject({ statusCode: 400 });
  const browser = new Browser();
  const page = await browser.get(session.url ?? "");
  const chosen = await browser.press(page, "Update amount", { amount: "7" });
  await submitPage(chosen.url);
  const paid = await local.stripe.checkout.sessions.retrieve(session.id);
  expect([paid.status, paid.amount_total]).toEqual(["complete", 700]);
});

describe("refused", () => {
  test("a price that recurs, and bounds that do not follow each other", async () => {
    const create = (more: object) =>
      local.stripe.prices.create({
        currency: "usd",
        custom_unit_amount: { enabled: true },
        product_data: { name: "Donation" },
        ...more,
      });
    await expect(create({ recurring: { interval: "month" } })).rejects.toMatchObject({ statusCode: 400 });
    await expect(donation({ minimum: 600, preset: 500 })).rejects.toMatchObject({ statusCode: 400 });
    await expect(donation({ preset: 600, maximum: 500 })).rejects.toMatchObject({ statusCode: 400 });
    await expect(create({ unit_amount: 5 })).rejects.toMatchObject({ param: "unit_amount" });
  });

  test("more than one of it, another item beside it, and a discount", async () => {
    const { id } = await donation();
    const twice = paymentSession(local, { line_items: [{ price: id, quantity: 2 }] });
    await expect(twice).rejects.toMatchObject({ param: "line_items" });
    const other = (
      await local.stripe.prices.create({ currency: "usd", unit_amount: 5, product_data: { name: "Pin" } })
    ).id;
    const both = paymentSession(local, {
      line_items: [
        { price: id, quantity: 1 },
        { price: other, quantity: 1 },
      ],
    });
    await expect(both).rejects.toMatchObject({ param: "line_items" });
    await expect(sell(undefined, { allow_promotion_codes: true })).rejects.toMatchObject({
      param: "discounts",
    });
  });

  test("an invoice item, for nobody can be asked", async () => {
    const customer = (await local.stripe.customers.create({})).id;
    const { id } = await donation();
    const item = local.stripe.invoiceItems.create({ customer, pricing: { price: id } });
    await expect(item).rejects.toMatchObject({ statusCode: 400, param: "pricing[price]" });
  });
});
