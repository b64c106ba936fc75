import Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { allEvents } from "../test/life";
import { monthlyPrice } from "../test/shop";

/**
 * Older versions, each by what stripe-node's changelog and https://docs.stripe.com/changelog say that a later one
 * changed. `ask` is a program that pins its version and knows nothing of today's types.
 */

const local = startLocalStripe();
type Json = Record<string, never> & { id: string; metadata: object };

let ask: (version: string, method: "GET" | "POST", path: string, form?: string) => Promise<Json>;

beforeEach(() => {
  ask = async (version, method, path, form) => {
    const answer = await fetch(`${local.origin}/v1/${path}${method === "GET" && form ? `?${form}` : ""}`, {
      method,
      headers: { Authorization: "Bearer sk_test_local", "Stripe-Version": version },
      ...(method === "POST" && { body: new URLSearchParams(form) }),
    });
    return (await answer.json()) as Json;
  };
});

async function subscribe(more: Stripe.SubscriptionCreateParams | object = {}) {
  const customer = await local.stripe.customers.create({ name: "Ada" });
  const card = await local.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  const price = await monthlyPrice(local, { unit_amount: 2_300 });
  const subscription = await local.stripe.subscriptions.create({
    customer: customer.id,
    default_payment_method: card.id,
    items: [{ price: price.id, quantity: 3 }],
    metadata: { order: "17", object: "invoice" },
    ...more,
  });
  return { customer: customer.id, price, subscription };
}

describe("before 2026-09-30.endive", () => {
  const [BEFORE, AT] = ["2026-08-26.dahlia", "2026-09-30.endive"];

  test("an intent and a checkout take payment_method_types", async () => {
    const form = "amount=900&currency=usd&payment_method_types[]=card";
    expect(await ask(BEFORE, "POST", "payment_intents", form)).toMatchObject({
      object: "payment_intent",
      payment_method_types: ["card"],
    });
    expect(await ask(AT, "POST", "payment_intents", form)).toMatchObject({
      error: { code: "payment_method_types_no_longer_supported" },
    });
    const { price } = await subscribe();
    const session = await ask(
      BEFORE,
      "POST",
      "checkout/sessions",
      `mode=subscription&line_items[0][price]=${price.id}&line_items[0][quantity]=1&success_url=https://a.example&payment_method_types[0]=card`,
    );
    expect(session).toMatchObject({ object: "checkout.session", payment_method_types: ["card"] });
  });
});

describe("before 2026-03-25.dahlia", () => {
  test("a checkout's ui_mode is called hosted", async () => {
    const { price } = await subscribe();
    const form = `mode=subscription&line_items[0][price]=${price.id}&line_items[0][quantity]=1&success_url=https://a.example`;
    expect(
      await ask("2026-02-25.clover", "POST", "checkout/sessions", `${form}&ui_mode=hosted`),
    ).toMatchObject({ ui_mode: "hosted" });
    expect(
      await ask("2026-03-25.dahlia", "POST", "checkout/sessions", `${form}&ui_mode=hosted_page`),
    ).toMatchObject({ ui_mode: "hosted_page" });
  });
});

describe("before 2025-09-30.clover", () => {
  const [BEFORE, AT] = ["2025-08-27.basil", "2025-09-30.clover"];

  test("a promotion code names its coupon itself, and shows all of it", async () => {
    const coupon = await local.stripe.coupons.create({ percent_off: 15, name: "Fifteen" });
    const code = await ask(BEFORE, "POST", "promotion_codes", `coupon=${coupon.id}&code=SAVE15`);
    expect(code).toMatchObject({ code: "SAVE15", coupon: { id: coupon.id, percent_off: 15 } });
    expect(code).not.toHaveProperty("promotion");
    expect(await ask(AT, "GET", `promotion_codes/${code.id}`)).toMatchObject({
      promotion: { type: "coupon", coupon: coupon.id },
    });
    expect(await ask(AT, "POST", "promotion_codes", `coupon=${coupon.id}`)).toMatchObject({
      error: { param: "coupon" },
    });
  });

  test("a discount shows all of its coupon, expanded or nested", async () => {
    const coupon = await local.stripe.coupons.create({
      percent_off: 25,
      duration: "forever",
      name: "Quarter",
    });
    const { subscription } = await subscribe({ discounts: [{ coupon: coupon.id }] });
    const path = `subscriptions/${subscription.id}`;
    const told = (await ask(BEFORE, "GET", path, "expand[]=discounts")) as unknown as {
      discounts: object[];
    };
    expect(told.discounts[0]).toMatchObject({ object: "discount", coupon: { name: "Quarter" } });
    expect(told.discounts[0]).not.toHaveProperty("source");
    const today = (await ask(AT, "GET", path, "expand[]=discounts")) as unknown as { discounts: object[] };
    expect(today.discounts[0]).toMatchObject({ source: { coupon: coupon.id } });
  });
});

describe("before 2025-03-31.basil", () => {
  const [BEFORE, AT] = ["2025-02-24.acacia", "2025-03-31.basil"];

  test("a subscription has the period, and its items have none", async () => {
    const { subscription } = await subscribe();
    const [item] = subscription.items.data;
    const told = await ask(BEFORE, "GET", `subscriptions/${subscription.id}`);
    expect(told).toMatchObject({
      current_period_start: item?.current_period_start,
      current_period_end: item?.current_period_end,
      discount: null,
      metadata: { order: "17", object: "invoice" },
    });
    expect(Object.keys(told.metadata)).toHaveLength(2);
    expect((told.items as unknown as { data: object[] }).data[0]).not.toHaveProperty("current_period_end");
    const today = await ask(AT, "GET", `subscriptions/${subscription.id}`);
    expect(today).not.toHaveProperty("current_period_end");
  });

  test("an invoice names its subscription and its payment, which can be expanded", async () => {
    const { subscription, price } = await subscribe();
    const path = `subscriptions/${subscription.id}`;
    const { latest_invoice: invoice } = (await ask(
      BEFORE,
      "GET",
      path,
      "expand[]=latest_invoice.payment_intent",
    )) as unknown as { latest_invoice: Json };
    expect(invoice).toMatchObject({
      object: "invoice",
      subscription: subscription.id,
      subscription_details: { metadata: { order: "17" } },
      paid: true,
      paid_out_of_band: false,
      tax: null,
      payment_intent: { object: "payment_intent", amount: 6_900, invoice: invoice.id },
      charge: expect.stringMatching(/^ch_/),
      lines: {
        data: [
          {
            type: "subscription",
            price: { id: price.id, unit_amount: 2_300 },
            plan: { id: price.id, amount: 2_300 },
            proration: false,
            subscription: subscription.id,
            subscription_item: subscription.items.data[0]?.id,
          },
        ],
      },
    });
    for (const gone of ["parent", "total_taxes", "amount_overpaid", "confirmation_secret"])
      expect(invoice).not.toHaveProperty(gone);
    expect(await ask(AT, "GET", path, "expand[]=latest_invoice.payment_intent")).toMatchObject({
      error: { message: expect.stringContaining("This property cannot be expanded") },
    });
  });

  test("an invoice that nobody paid here was paid out of band", async () => {
    const { customer } = await subscribe();
    await local.stripe.invoiceItems.create({ customer, amount: 700, currency: "usd" });
    const { id = "" } = await local.stripe.invoices.create({
      customer,
      pending_invoice_items_behavior: "include",
    });
    await local.stripe.invoices.finalizeInvoice(id);
    await local.stripe.invoices.pay(id, { paid_out_of_band: true });
    expect(await ask(BEFORE, "GET", `invoices/${id}`)).toMatchObject({
      paid: true,
      paid_out_of_band: true,
      subscription: null,
    });
  });

  test("a subscription takes one coupon, and shows it as its discount", async () => {
    const coupon = await local.stripe.coupons.create({ amount_off: 450, currency: "usd" });
    const { customer, price } = await subscribe();
    const form = `customer=${customer}&items[0][price]=${price.id}&coupon=${coupon.id}&trial_period_days=4`;
    const told = await ask(BEFORE, "POST", "subscriptions", form);
    expect(told).toMatchObject({ discount: { object: "discount", coupon: { amount_off: 450 } } });
    expect(await ask(BEFORE, "POST", `subscriptions/${told.id}`, "coupon=")).toMatchObject({
      discount: null,
    });
    expect(await ask(AT, "POST", "subscriptions", form)).toMatchObject({ error: { param: "coupon" } });
  });

  test("what is refused shows the intent as it was, too", async () => {
    const { price } = await subscribe();
    const customer = await local.stripe.customers.create({ name: "Bob" });
    const card = await local.stripe.paymentMethods.attach("pm_card_chargeCustomerFail", {
      customer: customer.id,
    });
    const form = `customer=${customer.id}&items[0][price]=${price.id}&default_payment_method=${card.id}&payment_behavior=default_incomplete&expand[]=latest_invoice`;
    const { latest_invoice } = (await ask(BEFORE, "POST", "subscriptions", form)) as unknown as {
      latest_invoice: Json;
    };
    const refused = await ask(BEFORE, "POST", `invoices/${latest_invoice.id}/pay`);
    expect(refused).toMatchObject({
      error: { code: "card_declined", payment_intent: { invoice: latest_invoice.id } },
    });
  });
});

describe("webhooks", () => {
  test("speak as their endpoint's version; what was before, too", async () => {
    const { secret = "" } = await local.stripe.webhookEndpoints.create({
      url: local.receiver.url,
      enabled_events: ["customer.subscription.updated"],
      api_version: "2024-06-20",
    });
    local.receiver.secrets.push(secret);
    const { subscription } = await subscribe({ trial_period_days: 4 });
    const end = Math.floor(Date.now() / 1000) + 9 * 24 * 3600;
    await local.stripe.subscriptions.update(subscription.id, { trial_end: end, proration_behavior: "none" });
    const hearOldWords = () =>
      local.receiver.received.find(({ event }) => event.api_version === "2024-06-20");
    await local.receiver.until(() => hearOldWords() !== undefined);
    const told = hearOldWords()?.event as Stripe.Event;
    expect(told.data).toMatchObject({
      object: { current_period_end: end },
      previous_attributes: { current_period_end: subscription.trial_end },
    });
    const events = await allEvents(local);
    const same = events.find(({ id }) => id === told.id);
    expect(same?.data.object).not.toHaveProperty("current_period_end");
  });
});

test("a pinned SDK of that time reads what it expects", async () => {
  const pinned = new Stripe("sk_test_local", {
    host: "127.0.0.1",
    port: Number(new URL(local.origin).port),
    protocol: "http",
    apiVersion: "2024-06-20" as never,
  });
  const { subscription } = await subscribe();
  const { data } = await pinned.invoices.list({ subscription: subscription.id });
  expect(data[0]).toMatchObject({ object: "invoice", subscription: subscription.id, paid: true });
});
