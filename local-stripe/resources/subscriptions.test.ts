import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { at, DAY_SECONDS } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import { Life } from "../test/life";
import { confirm, monthlyPrice, subscriptionSession } from "../test/shop";

const local = startLocalStripe();
let subscription: Stripe.Subscription;
let seen: number;

describe("the states of a subscription", () => {
  type Make = () => Promise<string>;
  const subscriptions = () => local.stripe.subscriptions;

  async function create(card: string, more: Partial<Stripe.SubscriptionCreateParams> = {}): Promise<string> {
    const paying = { payment_method: card, invoice_settings: { default_payment_method: card } };
    const { id: customer } = await local.stripe.customers.create(paying);
    const { id: price } = await monthlyPrice(local);
    return (await subscriptions().create({ customer, items: [{ price }], ...more })).id;
  }

  const active: Make = () => create("pm_card_visa");
  const incomplete: Make = () => create("pm_card_chargeCustomerFail");

  async function failing(seconds: number): Promise<string> {
    const { id } = await subscriptions().retrieve(await active());
    const { customer } = await subscriptions().retrieve(id);
    const bad = await local.stripe.paymentMethods.attach("pm_card_chargeCustomerFail", {
      customer: String(customer),
    });
    await subscriptions().update(id, { default_payment_method: bad.id });
    await local.control(`clock/advance?seconds=${seconds}`);
    return id;
  }

  const made: Record<string, Make> = {
    trialing: () => create("pm_card_visa", { trial_period_days: 14 }),
    active,
    past_due: () => failing(32 * DAY_SECONDS),
    unpaid: async () => {
      await local.control("switch?name=afterRetries&value=unpaid");
      return failing(50 * DAY_SECONDS);
    },
    paused: async () => (await subscriptions().pause(await active(), { type: "subscription" })).id,
    incomplete,
    incomplete_expired: async () => {
      const id = await incomplete();
      await local.control(`clock/advance?seconds=${DAY_SECONDS}`);
      return id;
    },
    canceled: async () => (await subscriptions().cancel(await active())).id,
  };

  const verbs: Record<string, (id: string) => Promise<unknown>> = {
    note: (id) => subscriptions().update(id, { metadata: { note: "seen" } }),
    leave: (id) => subscriptions().update(id, { cancel_at_period_end: true }),
    "end the trial": (id) => subscriptions().update(id, { trial_end: "now" }),
    more: async (id) => {
      const [item] = (await subscriptions().retrieve(id)).items.data;
      return subscriptions().update(id, { items: [{ id: item?.id, quantity: 2 }] });
    },
    pay: async (id) => {
      const { latest_invoice } = await subscriptions().retrieve(id);
      return local.stripe.invoices.pay(String(latest_invoice), { payment_method: "pm_card_visa" });
    },
    pause: (id) => subscriptions().pause(id, { type: "subscription" }),
    resume: (id) => subscriptions().resume(id),
    cancel: (id) => subscriptions().cancel(id),
  };

  const stays = (status: string) => ({ note: status, leave: status, more: status, "end the trial": status });

  /** Each verb leads from each state to this one; everything else is refused. */
  const transitions: Record<string, Record<string, string>> = {
    trialing: { ...stays("trialing"), "end the trial": "active", pause: "paused", cancel: "canceled" },
    active: { ...stays("active"), pause: "paused", cancel: "canceled" },
    past_due: { ...stays("past_due"), pay: "active", pause: "paused", cancel: "canceled" },
    unpaid: { ...stays("unpaid"), pay: "active", cancel: "canceled" },
    paused: { ...stays("paused"), resume: "active", cancel: "canceled" },
    incomplete: { ...stays("incomplete"), pay: "active", cancel: "canceled" },
    incomplete_expired: { note: "incomplete_expired" },
    canceled: { note: "canceled" },
  };

  const rows = Object.keys(transitions).flatMap((state) =>
    Object.keys(verbs).map((verb) => [state, verb, transitions[state]?.[verb] ?? "refused"] as const),
  );

  test.each(rows)("%s: %s → %s", async (state, verb, target) => {
    const id = await (made[state] as Make)();
    expect((await subscriptions().retrieve(id)).status).toBe(state);
    const work = (verbs[verb] as (id: string) => Promise<unknown>)(id);
    if (target === "refused") {
      await expect(work).rejects.toMatchObject({ rawType: "invalid_request_error" });
      expect((await subscriptions().retrieve(id)).status).toBe(state);
    } else {
      await work;
      expect((await subscriptions().retrieve(id)).status).toBe(target);
    }
  });
});

describe("a subscription that a checkout began", () => {
  beforeEach(async () => {
    const session = await subscriptionSession(local);
    await confirm(local, session.id);
    subscription = (await local.stripe.subscriptions.list()).data[0] as Stripe.Subscription;
    seen = (await local.happened()).length;
  });

  /** The events since the subscription began. */
  const since = async () => (await local.happened()).slice(seen);

  test("cancel at the period's end, undo, and again until it ends", async () => {
    const { id } = subscription;
    const end = subscription.items.data[0]?.current_period_end;
    const leaving = await local.stripe.subscriptions.update(id, {
      cancel_at_period_end: true,
      cancellation_details: { feedback: "unused" },
    });
    expect(leaving).toMatchObject({
      status: "active",
      cancel_at: end,
      cancel_at_period_end: true,
      cancellation_details: { reason: "cancellation_requested", feedback: "unused" },
    });
    expect(leaving.canceled_at).not.toBeNull();
    const staying = await local.stripe.subscriptions.update(id, { cancel_at_period_end: false });
    expect(staying).toMatchObject({ cancel_at: null, cancel_at_period_end: false, canceled_at: null });
    await local.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await local.control(`clock/advance?seconds=${32 * 86400}`);
    const ended = await local.stripe.subscriptions.retrieve(id);
    expect(ended).toMatchObject({ status: "canceled", ended_at: end });
    const events = await since();
    expect(
      events.filter((event) => event.type.startsWith("customer.subscription")).map(({ type }) => type),
    ).toEqual([
      "customer.subscription.updated",
      "customer.subscription.updated",
      "customer.subscription.updated",
      "customer.subscription.deleted",
    ]);
    expect(events[0]?.data.previous_attributes).toEqual({
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: { feedback: null, reason: null },
    });
  });

  test("who leaves at the period's end leaves at the end of whatever period they are in then", async () => {
    const life = await Life.begin(local, { more: { trial_period_days: 10 } });
    const change = (params: Stripe.SubscriptionUpdateParams) =>
      local.stripe.subscriptions.update(life.id, params);
    const trial = await change({ cancel_at_period_end: true });
    expect(trial.cancel_at).toBe(trial.trial_end);
    const longer = await change({ trial_end: life.time + 20 * DAY_SECONDS });
    expect(longer).toMatchObject({ cancel_at: life.time + 20 * DAY_SECONDS, cancel_at_period_end: true });
    await life.days(5);
    const begun = await change({ trial_end: "now" });
    expect(begun).toMatchObject({ status: "active", cancel_at: at("2026-02-20T12:00:00") });
    const yearly = await monthlyPrice(local, { recurring: { interval: "year" } });
    const [item] = begun.items.data;
    const swapped = await change({ items: [{ id: item?.id, price: yearly.id }] });
    expect(swapped).toMatchObject({ cancel_at: at("2027-01-20T12:00:00"), cancel_at_period_end: true });
    await life.days(40);
    expect((await life.subscription()).status).toBe("active");
  });

  test("a moment to cancel is set and cleared", async () => {
    const at = Math.floor(Date.now() / 1000) + 1000;
    const leaving = await local.stripe.subscriptions.update(subscription.id, { cancel_at: at });
    expect(leaving).toMatchObject({ cancel_at: at, cancel_at_period_end: false });
    const staying = await local.stripe.subscriptions.update(subscription.id, { cancel_at: "" });
    expect(staying).toMatchObject({ cancel_at: null, canceled_at: null });
  });

  test("canceled at once, it only takes notes", async () => {
    const { id } = subscription;
    const canceled = await local.stripe.subscriptions.cancel(id, {
      cancellation_details: { comment: "bye" },
    });
    expect(canceled).toMatchObject({
      status: "canceled",
      cancellation_details: { comment: "bye", reason: "cancellation_requested" },
    });
    expect((await since()).map((event) => event.type)).toEqual(["customer.subscription.deleted"]);
    await expect(local.stripe.subscriptions.cancel(id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(local.stripe.subscriptions.update(id, { description: "x" })).rejects.toMatchObject({
      statusCode: 400,
    });
    await local.stripe.subscriptions.update(id, { metadata: { note: "gone" } });
    expect((await local.stripe.subscriptions.list()).data).toEqual([]);
    expect((await local.stripe.subscriptions.list({ status: "all" })).data).toHaveLength(1);
    const [item] = canceled.items.data;
    // Nothing is added to what is no more (recorded).
    await expect(
      local.stripe.subscriptionItems.create({ subscription: canceled.id, price: String(item?.price.id) }),
    ).rejects.toMatchObject({ statusCode: 404, param: "subscription" });
    for (const call of [
      local.stripe.subscriptionItems.update(String(item?.id), { quantity: 2 }),
      local.stripe.subscriptionItems.del(String(item?.id)),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "invalid_canceled_subscription_fields" });
    }
  });

  test("a refund, in parts, until nothing is left", async () => {
    const [payment] = (
      await local.stripe.invoicePayments.list({ invoice: String(subscription.latest_invoice) })
    ).data;
    const payment_intent = String(payment?.payment.payment_intent);
    await local.stripe.refunds.create({ payment_intent, amount: 500 });
    const charge = async () => (await local.stripe.charges.list({ payment_intent })).data[0];
    expect(await charge()).toMatchObject({ amount_refunded: 500, refunded: false });
    const tooMuch = local.stripe.refunds.create({ payment_intent, amount: 1501 });
    await expect(tooMuch).rejects.toMatchObject({ code: undefined, param: "amount" });
    await local.stripe.refunds.create({ payment_intent, reason: "requested_by_customer" });
    expect(await charge()).toMatchObject({ amount_refunded: 2000, refunded: true });
    await expect(local.stripe.refunds.create({ payment_intent })).rejects.toMatchObject({ statusCode: 400 });
    const REFUND = ["refund.created", "charge.refunded", "refund.updated", "charge.refund.updated"];
    const events = await since();
    expect(events.map((event) => event.type)).toEqual([...REFUND, ...REFUND]);
    expect(events[1]?.data.previous_attributes).toEqual({ amount_refunded: 0 });
    const invoice = await local.stripe.invoices.retrieve(String(subscription.latest_invoice));
    expect(invoice.status).toBe("paid");
  });

  test("an intent leads to its invoice, and a paid invoice cannot be paid again", async () => {
    const invoice = await local.stripe.invoices.retrieve(String(subscription.latest_invoice), {
      expand: ["payments", "confirmation_secret"],
    });
    const payment_intent = String(invoice.payments?.data[0]?.payment.payment_intent);
    const found = await local.stripe.invoicePayments.list({
      payment: { type: "payment_intent", payment_intent },
    });
    expect(found.data[0]?.invoice).toBe(invoice.id);
    expect(invoice.confirmation_secret?.client_secret).toContain(payment_intent);
    await expect(local.stripe.invoices.pay(String(invoice.id))).rejects.toMatchObject({
      statusCode: 400,
      message: "Invoice is already paid",
    });
    const lines = await local.stripe.invoices.listLineItems(String(invoice.id));
    expect(lines.data[0]).toMatchObject({
      amount: 2000,
      description: "1 × Pro (at $20.00 / month)",
      parent: { subscription_item_details: { subscription: subscription.id, proration: false } },
    });
  });
});
