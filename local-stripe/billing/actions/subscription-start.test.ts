import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { at, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";
import { monthlyPrice } from "../../test/shop";

const local = startLocalStripe();

/** A customer on the wall clock. */
async function order(card: string | null, more: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const { id: price } = await monthlyPrice(local);
  const { id: customer } = await local.stripe.customers.create(
    card ? { payment_method: card, invoice_settings: { default_payment_method: card } } : {},
  );
  return { customer, items: [{ price }], ...more } satisfies Stripe.SubscriptionCreateParams;
}

const CARD_FAILS = "pm_card_chargeCustomerFail";

describe("a subscription by API", () => {
  test("is active once its first invoice is paid", async () => {
    const subscription = await local.stripe.subscriptions.create(
      await order("pm_card_visa", { expand: ["latest_invoice"] }),
    );
    expect(subscription).toMatchObject({ status: "active", latest_invoice: { status: "paid" } });
  });

  test("needs somebody to charge", async () => {
    await expect(local.stripe.subscriptions.create(await order(null))).rejects.toMatchObject({
      statusCode: 400,
      code: "resource_missing",
      message: expect.stringContaining("This customer has no attached payment source"),
    });
    expect((await local.stripe.subscriptions.list({ status: "all" })).data).toEqual([]);
  });

  test.each<[string, Partial<Stripe.SubscriptionCreateParams>, string]>([
    ["with a trial", { trial_period_days: 7 }, "trialing"],
    ["left incomplete", { payment_behavior: "default_incomplete" }, "incomplete"],
    ["with an invoice that is sent", { collection_method: "send_invoice", days_until_due: 7 }, "active"],
  ])("does not when begun %s", async (_, more, status) => {
    expect((await local.stripe.subscriptions.create(await order(null, more))).status).toBe(status);
  });

  test("nor when it costs nothing", async () => {
    const { id: price } = await monthlyPrice(local, { unit_amount: 0 });
    const wanted = await order(null, { items: [{ price }] });
    expect((await local.stripe.subscriptions.create(wanted)).status).toBe("active");
  });

  test("is incomplete while its first payment fails, and active once that is paid", async () => {
    const subscription = await local.stripe.subscriptions.create(await order(CARD_FAILS));
    expect(subscription.status).toBe("incomplete");
    await local.stripe.invoices.pay(String(subscription.latest_invoice), { payment_method: "pm_card_visa" });
    expect((await local.stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
    await local.control(`clock/advance?seconds=${32 * DAY_SECONDS}`);
    // The card that paid once is not the one that is charged from then on.
    expect((await local.stripe.subscriptions.retrieve(subscription.id)).status).toBe("past_due");
  });

  test("expires after 23 hours, its invoice void", async () => {
    const subscription = await local.stripe.subscriptions.create(await order(CARD_FAILS));
    await local.control(`clock/advance?seconds=${23 * HOUR_SECONDS - 60}`);
    expect((await local.stripe.subscriptions.retrieve(subscription.id)).status).toBe("incomplete");
    await local.control("clock/advance?seconds=120");
    const expired = await local.stripe.subscriptions.retrieve(subscription.id, {
      expand: ["latest_invoice"],
    });
    expect(expired).toMatchObject({ status: "incomplete_expired", latest_invoice: { status: "void" } });
    await expect(
      local.stripe.subscriptions.update(subscription.id, { description: "too late" }),
    ).rejects.toMatchObject({ statusCode: 400 });
    await local.stripe.subscriptions.update(subscription.id, { metadata: { note: "kept" } });
  });

  test("or is refused whole", async () => {
    const wanted = await order(CARD_FAILS, { payment_behavior: "error_if_incomplete" });
    await expect(local.stripe.subscriptions.create(wanted)).rejects.toMatchObject({
      statusCode: 402,
      code: "card_declined",
    });
    expect((await local.stripe.subscriptions.list({ status: "all" })).data).toEqual([]);
    expect((await local.stripe.charges.list()).data).toEqual([]);
  });

  test("left incomplete, its secret can be paid with", async () => {
    const { latest_invoice } = await local.stripe.subscriptions.create(
      await order(null, {
        payment_behavior: "default_incomplete",
        expand: ["latest_invoice.confirmation_secret"],
      }),
    );
    const { confirmation_secret, attempted } = latest_invoice as Stripe.Invoice;
    expect(confirmation_secret?.client_secret).toMatch(/^pi_\w+_secret_/);
    expect(attempted).toBe(false);
  });

  test("takes once what is due once", async () => {
    const { id: setup } = await monthlyPrice(local, { recurring: undefined, unit_amount: 5000 });
    const wanted = await order("pm_card_visa", { add_invoice_items: [{ price: setup }] });
    const { latest_invoice } = await local.stripe.subscriptions.create({
      ...wanted,
      expand: ["latest_invoice"],
    });
    expect(latest_invoice).toMatchObject({ amount_paid: 7000 });
  });

  test("refuses a price that does not recur, and one that is inactive", async () => {
    const { id: once } = await monthlyPrice(local, { recurring: undefined });
    const wanted = await order("pm_card_visa");
    await expect(
      local.stripe.subscriptions.create({ ...wanted, items: [{ price: once }] }),
    ).rejects.toMatchObject({ statusCode: 400, param: "items[0][price]" });
    await local.stripe.prices.update(String(wanted.items[0]?.price), { active: false });
    await expect(local.stripe.subscriptions.create(wanted)).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("inactive"),
    });
  });
});

test("up to a later anchor only the part of a period is billed", async () => {
  const life = await Life.begin(local, {
    time: at("2026-01-15T00:00:00"),
    more: { billing_cycle_anchor: at("2026-02-01T00:00:00") },
  });
  // 17 of January's 31 days, rounded down.
  expect((await life.lastInvoice()).amount_paid).toBe(1096);
  await life.to(at("2026-02-01T01:00:00"));
  expect((await life.lastInvoice()).amount_paid).toBe(2000);
});

test("or nothing", async () => {
  const life = await Life.begin(local, {
    time: at("2026-01-15T00:00:00"),
    more: { billing_cycle_anchor: at("2026-02-01T00:00:00"), proration_behavior: "none" },
  });
  expect((await life.lastInvoice()).amount_due).toBe(0);
  await life.to(at("2026-02-01T01:00:00"));
  expect((await life.lastInvoice()).amount_paid).toBe(2000);
});

test("left incomplete and paid by its intent, it is active and keeps the card that paid", async () => {
  const wanted = await order(null, {
    payment_behavior: "default_incomplete",
    payment_settings: { save_default_payment_method: "on_subscription" },
    expand: ["latest_invoice.payments"],
  });
  const { id, latest_invoice } = await local.stripe.subscriptions.create(wanted);
  const [payment] = (latest_invoice as Stripe.Invoice).payments?.data ?? [];
  const intent = String(payment?.payment.payment_intent);
  await expect(
    local.stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_chargeDeclined" }),
  ).rejects.toMatchObject({ statusCode: 402, code: "card_declined" });
  expect((await local.stripe.subscriptions.retrieve(id)).status).toBe("incomplete");
  await local.stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_visa" });
  const active = await local.stripe.subscriptions.retrieve(id);
  expect(active.status).toBe("active");
  const [kept] = (await local.stripe.customers.listPaymentMethods(wanted.customer)).data;
  expect(active.default_payment_method).toBe(kept?.id);
  await local.control(`clock/advance?seconds=${32 * DAY_SECONDS}`);
  expect((await local.stripe.invoices.list({ subscription: id, status: "paid" })).data).toHaveLength(2);
});
