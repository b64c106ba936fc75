import { describe, expect, test } from "vitest";
import { at, CLOCKS, type Clock, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";

const local = startLocalStripe();
const START = at("2026-01-15T12:00:00");
const END = START + 14 * DAY_SECONDS;

type Behavior = "cancel" | "create_invoice" | "pause";

const trial = (card: string | null, missing_payment_method: Behavior = "create_invoice") =>
  Life.begin(local, {
    card,
    more: { trial_period_days: 14, trial_settings: { end_behavior: { missing_payment_method } } },
  });

test("a trial costs nothing, and its end begins the first paid period", async () => {
  const life = await trial("pm_card_visa");
  expect(await life.subscription()).toMatchObject({
    status: "trialing",
    trial_start: START,
    trial_end: END,
    billing_cycle_anchor: END,
  });
  expect(await life.lastInvoice()).toMatchObject({
    status: "paid",
    total: 0,
    billing_reason: "subscription_create",
    lines: {
      data: [{ amount: 0, description: "Free trial for 1 × Pro", period: { start: START, end: END } }],
    },
  });
  await life.to(END);
  expect(await life.subscription()).toMatchObject({ status: "active" });
  await life.to(END + HOUR_SECONDS);
  expect(await life.lastInvoice()).toMatchObject({
    status: "paid",
    amount_paid: 2000,
    billing_reason: "subscription_cycle",
    // The trial ended on a 29th, which this February lacks.
    lines: { data: [{ period: { start: END, end: at("2026-02-28T12:00:00") } }] },
  });
});

test("three days before, it says so; a shorter trial says so at once", async () => {
  const life = await trial("pm_card_visa");
  const events = await life.events(() => life.to(END - 3 * DAY_SECONDS));
  expect(events.at(-1)).toMatchObject({
    type: "customer.subscription.trial_will_end",
    created: END - 3 * DAY_SECONDS,
  });
  const short = await Life.begin(local, { more: { trial_period_days: 2 } });
  const happened = await local.stripe.events.list({ type: "customer.subscription.trial_will_end" });
  expect(happened.data.map(({ data }) => (data.object as { id: string }).id)).toEqual([short.id, life.id]);
});

describe.each(CLOCKS)("at its end, on %s", (on: Clock) => {
  const time = at(`${new Date().getUTCFullYear() + 1}-01-15T12:00:00`);
  const trialOn = (card: string | null, missing_payment_method: Behavior) =>
    Life.begin(local, {
      on,
      time,
      card,
      more: { trial_period_days: 14, trial_settings: { end_behavior: { missing_payment_method } } },
    });

  test.each([
    ["cancel", "canceled", "canceled"],
    ["pause", "paused", "paused"],
    ["create_invoice", "active", "past_due"],
  ] as const)("without a card: %s", async (behavior, status, later) => {
    const life = await trialOn(null, behavior);
    await life.to(life.renewal);
    expect((await life.subscription()).status).toBe(status);
    await life.to(life.renewal + HOUR_SECONDS);
    expect((await life.subscription()).status).toBe(later);
  });

  test("with a card it is paid an hour later, having been announced for three days", async () => {
    const life = await trialOn("pm_card_visa", "cancel");
    const events = await life.events(() => life.to(life.renewal + HOUR_SECONDS));
    const dates = events
      .filter(({ type }) => /trial_will_end|subscription.updated|invoice.paid/.test(type))
      .map(({ type, created }) => [type, (created - life.renewal) / HOUR_SECONDS]);
    expect(dates).toEqual([
      ["customer.subscription.trial_will_end", -72],
      ["customer.subscription.updated", 0],
      ["invoice.paid", 1],
    ]);
    expect(await life.lastInvoice()).toMatchObject({ status: "paid", amount_paid: 2000 });
  });

  test("while its collection is paused, the invoice is kept", async () => {
    const life = await trialOn(null, "create_invoice");
    await local.stripe.subscriptions.update(life.id, { pause_collection: { behavior: "keep_as_draft" } });
    await life.to(life.renewal + 2 * HOUR_SECONDS);
    expect((await life.subscription()).status).toBe("active");
    expect(await life.lastInvoice()).toMatchObject({ status: "draft", auto_advance: false });
  });

  test("nothing begins for whoever is to leave before", async () => {
    const life = await trialOn("pm_card_visa", "create_invoice");
    await local.stripe.subscriptions.update(life.id, { cancel_at_period_end: true });
    const ended = await life.events(() => life.to(life.renewal + HOUR_SECONDS));
    expect(ended.map(({ type }) => type)).not.toContain("invoice.created");
    expect(await life.subscription()).toMatchObject({ status: "canceled", ended_at: life.renewal });
  });
});

test("without a card the invoice is made all the same, and is past due", async () => {
  const life = await trial(null);
  await life.to(END + HOUR_SECONDS);
  expect((await life.subscription()).status).toBe("past_due");
  expect(await life.lastInvoice()).toMatchObject({ status: "open", amount_due: 2000 });
});

test("with a card the wish for its absence does not matter", async () => {
  const life = await trial("pm_card_visa", "cancel");
  await life.to(END + HOUR_SECONDS);
  expect((await life.subscription()).status).toBe("active");
});

test("ended by hand, it is billed at once", async () => {
  const life = await trial("pm_card_visa");
  await life.days(5);
  const active = await local.stripe.subscriptions.update(life.id, { trial_end: "now" });
  expect(active).toMatchObject({
    status: "active",
    trial_end: life.time,
    billing_cycle_anchor: life.time,
  });
  expect(await life.lastInvoice()).toMatchObject({
    billing_reason: "subscription_update",
    status: "paid",
    amount_paid: 2000,
  });
});

test("given longer, it ends later", async () => {
  const life = await trial("pm_card_visa");
  const trial_end = END + 10 * DAY_SECONDS;
  await local.stripe.subscriptions.update(life.id, { trial_end });
  await life.to(END + HOUR_SECONDS);
  expect((await life.subscription()).status).toBe("trialing");
  await life.to(trial_end + HOUR_SECONDS);
  expect(await life.subscription()).toMatchObject({ status: "active", billing_cycle_anchor: trial_end });
});

test("a change during the trial costs nothing", async () => {
  const life = await trial("pm_card_visa");
  const { id } = await life.item();
  await local.stripe.subscriptions.update(life.id, { items: [{ id, quantity: 3 }] });
  expect((await local.stripe.invoiceItems.list({ customer: life.customer })).data).toEqual([]);
  await life.to(END + HOUR_SECONDS);
  expect((await life.lastInvoice()).amount_paid).toBe(6000);
});
