import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../../test/harness";
import { confirm, paymentSession, submitPage, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

const CATALOG = ["product.created", "plan.created", "price.created"];

/** Types, each with its distance in seconds from the first. */
async function timeline() {
  const events = (await local.happened()).filter((event) => !CATALOG.includes(event.type));
  const first = events[0]?.created ?? 0;
  return events.map((event) => [event.type, event.created - first]);
}

const together = (...types: string[]) => types.map((type) => [type, 0]);

const PAID = [
  "payment_intent.succeeded",
  "payment_intent.created",
  "invoice.created",
  "invoice.finalized",
  "invoice.paid",
  "invoice.payment_succeeded",
];

describe("what a checkout brings about", () => {
  test("a subscription is paid", async () => {
    const session = await subscriptionSession(local, { subscription_data: { metadata: { plan: "pro" } } });
    await confirm(local, session.id);
    expect(await timeline()).toEqual([
      ...together("charge.succeeded", "payment_method.attached", "customer.created", "customer.updated"),
      ...together("checkout.session.completed", "customer.subscription.created", ...PAID),
      ["invoice_payment.paid", 1],
    ]);
    const paid = await local.stripe.checkout.sessions.retrieve(session.id, {
      expand: ["subscription.latest_invoice.payments", "invoice", "line_items"],
    });
    expect(paid).toMatchObject({
      status: "complete",
      payment_status: "paid",
      url: null,
      payment_intent: null,
    });
    const subscription = paid.subscription as Stripe.Subscription;
    expect(subscription).toMatchObject({
      status: "active",
      metadata: { plan: "pro" },
      customer: paid.customer,
    });
    const invoice = paid.invoice as Stripe.Invoice;
    expect(invoice).toMatchObject({
      status: "paid",
      billing_reason: "subscription_create",
      amount_paid: 2000,
      attempt_count: 1,
      number: expect.stringMatching(/^[A-Z0-9]{8}-0001$/),
      parent: { subscription_details: { subscription: subscription.id, metadata: { plan: "pro" } } },
    });
    expect(paid.line_items?.data[0]).toMatchObject({ amount_total: 2000, quantity: 1 });
    const [payment] = (subscription.latest_invoice as Stripe.Invoice).payments?.data ?? [];
    expect(payment).toMatchObject({ status: "paid", amount_paid: 2000, is_default: true });
  });

  test("each event shows the moment it reports", async () => {
    const session = await subscriptionSession(local);
    await confirm(local, session.id);
    const events = await local.happened();
    const shown = (type: string) =>
      events.find((event) => event.type === type)?.data.object as unknown as Record<string, unknown>;
    expect(shown("customer.subscription.created").status).toBe("active");
    expect(shown("payment_intent.created").status).toBe("requires_payment_method");
    expect(shown("invoice.created").status).toBe("draft");
    expect(shown("invoice.finalized").status).toBe("open");
    expect(shown("checkout.session.completed").status).toBe("complete");
    expect(events.every((event) => event.livemode === false)).toBe(true);
  });

  test("a single payment", async () => {
    const session = await paymentSession(local, { payment_intent_data: { metadata: { order: "7" } } });
    await confirm(local, session.id);
    expect(await timeline()).toEqual([
      ...together("charge.succeeded", "payment_intent.succeeded", "payment_intent.created"),
      ...together("checkout.session.completed"),
      ["charge.updated", 2],
    ]);
    const paid = await local.stripe.checkout.sessions.retrieve(session.id, {
      expand: ["payment_intent.latest_charge.balance_transaction"],
    });
    expect(paid).toMatchObject({ customer: null, payment_status: "paid", subscription: null });
    expect(paid.payment_intent).toMatchObject({
      status: "succeeded",
      metadata: { order: "7" },
      latest_charge: { paid: true, balance_transaction: { amount: 2000, fee: 88, net: 1912 } },
    });
  });

  test("a single payment with an invoice", async () => {
    const session = await paymentSession(local, { invoice_creation: { enabled: true } });
    await confirm(local, session.id);
    const types = (await local.happened()).map((event) => event.type);
    expect(types).toEqual(
      expect.arrayContaining(["customer.created", "invoice.paid", "invoice_payment.paid"]),
    );
    const paid = await local.stripe.checkout.sessions.retrieve(session.id, { expand: ["invoice"] });
    expect(paid.invoice).toMatchObject({ status: "paid", billing_reason: "manual", parent: null });
  });

  test("declined, then paid: one intent, and no subscription in between", async () => {
    const session = await subscriptionSession(local);
    await expect(confirm(local, session.id, "pm_card_chargeDeclined")).rejects.toMatchObject({
      statusCode: 402,
      code: "card_declined",
      decline_code: "generic_decline",
      payment_intent: { status: "requires_payment_method", last_payment_error: { code: "card_declined" } },
    });
    expect(await timeline()).toEqual(
      together("payment_intent.created", "charge.failed", "payment_intent.payment_failed"),
    );
    const open = await local.stripe.checkout.sessions.retrieve(session.id);
    expect(open).toMatchObject({ status: "open", subscription: null, invoice: null });
    expect((await local.stripe.subscriptions.list({ status: "all" })).data).toEqual([]);

    await confirm(local, session.id);
    const events = await local.happened();
    expect(events.filter((event) => event.type === "payment_intent.created")).toHaveLength(1);
    expect((await local.stripe.paymentIntents.list()).data).toHaveLength(1);
    expect((await local.stripe.charges.list()).data.map((charge) => charge.paid)).toEqual([true, false]);
  });

  test("3D Secure passed", async () => {
    const session = await subscriptionSession(local);
    const first = await submitPage(session.url as string, { number: "4000 0027 6000 3184" });
    expect(first.headers.get("Location")).toBe(`/c/pay/${session.id}/authenticate`);
    const done = await submitPage(`${session.url}/authenticate`, { result: "complete" });
    expect(done.headers.get("Location")).toBe(`http://127.0.0.1:3000/success?session_id=${session.id}`);
    const types = (await timeline()).map(([type]) => type);
    expect(types.slice(0, 4)).toEqual([
      "payment_intent.created",
      "payment_intent.requires_action",
      "payment_intent.succeeded",
      "charge.succeeded",
    ]);
    expect(types.at(-1)).toBe("invoice_payment.paid");
  });

  test("3D Secure failed", async () => {
    const session = await subscriptionSession(local);
    await submitPage(session.url as string, { number: "4000 0025 0000 3155" });
    const failed = await submitPage(`${session.url}/authenticate`, { result: "fail" });
    expect(await failed.text()).toContain("We are unable to authenticate your payment method.");
    expect((await timeline()).map(([type]) => type)).toEqual([
      "payment_intent.created",
      "payment_intent.requires_action",
      "payment_intent.payment_failed",
    ]);
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
  });

  test("a trial", async () => {
    const session = await subscriptionSession(local, { subscription_data: { trial_period_days: 14 } });
    expect(session.amount_total).toBe(0);
    await confirm(local, session.id);
    expect(await timeline()).toEqual([
      ...together(
        "customer.created",
        "setup_intent.created",
        "setup_intent.succeeded",
        "payment_method.attached",
      ),
      ["checkout.session.completed", 1],
      ...["customer.updated", "invoice.created", "invoice.finalized", "invoice.paid"].map((type) => [
        type,
        2,
      ]),
      ...["invoice.payment_succeeded", "customer.subscription.created"].map((type) => [type, 2]),
    ]);
    const done = await local.stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription"] });
    const subscription = done.subscription as Stripe.Subscription;
    expect(subscription.status).toBe("trialing");
    expect((subscription.trial_end ?? 0) - (subscription.trial_start ?? 0)).toBe(14 * 86400);
    expect(subscription.items.data[0]?.current_period_end).toBe(subscription.trial_end);
  });

  test("a trial shorter than three days says at once that it will end", async () => {
    const session = await subscriptionSession(local, { subscription_data: { trial_period_days: 2 } });
    await confirm(local, session.id);
    expect((await timeline()).at(-1)?.[0]).toBe("customer.subscription.trial_will_end");
  });

  test("a trial without a card, where none is asked for", async () => {
    const session = await subscriptionSession(local, {
      payment_method_collection: "if_required",
      subscription_data: { trial_period_days: 14 },
    });
    const done = await fetch(session.url as string, { method: "POST", redirect: "manual" });
    expect(done.status).toBe(303);
    const [subscription] = (await local.stripe.subscriptions.list()).data;
    expect(subscription).toMatchObject({ status: "trialing", default_payment_method: null });
  });

  test("up to a billing cycle anchor only a part is paid, and it is what the invoice says", async () => {
    const billing_cycle_anchor = Math.floor(Date.now() / 1000) + 10 * 86_400;
    const session = await subscriptionSession(local, { subscription_data: { billing_cycle_anchor } });
    expect(session.amount_total).toBeGreaterThan(600);
    expect(session.amount_total).toBeLessThan(720);
    await confirm(local, session.id);
    const [charge] = (await local.stripe.charges.list()).data;
    const [invoice] = (await local.stripe.invoices.list()).data;
    expect(charge?.amount).toBe(session.amount_total);
    expect(invoice?.amount_paid).toBe(session.amount_total);
    await local.control(`clock/advance?seconds=${10 * 86_400 + 3700}`);
    expect((await local.stripe.invoices.list()).data[0]?.amount_paid).toBe(2000);
  });

  test("what a customer has in their favour waits for the next invoice: the page has said what is paid", async () => {
    const { id: customer } = await local.stripe.customers.create({ balance: -500 });
    const session = await subscriptionSession(local, { customer, customer_email: undefined });
    await confirm(local, session.id);
    const [invoice] = (await local.stripe.invoices.list()).data;
    expect(invoice).toMatchObject({ amount_paid: 2000, starting_balance: 0 });
    expect(await local.stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
  });

  test("the card that fails only when charged starts a trial", async () => {
    const session = await subscriptionSession(local, { subscription_data: { trial_period_days: 14 } });
    await confirm(local, session.id, "pm_card_chargeCustomerFail");
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).status).toBe("complete");
  });
});

describe("the session", () => {
  test("expires when told to, once", async () => {
    const session = await subscriptionSession(local);
    const expired = await local.stripe.checkout.sessions.expire(session.id);
    expect(expired).toMatchObject({ status: "expired", url: null });
    expect(await timeline()).toEqual(together("checkout.session.expired"));
    await expect(local.stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({
      statusCode: 400,
    });
    await expect(confirm(local, session.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  test("expires by itself after a day", async () => {
    const session = await subscriptionSession(local);
    await local.control("clock/advance?seconds=86401");
    expect((await local.stripe.checkout.sessions.retrieve(session.id)).status).toBe("expired");
    const event = (await local.happened()).find((one) => one.type === "checkout.session.expired");
    expect([event?.created, event?.request?.id]).toEqual([session.expires_at, null]);
  });

  test("completes only once", async () => {
    const session = await subscriptionSession(local);
    await confirm(local, session.id);
    await expect(confirm(local, session.id)).rejects.toMatchObject({ statusCode: 400 });
    expect((await local.stripe.charges.list()).data).toHaveLength(1);
  });

  test.each([
    [{ payment_method_types: ["card"] }, "payment_method_types_no_longer_supported"],
    [{ ui_mode: "hosted" }, undefined],
    [{ customer: "cus_x" }, "parameters_exclusive"],
    [{ customer: "cus_x", customer_email: undefined }, "resource_missing"],
    [{ line_items: [{ price: "price_x", quantity: 1 }] }, "resource_missing"],
    [{ line_items: [] }, "parameter_missing"],
    [{ success_url: undefined }, "parameter_missing"],
    [{ success_url: "nonsense" }, "url_invalid"],
    [{ mode: "payment" }, undefined],
    [{ customer_creation: "always" }, undefined],
    [{ expires_at: 5 }, undefined],
    [{ subscription_data: { trial_period_days: 1, trial_end: 2000000000 } }, "parameters_exclusive"],
  ])("%j is refused", async (more, code) => {
    const attempt = subscriptionSession(local, more as never);
    await expect(attempt).rejects.toMatchObject({ statusCode: 400, rawType: "invalid_request_error", code });
  });

  test("an inactive price cannot be bought", async () => {
    const [item] = (await local.stripe.checkout.sessions.listLineItems((await subscriptionSession(local)).id))
      .data;
    const price = item?.price?.id as string;
    await local.stripe.prices.update(price, { active: false });
    const attempt = subscriptionSession(local, { line_items: [{ price, quantity: 1 }] });
    await expect(attempt).rejects.toMatchObject({
      message: expect.stringContaining("price specified is inactive"),
    });
  });
});
