import { beforeEach, describe, expect, test } from "vitest";
import { customerAt, DAY_SECONDS } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import { Life } from "../test/life";
import {
  AUGUST,
  echo,
  HALF_OF_JUNE,
  JULY,
  JUNE,
  MONTH,
  refusal,
  scheduled,
  threePlans,
} from "../test/schedules";

const local = startLocalStripe();
const schedules = () => local.stripe.subscriptionSchedules;

let plans: Awaited<ReturnType<typeof threePlans>>;
beforeEach(async () => {
  plans = await threePlans(local);
});

const inJune = (more: Parameters<typeof Life.begin>[1] = {}) =>
  Life.begin(local, { time: JUNE, price: plans.middle, ...more });

describe("an update", () => {
  test("of the current phase changes the subscription, in Stripe's order (recorded, 2021)", async () => {
    const life = await inJune();
    const made = await schedules().create({ from_subscription: life.id });
    await life.to(HALF_OF_JUNE);
    const [current] = made.phases;
    const events = await life.events(() =>
      schedules().update(made.id, { phases: [{ ...echo(current), items: [{ price: plans.large }] }] }),
    );
    expect(events.map(({ type }) => type)).toEqual([
      "subscription_schedule.updated",
      "customer.subscription.updated",
      "invoiceitem.created",
      "invoiceitem.created",
    ]);
    const prorations = await local.stripe.invoiceItems.list({ customer: life.customer });
    expect(prorations.data.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual([-1000, 2500]);
    expect((await life.item()).price.id).toBe(plans.large);
  });

  test("prorates as the request says, not as the phase does (type: the comment of `proration_behavior`)", async () => {
    const life = await inJune();
    const made = await schedules().create({ from_subscription: life.id });
    await life.to(HALF_OF_JUNE);
    await schedules().update(made.id, {
      phases: [
        {
          ...echo(made.phases[0]),
          items: [{ price: plans.large }],
          proration_behavior: "always_invoice",
        },
      ],
      proration_behavior: "none",
    });
    expect((await life.item()).price.id).toBe(plans.large);
    expect((await local.stripe.invoiceItems.list({ customer: life.customer })).data).toEqual([]);
  });

  test("of the current phase's discounts applies them once, and keeps them with the next update", async () => {
    const life = await inJune();
    const made = await schedules().create({ from_subscription: life.id });
    const { id: coupon } = await local.stripe.coupons.create({ percent_off: 25, duration: "forever" });
    const discounted = { ...echo(made.phases[0]), discounts: [{ coupon }] };
    await schedules().update(made.id, { phases: [discounted] });
    const { discounts } = await life.subscription();
    expect(discounts).toEqual([expect.stringMatching(/^di_/)]);
    await schedules().update(made.id, { phases: [discounted, { items: [{ price: plans.small }] }] });
    await schedules().update(made.id, { phases: [{ ...discounted, metadata: { a: "1" } }] });
    expect(await life.subscription()).toMatchObject({ discounts, metadata: { a: "1" } });
    expect((await local.stripe.coupons.retrieve(coupon)).times_redeemed).toBe(1);
  });

  test("of phases to come alone leaves the subscription as it is", async () => {
    const life = await inJune();
    const events = await life.events(() => scheduled(life, [{ items: [{ price: plans.small }] }]));
    expect(events.map(({ type }) => type)).toEqual([
      "subscription_schedule.created",
      "customer.subscription.updated",
      "subscription_schedule.updated",
    ]);
    expect(Object.keys(events[2]?.data.previous_attributes ?? {})).toEqual(["phases"]);
  });

  test("replaces the phases: past ones may be left out or given as they were, and stay", async () => {
    const life = await inJune();
    const { id } = await scheduled(life, [{ items: [{ price: plans.small }] }]);
    await life.to(JULY);
    const { phases } = await schedules().retrieve(id);
    const [past, current] = [echo(phases[0]), echo(phases[1])];
    const next = { items: [{ price: plans.large }], duration: MONTH };
    const without = await schedules().update(id, { phases: [current, next] });
    expect(without.phases.map(({ items }) => items[0]?.price)).toEqual([
      plans.middle,
      plans.small,
      plans.large,
    ]);
    const with_ = await schedules().update(id, { phases: [past, current] });
    expect(with_.phases.map(({ items }) => items[0]?.price)).toEqual([plans.middle, plans.small]);
    for (const changed of [
      { ...past, items: [{ price: plans.large, quantity: 1 }] },
      { ...past, items: [{ price: plans.middle, quantity: 2 }] },
      { ...past, start_date: JUNE + 1 },
    ]) {
      await expect(schedules().update(id, { phases: [changed, current] })).rejects.toMatchObject(
        refusal("You can not update a phase that has already ended."),
      );
    }
  });

  test("keeps the current phase's beginning (the words: quoted from Stripe)", async () => {
    const life = await inJune();
    const made = await schedules().create({ from_subscription: life.id });
    const current = echo(made.phases[0]);
    const { start_date: _, ...unanchored } = current;
    await expect(schedules().update(made.id, { phases: [unanchored] })).rejects.toMatchObject(
      refusal(
        "The subscription schedule update is missing at least one phase with a `start_date` to anchor end dates to.",
      ),
    );
    for (const start_date of [JUNE - 1, JUNE + 1, JULY]) {
      await expect(
        schedules().update(made.id, { phases: [{ ...current, start_date, end_date: AUGUST }] }),
      ).rejects.toMatchObject(refusal("You can not modify the start date of the current phase."));
    }
  });

  test("ends the current phase in the future only, or now", async () => {
    const life = await inJune();
    const { id, phases } = await scheduled(life, [{ items: [{ price: plans.small }] }]);
    await life.to(HALF_OF_JUNE);
    const [current, next] = [echo(phases[0]), { items: [{ price: plans.small }] }];
    await expect(
      schedules().update(id, { phases: [{ ...current, end_date: HALF_OF_JUNE }, next] }),
    ).rejects.toMatchObject(
      refusal("You can only adjust the end date to a future date for the current phase."),
    );
    await schedules().update(id, { phases: [{ ...current, end_date: HALF_OF_JUNE + 1 }, next] });
    const ended = await schedules().update(id, { phases: [{ ...current, end_date: "now" }, next] });
    expect(ended.current_phase?.start_date).toBe(HALF_OF_JUNE);
    expect((await life.item()).price.id).toBe(plans.small);
  });

  test("leaves no gap between phases (inferred: the words)", async () => {
    const life = await inJune();
    const gap = { items: [{ price: plans.small }], start_date: JULY + 1 };
    await expect(scheduled(life, [gap])).rejects.toMatchObject(
      refusal(/must be the `end_date` of the phase before/, { param: "phases[1][start_date]" }),
    );
  });

  test("sets and lifts the subscription's end with `end_behavior`", async () => {
    const life = await inJune();
    const { id } = await schedules().create({ from_subscription: life.id });
    await schedules().update(id, { end_behavior: "cancel" });
    expect((await life.subscription()).cancel_at).toBe(JULY);
    await schedules().update(id, { end_behavior: "release" });
    expect(await life.subscription()).toMatchObject({ cancel_at: null, canceled_at: null });
  });

  test("moves the subscription's end with the last phase", async () => {
    const life = await inJune();
    const made = await schedules().create({ from_subscription: life.id });
    await schedules().update(made.id, { end_behavior: "cancel" });
    const current = echo(made.phases[0]);
    await schedules().update(made.id, { phases: [{ ...current, end_date: AUGUST }] });
    expect(await life.subscription()).toMatchObject({ cancel_at: AUGUST, status: "active" });
    await life.to(AUGUST);
    expect(await life.subscription()).toMatchObject({ status: "canceled", ended_at: AUGUST });
    expect((await life.invoices()).map(({ total }) => total)).toEqual([2000, 2000]);
  });

  test("of what has not started moves it freely, and may begin it", async () => {
    const { clock, customer } = await customerAt(local, JUNE);
    const phase = { items: [{ price: plans.middle }], duration: MONTH };
    const { id } = await schedules().create({ customer, start_date: AUGUST, phases: [phase] });
    const moved = await schedules().update(id, { phases: [{ ...phase, start_date: JULY }] });
    expect(moved).toMatchObject({ status: "not_started", phases: [{ start_date: JULY, end_date: AUGUST }] });
    const begun = await schedules().update(id, { phases: [{ ...phase, start_date: "now" }] });
    expect(begun).toMatchObject({
      status: "active",
      current_phase: { start_date: JUNE, end_date: JULY },
      test_clock: clock,
    });
  });

  test("takes an archived price that it has already, and no other (inferred)", async () => {
    const life = await inJune();
    const made = await schedules().create({ from_subscription: life.id });
    for (const price of [plans.middle, plans.large])
      await local.stripe.prices.update(price, { active: false });
    const current = echo(made.phases[0]);
    await schedules().update(made.id, { phases: [current, { items: [{ price: plans.small }] }] });
    await expect(
      schedules().update(made.id, { phases: [current, { items: [{ price: plans.large }] }] }),
    ).rejects.toMatchObject(refusal(/inactive/));
  });

  test("of the defaults reaches the subscription", async () => {
    const life = await inJune();
    const { id } = await schedules().create({ from_subscription: life.id });
    const changed = await schedules().update(id, {
      default_settings: { collection_method: "send_invoice", invoice_settings: { days_until_due: 11 } },
      metadata: { a: "1" },
    });
    expect(changed).toMatchObject({
      default_settings: { invoice_settings: { days_until_due: 11, issuer: { type: "self" } } },
      metadata: { a: "1" },
    });
    expect(await life.subscription()).toMatchObject({
      collection_method: "send_invoice",
      days_until_due: 11,
    });
  });
});

describe("a release", () => {
  test("leaves the subscription alone, in Stripe's order (recorded, 2021)", async () => {
    const life = await inJune();
    const { id } = await scheduled(life, [{ items: [{ price: plans.small }] }]);
    await life.to(HALF_OF_JUNE);
    const events = await life.events(() => schedules().release(id));
    expect(events.map(({ type }) => type)).toEqual([
      "subscription_schedule.updated",
      "customer.subscription.updated",
      "subscription_schedule.released",
    ]);
    expect(events[1]?.data.previous_attributes).toEqual({ schedule: id });
    expect(events[2]?.data.object).toMatchObject({
      status: "released",
      current_phase: null,
      released_at: HALF_OF_JUNE,
      released_subscription: life.id,
      subscription: null,
    });
    await life.to(JULY);
    expect((await life.item()).price.id).toBe(plans.middle);
  });

  test.each([
    [undefined, null],
    [false, null],
    [true, JULY],
  ])("with preserve_cancel_date %s the end that it had set is %s", async (preserve_cancel_date, end) => {
    const life = await inJune();
    const { id } = await schedules().create({ from_subscription: life.id });
    await schedules().update(id, { end_behavior: "cancel" });
    await schedules().release(id, preserve_cancel_date === undefined ? {} : { preserve_cancel_date });
    expect((await life.subscription()).cancel_at).toBe(end);
  });

  test("of what has not started ends it without a subscription", async () => {
    const { clock, customer } = await customerAt(local, JUNE);
    const phases = [{ items: [{ price: plans.middle }] }];
    const { id } = await schedules().create({ customer, start_date: JULY, phases });
    expect(await schedules().release(id)).toMatchObject({
      status: "released",
      released_subscription: null,
      subscription: null,
    });
    await local.stripe.testHelpers.testClocks.advance(clock, { frozen_time: JULY + DAY_SECONDS });
    await local.receiver.untilType("test_helpers.test_clock.ready");
    expect((await local.stripe.subscriptions.list({ customer })).data).toEqual([]);
  });
});

describe("a cancellation", () => {
  test("ends the subscription with it and settles, in Stripe's order (recorded, 2021)", async () => {
    const life = await inJune();
    const { id } = await schedules().create({ from_subscription: life.id });
    await life.to(HALF_OF_JUNE);
    const events = await life.events(() => schedules().cancel(id));
    expect(events.map(({ type }) => type).slice(0, 4)).toEqual([
      "invoiceitem.created",
      "invoice.created",
      "customer.subscription.deleted",
      "subscription_schedule.canceled",
    ]);
    expect(await schedules().retrieve(id)).toMatchObject({
      status: "canceled",
      canceled_at: HALF_OF_JUNE,
      current_phase: null,
      // Recorded (2020): it still names its subscription, and is named by it.
      subscription: life.id,
    });
    expect(await life.subscription()).toMatchObject({ status: "canceled", schedule: id });
    expect((await life.lastInvoice()).total).toBe(-1000);
  });

  test("without prorating or an invoice only ends it", async () => {
    const life = await inJune();
    const { id } = await schedules().create({ from_subscription: life.id });
    await life.to(HALF_OF_JUNE);
    await schedules().cancel(id, { prorate: false, invoice_now: false });
    expect((await life.invoices()).map(({ total }) => total)).toEqual([2000]);
    expect((await local.stripe.invoiceItems.list({ customer: life.customer })).data).toEqual([]);
  });

  test("of what has not started ends nothing else", async () => {
    const { customer } = await customerAt(local, JUNE);
    const phases = [{ items: [{ price: plans.middle }] }];
    const { id } = await schedules().create({ customer, start_date: JULY, phases });
    expect(await schedules().cancel(id)).toMatchObject({ status: "canceled", canceled_at: JUNE });
  });

  test("of the subscription itself cancels its schedule too (inferred)", async () => {
    const life = await inJune();
    const { id } = await schedules().create({ from_subscription: life.id });
    await local.stripe.subscriptions.cancel(life.id);
    expect(await schedules().retrieve(id)).toMatchObject({ status: "canceled", canceled_at: JUNE });
  });

  test("comes with the end of the customer, also of what has not started", async () => {
    const life = await inJune();
    const active = await schedules().create({ from_subscription: life.id });
    const phases = [{ items: [{ price: plans.middle }] }];
    const { id } = await schedules().create({ customer: life.customer, start_date: JULY, phases });
    await local.stripe.customers.del(life.customer);
    for (const one of [active.id, id]) {
      expect(await schedules().retrieve(one)).toMatchObject({ status: "canceled" });
    }
  });
});

test.each(["update", "release", "cancel"] as const)(
  "a schedule that has ended cannot be asked to %s (the words: quoted from Stripe)",
  async (verb) => {
    const life = await inJune();
    const { id } = await schedules().create({ from_subscription: life.id });
    await schedules().release(id);
    const past = { update: "updated", release: "released", cancel: "canceled" }[verb];
    await expect(schedules()[verb](id, {})).rejects.toMatchObject(
      refusal(
        `You cannot ${verb} a subscription schedule that is currently in the \`released\` status. It must be in \`not_started, active\` status to be ${past}.`,
      ),
    );
  },
);
