import type Stripe from "stripe";
import { expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { at } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";
import { confirm, monthlyPrice, subscriptionSession } from "../../test/shop";

/** https://docs.stripe.com/products-prices/manage-prices#multi-currency, as far as nothing else is said. */

const local = startLocalStripe();

const inThree = () =>
  monthlyPrice(local, {
    currency_options: { eur: { unit_amount: 1800 }, jpy: { unit_amount: 3000 } },
  });

test("a price shows its currencies, its own among them, only to those who ask (recorded)", async () => {
  const { id } = await inThree();
  expect(await local.stripe.prices.retrieve(id)).not.toHaveProperty("currency_options");
  const { currency, currency_options } = await local.stripe.prices.retrieve(id, {
    expand: ["currency_options"],
  });
  expect(currency).toBe("usd");
  expect(JSON.parse(JSON.stringify(currency_options))).toEqual({
    usd: {
      custom_unit_amount: null,
      tax_behavior: "unspecified",
      unit_amount: 2000,
      unit_amount_decimal: "2000",
    },
    eur: {
      custom_unit_amount: null,
      tax_behavior: "unspecified",
      unit_amount: 1800,
      unit_amount_decimal: "1800",
    },
    jpy: {
      custom_unit_amount: null,
      tax_behavior: "unspecified",
      unit_amount: 3000,
      unit_amount_decimal: "3000",
    },
  });
});

test("a subscription in another currency is billed and prorated in it, and its price is the same", async () => {
  const { id } = await inThree();
  const START = at("2026-01-01T00:00:00");
  const life = await Life.begin(local, { time: START, price: id, more: { currency: "eur" } });
  const subscription = await life.subscription();
  expect([subscription.currency, subscription.items.data[0]?.price.currency]).toEqual(["eur", "usd"]);
  const first = await life.lastInvoice();
  expect([first.currency, first.total, first.lines.data[0]?.description]).toEqual([
    "eur",
    1800,
    "1 × Pro (at €18.00 / month)",
  ]);
  await life.to(at("2026-01-16T12:00:00"));
  const item = await life.item();
  await local.stripe.subscriptions.update(life.id, { items: [{ id: item.id, quantity: 3 }] });
  const pending = await local.stripe.invoiceItems.list({ customer: life.customer, pending: true });
  expect(pending.data.map(({ amount, currency }) => [amount, currency]).sort()).toEqual([
    [-900, "eur"],
    [2700, "eur"],
  ]);
});

test("Checkout and its page sell in the currency of the session", async () => {
  const { id } = await inThree();
  const session = await subscriptionSession(local, {
    currency: "jpy",
    line_items: [{ price: id, quantity: 2 }],
  });
  expect([session.currency, session.amount_total]).toEqual(["jpy", 6000]);
  expect((await new Browser().get(session.url ?? "")).text).toContain("¥6,000");
  await confirm(local, session.id);
  const { subscription, line_items } = await local.stripe.checkout.sessions.retrieve(session.id, {
    expand: ["subscription.latest_invoice", "line_items"],
  });
  expect(line_items?.data[0]).toMatchObject({
    currency: "jpy",
    amount_total: 6000,
    price: { currency: "usd" },
  });
  const { latest_invoice, currency } = subscription as Stripe.Subscription;
  expect([currency, (latest_invoice as Stripe.Invoice).total]).toEqual(["jpy", 6000]);
});

test("tiers have a price in each currency", async () => {
  const { id } = await local.stripe.prices.create({
    currency: "usd",
    billing_scheme: "tiered",
    tiers_mode: "volume",
    tiers: [{ up_to: "inf", unit_amount: 700 }],
    currency_options: {
      eur: {
        tiers: [
          { up_to: 4, unit_amount: 600 },
          { up_to: "inf", unit_amount: 550 },
        ],
      },
    },
    recurring: { interval: "month" },
    product_data: { name: "Fonts" },
  });
  const cost = async (currency: string) => {
    const items = [{ price: id, quantity: 5 }];
    return (await local.stripe.invoices.createPreview({ currency, subscription_details: { items } })).total;
  };
  expect([await cost("usd"), await cost("eur")]).toEqual([3500, 2750]);
});

test("a currency that the price is not sold in is refused, until it is added", async () => {
  const { id } = await inThree();
  const preview = () =>
    local.stripe.invoices.createPreview({
      currency: "gbp",
      subscription_details: { items: [{ price: id }] },
    });
  await expect(preview()).rejects.toMatchObject({ statusCode: 400, param: "price" });
  await local.stripe.prices.update(id, { currency_options: { gbp: { unit_amount: 1600 } } });
  expect((await preview()).total).toBe(1600);
  const session = await subscriptionSession(local, {
    currency: "eur",
    line_items: [{ price: id, quantity: 1 }],
  });
  expect(session.amount_total).toBe(1800);
});

test("an option needs an amount, or tiers where the price has them (inferred)", async () => {
  const options = (currency_options: object) => monthlyPrice(local, { currency_options } as never);
  await expect(options({ eur: { tax_behavior: "exclusive" } })).rejects.toMatchObject({ statusCode: 400 });
  await expect(options({ eur: { tiers: [{ up_to: "inf", unit_amount: 1 }] } })).rejects.toMatchObject({
    param: "currency_options[eur][tiers]",
  });
  await expect(options({ eur: { unit_amount: 1, unit_amount_decimal: "2" } })).rejects.toMatchObject({
    param: "currency_options[eur][unit_amount]",
  });
});
