import type Stripe from "stripe";
import { expect, test } from "vitest";
import { at, CLOCKS, customerAt, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";
import { MONTH, scheduled, threePlans } from "../../test/schedules";
import { monthlyPrice } from "../../test/shop";

const local = startLocalStripe();
const schedules = () => local.stripe.subscriptionSchedules;

/** A month that begins on its last day, and ends on the last of February. */
const LAST_OF_JANUARY = at("2030-01-31T12:00:00");
const LAST_OF_FEBRUARY = at("2030-02-28T12:00:00");
const LAST_OF_MARCH = at("2030-03-31T12:00:00");

const priceOf = async (life: Life) => (await life.item()).price.id;
/** The amounts of an invoice's lines, the least first: their order is another matter. */
const lines = (invoice: Stripe.Invoice) =>
  invoice.lines.data.map(({ amount }) => amount).sort((a, b) => a - b);

/** A subscription to the middle plan since the last of January. */
async function sinceJanuary(more: Parameters<typeof Life.begin>[1] = {}) {
  const plans = await threePlans(local);
  const life = await Life.begin(local, { time: LAST_OF_JANUARY, price: plans.middle, ...more });
  return { ...plans, life };
}

test.each(CLOCKS)("on %s a phase that begins with a period bills that one by itself", async (on) => {
  const { life, small } = await sinceJanuary({ on });
  const { id, phases } = await scheduled(life, [{ items: [{ price: small }], duration: MONTH }]);
  // Inferred: months are counted from the billing cycle's anchor, so the short one shortens no other.
  const span = phases.map(({ start_date, end_date }) => [start_date, end_date]);
  const { created } = await life.subscription();
  const began = life.clock ? LAST_OF_JANUARY : created;
  expect(span.flat().map((second) => second - began)).toEqual(
    [LAST_OF_JANUARY, LAST_OF_FEBRUARY, LAST_OF_FEBRUARY, LAST_OF_MARCH].map((one) => one - LAST_OF_JANUARY),
  );
  await life.to(LAST_OF_FEBRUARY + HOUR_SECONDS + 60);
  const item = await life.item();
  expect(item).toMatchObject({ price: { id: small }, quantity: 1 });
  expect([item.current_period_start, item.current_period_end]).toEqual(span[1]);
  const invoices = await life.invoices();
  expect(invoices.map((one) => [one.status, one.amount_paid, lines(one)])).toEqual([
    ["paid", 2000, [2000]],
    ["paid", 730, [730]],
  ]);
  expect(await schedules().retrieve(id)).toMatchObject({
    status: "active",
    current_phase: { start_date: span[1]?.[0], end_date: span[1]?.[1] },
  });
});

test("the edges of a phase are its seconds; after the last the subscription goes on alone", async () => {
  const { life, middle, small } = await sinceJanuary();
  const { id } = await scheduled(life, [{ items: [{ price: small, quantity: 3 }], duration: MONTH }]);
  await life.to(LAST_OF_FEBRUARY - 1);
  expect(await priceOf(life)).toBe(middle);
  await life.to(LAST_OF_FEBRUARY);
  expect(await life.item()).toMatchObject({ price: { id: small }, quantity: 3 });
  await life.to(LAST_OF_MARCH - 1);
  expect(await schedules().retrieve(id)).toMatchObject({ status: "active", subscription: life.id });
  await life.to(LAST_OF_MARCH);
  // A schedule that leaves its subscription running is released (docs: "Completing a schedule"; field comments).
  expect(await schedules().retrieve(id)).toMatchObject({
    status: "released",
    completed_at: null,
    current_phase: null,
    released_at: LAST_OF_MARCH,
    released_subscription: life.id,
    subscription: null,
  });
  expect(await life.subscription()).toMatchObject({ schedule: null, status: "active", cancel_at: null });
  expect(await life.item()).toMatchObject({ quantity: 3, current_period_start: LAST_OF_MARCH });
  expect(lines(await life.lastInvoice())).toEqual([2190]);
});

test("a phase is told of before the renewal that it comes with (inferred)", async () => {
  const { life, small } = await sinceJanuary();
  await scheduled(life, [{ items: [{ price: small }], duration: MONTH }]);
  await life.to(LAST_OF_FEBRUARY - 1);
  const events = await life.events(() => life.to(LAST_OF_FEBRUARY));
  expect(events.map(({ type }) => type)).toEqual([
    "subscription_schedule.updated",
    "invoice.created",
    "customer.subscription.updated",
  ]);
  expect(events[0]?.data.previous_attributes).toEqual({
    current_phase: { start_date: LAST_OF_JANUARY, end_date: LAST_OF_FEBRUARY },
  });
  expect(Object.keys(events[2]?.data.previous_attributes ?? {}).sort()).toEqual(["items", "latest_invoice"]);
});

test("a schedule is announced seven days before it expires, to the second (type: the event's comment)", async () => {
  const { life, small } = await sinceJanuary();
  const { id } = await scheduled(life, [{ items: [{ price: small }], duration: MONTH }]);
  await life.to(LAST_OF_FEBRUARY);
  const expiring = async (until: number) =>
    (await life.events(() => life.to(until))).flatMap(({ type, data }) =>
      type === "subscription_schedule.expiring" ? [(data.object as { id: string }).id] : [],
    );
  expect(await expiring(LAST_OF_MARCH - 7 * DAY_SECONDS - 1)).toEqual([]);
  expect(await expiring(LAST_OF_MARCH - 7 * DAY_SECONDS)).toEqual([id]);
  expect(await expiring(LAST_OF_MARCH)).toEqual([]);
});

/** June has thirty days: half of it is gone on the sixteenth. */
const JUNE = at("2030-06-01T00:00:00");
const HALF_OF_JUNE = at("2030-06-16T00:00:00");
const JULY = at("2030-07-01T00:00:00");

test.each([
  ["create_prorations", [[2000]], [-1000, 2500, 5000]],
  ["none", [[2000]], [5000]],
  ["always_invoice", [[2000], [-1000, 2500]], [5000]],
] as const)(
  "a phase that begins within a period prorates as it says: %s",
  async (proration_behavior, during, july) => {
    const { middle, large } = await threePlans(local);
    const life = await Life.begin(local, { time: JUNE, price: middle });
    const { subscriptionSchedules } = local.stripe;
    const made = await subscriptionSchedules.create({ from_subscription: life.id });
    await subscriptionSchedules.update(made.id, {
      phases: [
        { start_date: JUNE, end_date: HALF_OF_JUNE, items: [{ price: middle }] },
        { items: [{ price: large }], duration: { interval: "month", interval_count: 2 }, proration_behavior },
      ],
    });
    await life.to(HALF_OF_JUNE - 1);
    expect(await priceOf(life)).toBe(middle);
    await life.to(HALF_OF_JUNE);
    expect(await life.item()).toMatchObject({ price: { id: large }, current_period_end: JULY });
    expect((await life.invoices()).map(lines)).toEqual(during);
    await life.to(JULY);
    expect(lines(await life.lastInvoice())).toEqual(july);
  },
);

test.each([
  ["itself", { billing_cycle_anchor: "phase_start" as const }, {}],
  ["by default", {}, { default_settings: { billing_cycle_anchor: "phase_start" as const } }],
])("a phase may begin a billing cycle of its own, which is billed at once: %s", async (_, more, defaults) => {
  const { middle, large } = await threePlans(local);
  const life = await Life.begin(local, { time: JUNE, price: middle });
  const made = await schedules().create({ from_subscription: life.id });
  await schedules().update(made.id, {
    ...defaults,
    phases: [
      { start_date: JUNE, end_date: HALF_OF_JUNE, items: [{ price: middle }] },
      { items: [{ price: large }], duration: MONTH, ...more },
    ],
  });
  await life.to(HALF_OF_JUNE);
  expect(await life.subscription()).toMatchObject({ billing_cycle_anchor: HALF_OF_JUNE });
  const item = await life.item();
  expect([item.current_period_start, item.current_period_end]).toEqual([
    HALF_OF_JUNE,
    at("2030-07-16T00:00:00"),
  ]);
  expect(lines(await life.lastInvoice())).toEqual([-1000, 5000]);
});

test("another interval within a period begins a cycle too (type: the comment of `automatic`)", async () => {
  const { middle } = await threePlans(local);
  const yearly = await monthlyPrice(local, { recurring: { interval: "year" }, unit_amount: 20_000 });
  const life = await Life.begin(local, { time: JUNE, price: middle });
  const made = await schedules().create({ from_subscription: life.id });
  await schedules().update(made.id, {
    phases: [
      { start_date: JUNE, end_date: HALF_OF_JUNE, items: [{ price: middle }] },
      { items: [{ price: yearly.id }] },
    ],
  });
  await life.to(HALF_OF_JUNE);
  expect(await life.item()).toMatchObject({
    current_period_start: HALF_OF_JUNE,
    current_period_end: at("2031-06-16T00:00:00"),
  });
  expect(lines(await life.lastInvoice())).toEqual([-1000, 20_000]);
});

test.each([
  ["a year", "a month", "year", at("2031-06-01T00:00:00"), at("2031-07-01T00:00:00")],
  ["a month", "a year", "month", JULY, at("2031-07-01T00:00:00")],
] as const)("a phase changes from %s to %s where one period ends", async (_, __, interval, end, next) => {
  const first = await monthlyPrice(local, { recurring: { interval }, unit_amount: 9000 });
  const other = interval === "year" ? "month" : "year";
  const second = await monthlyPrice(local, { recurring: { interval: other }, unit_amount: 1100 });
  const life = await Life.begin(local, { time: JUNE, price: first.id });
  await scheduled(life, [{ items: [{ price: second.id }] }]);
  await life.to(end);
  const item = await life.item();
  expect([item.price.id, item.current_period_start, item.current_period_end]).toEqual([second.id, end, next]);
  expect((await life.invoices()).map(lines)).toEqual([[9000], [1100]]);
});

async function from(start: number, params: Partial<Stripe.SubscriptionScheduleCreateParams>) {
  const { clock, customer } = await customerAt(local, JUNE);
  const schedule = await schedules().create({ customer, start_date: start, ...params });
  const to = async (...times: number[]) => {
    const life = { to: Life.prototype.to, local, clock, time: JUNE };
    await life.to.call(life as unknown as Life, ...times);
  };
  return { customer, schedule, to, now: () => schedules().retrieve(schedule.id) };
}

const subscriptionOf = async (schedule: Stripe.SubscriptionSchedule) =>
  local.stripe.subscriptions.retrieve(String(schedule.subscription), { expand: ["latest_invoice"] });

test("a schedule begins its subscription in its second, with a draft that is paid an hour later", async () => {
  const { middle } = await threePlans(local);
  const start = HALF_OF_JUNE;
  const { schedule, to, now } = await from(start, {
    phases: [{ items: [{ price: middle, quantity: 2 }], duration: MONTH }],
  });
  expect(schedule).toMatchObject({ status: "not_started", subscription: null, current_phase: null });
  await to(start - 1);
  expect(await now()).toMatchObject({ status: "not_started", subscription: null });
  const before = (await local.happened()).length;
  await to(start);
  const told = (await local.happened()).slice(before).map(({ type }) => type);
  // As at once (recorded), but for the schedule, which was there before (inferred).
  expect(told.filter((type) => !type.startsWith("test_helpers"))).toEqual([
    "customer.subscription.created",
    "invoice.created",
    "subscription_schedule.updated",
  ]);
  const begun = await now();
  expect(begun).toMatchObject({
    status: "active",
    current_phase: { start_date: start, end_date: at("2030-07-16T00:00:00") },
  });
  // Type: the comment of `SubscriptionResource.create`: schedules begin with a draft.
  const subscription = await subscriptionOf(begun);
  expect(subscription).toMatchObject({
    status: "active",
    schedule: schedule.id,
    start_date: start,
    latest_invoice: { status: "draft", amount_due: 4000, billing_reason: "subscription_create" },
  });
  await to(start + HOUR_SECONDS - 1);
  expect((await subscriptionOf(begun)).latest_invoice).toMatchObject({ status: "draft" });
  await to(start + HOUR_SECONDS);
  expect((await subscriptionOf(begun)).latest_invoice).toMatchObject({ status: "paid", amount_paid: 4000 });
});

test("a phase that is a trial costs nothing, and the next one does", async () => {
  const { middle } = await threePlans(local);
  const { schedule, to, now } = await from(JUNE, {
    phases: [
      { items: [{ price: middle }], duration: { interval: "day", interval_count: 15 }, trial: true },
      { items: [{ price: middle }], duration: MONTH },
    ],
  });
  expect(schedule.phases.map(({ trial_end, end_date }) => [trial_end, end_date])).toEqual([
    [HALF_OF_JUNE, HALF_OF_JUNE],
    [null, at("2030-07-16T00:00:00")],
  ]);
  expect(await subscriptionOf(schedule)).toMatchObject({
    status: "trialing",
    trial_end: HALF_OF_JUNE,
    latest_invoice: { amount_due: 0 },
  });
  await to(HALF_OF_JUNE - 1);
  expect((await subscriptionOf(schedule)).status).toBe("trialing");
  await to(HALF_OF_JUNE + HOUR_SECONDS);
  const paying = await subscriptionOf(schedule);
  expect(paying).toMatchObject({
    status: "active",
    latest_invoice: { amount_paid: 2000 },
    items: { data: [{ current_period_start: HALF_OF_JUNE }] },
  });
  expect((await now()).current_phase?.start_date).toBe(HALF_OF_JUNE);
});

test("a trial that comes after a paid phase stops the bills until it ends", async () => {
  const { life, middle } = await sinceJanuary();
  await scheduled(life, [{ items: [{ price: middle }], trial: true, duration: MONTH }]);
  await life.to(LAST_OF_FEBRUARY);
  expect(await life.subscription()).toMatchObject({ status: "trialing", trial_end: LAST_OF_MARCH });
  expect(lines(await life.lastInvoice())).toEqual([0]);
  await life.to(LAST_OF_MARCH);
  expect((await life.subscription()).status).toBe("active");
  expect(lines(await life.lastInvoice())).toEqual([2000]);
});

test("a subscription that is to end with its schedule says so from the beginning, and does", async () => {
  const { middle } = await threePlans(local);
  const { schedule, to, now } = await from(JUNE, {
    end_behavior: "cancel",
    phases: [{ items: [{ price: middle }], duration: MONTH }],
  });
  expect(await subscriptionOf(schedule)).toMatchObject({ cancel_at: JULY, cancel_at_period_end: false });
  await to(JULY - 1);
  expect((await subscriptionOf(schedule)).status).toBe("active");
  const before = (await local.happened()).length;
  await to(JULY);
  expect(await now()).toMatchObject({
    status: "completed",
    completed_at: JULY,
    canceled_at: null,
    current_phase: null,
    subscription: schedule.subscription,
  });
  expect(await subscriptionOf(schedule)).toMatchObject({ status: "canceled", ended_at: JULY });
  const after = (await local.happened()).slice(before).map(({ type }) => type);
  expect(after.filter((type) => /schedule|deleted/.test(type))).toEqual([
    "customer.subscription.deleted",
    "subscription_schedule.completed",
  ]);
});

test("a schedule is aborted where nobody pays (type: the event's comment)", async () => {
  const { life, small } = await sinceJanuary();
  const { id } = await scheduled(life, [{ items: [{ price: small }], duration: MONTH }]);
  await life.switchCard("pm_card_chargeCustomerFail");
  const events = await life.events(() => life.days(60));
  expect((await life.subscription()).status).toBe("canceled");
  expect(await schedules().retrieve(id)).toMatchObject({ status: "canceled", current_phase: null });
  const ends = events.map(({ type }) => type).filter((type) => /schedule\.|deleted/.test(type));
  expect(ends.slice(-2)).toEqual(["customer.subscription.deleted", "subscription_schedule.aborted"]);
});

test("a phase brings its discounts, metadata and the way to pay, and ends those before it", async () => {
  const { life, middle } = await sinceJanuary({ more: { metadata: { kept: "1", gone: "1", changed: "1" } } });
  const coupon = await local.stripe.coupons.create({ percent_off: 25, duration: "forever" });
  const setup = await monthlyPrice(local, { recurring: undefined, unit_amount: 400 });
  await scheduled(life, [
    {
      items: [{ price: middle }],
      duration: MONTH,
      discounts: [{ coupon: coupon.id }],
      metadata: { gone: "", changed: "2", added: "3" },
      collection_method: "send_invoice",
      invoice_settings: { days_until_due: 9 },
      description: "A quarter off",
      add_invoice_items: [{ price: setup.id, quantity: 2 }],
    },
    { items: [{ price: middle }], duration: MONTH, collection_method: "charge_automatically" },
  ]);
  await life.to(LAST_OF_FEBRUARY);
  expect(await life.subscription()).toMatchObject({
    metadata: { kept: "1", changed: "2", added: "3" },
    collection_method: "send_invoice",
    days_until_due: 9,
    description: "A quarter off",
    discounts: [expect.stringMatching(/^di_/)],
  });
  expect((await life.subscription()).metadata).not.toHaveProperty("gone");
  // 2 × 4.00 once and 20.00, a quarter off.
  expect(await life.lastInvoice()).toMatchObject({ subtotal: 2800, total: 2100 });
  await life.to(LAST_OF_MARCH);
  expect(await life.subscription()).toMatchObject({
    collection_method: "charge_automatically",
    days_until_due: null,
    discounts: [],
  });
  expect((await life.lastInvoice()).total).toBe(2000);
});

test("a coupon that is gone by then does not stop the phase (inferred)", async () => {
  const { life, small } = await sinceJanuary();
  const coupon = await local.stripe.coupons.create({ percent_off: 25, duration: "once" });
  await scheduled(life, [{ items: [{ price: small }], discounts: [{ coupon: coupon.id }] }]);
  await local.stripe.coupons.del(coupon.id);
  await life.to(LAST_OF_FEBRUARY);
  expect(await priceOf(life)).toBe(small);
  expect((await life.lastInvoice()).total).toBe(730);
});

test("the next invoice is previewed and announced as the coming phase will make it", async () => {
  const { life, small } = await sinceJanuary();
  await scheduled(life, [{ items: [{ price: small }] }]);
  const preview = await local.stripe.invoices.createPreview({ subscription: life.id });
  expect(lines(preview)).toEqual([730]);
  const events = await life.events(() => life.to(LAST_OF_FEBRUARY - 7 * DAY_SECONDS));
  const upcoming = events.find(({ type }) => type === "invoice.upcoming")?.data.object as Stripe.Invoice;
  expect(upcoming.amount_due).toBe(730);
  expect(await priceOf(life)).not.toBe(small);
});

test("items changed directly split the current phase; the phases to come stay (seen by others)", async () => {
  const { life, middle, small } = await sinceJanuary();
  const { id } = await scheduled(life, [{ items: [{ price: small }], duration: MONTH }]);
  const half = at("2030-02-14T12:00:00");
  await life.to(half);
  const item = await life.item();
  await local.stripe.subscriptions.update(life.id, { items: [{ id: item.id, quantity: 4 }] });
  const split = await schedules().retrieve(id);
  expect(
    split.phases.map(({ start_date, end_date, items }) => [start_date, end_date, items[0]?.quantity]),
  ).toEqual([
    [LAST_OF_JANUARY, half, 1],
    [half, LAST_OF_FEBRUARY, 4],
    [LAST_OF_FEBRUARY, LAST_OF_MARCH, 1],
  ]);
  expect(split.current_phase).toEqual({ start_date: half, end_date: LAST_OF_FEBRUARY });
  expect(split.phases[1]?.items[0]?.price).toBe(middle);
  await life.to(LAST_OF_FEBRUARY);
  expect(await life.item()).toMatchObject({ price: { id: small }, quantity: 1 });
});

test("a schedule may begin in the past: what has gone by is billed with the first invoice (inferred)", async () => {
  const { middle } = await threePlans(local);
  const april = at("2030-04-20T00:00:00");
  const { schedule } = await from(april, {
    phases: [{ items: [{ price: middle }], duration: { interval: "month", interval_count: 12 } }],
  });
  expect(schedule.current_phase).toEqual({ start_date: april, end_date: at("2031-04-20T00:00:00") });
  const subscription = await subscriptionOf(schedule);
  expect(subscription).toMatchObject({
    billing_cycle_anchor: april,
    start_date: april,
    items: {
      data: [
        { current_period_start: at("2030-05-20T00:00:00"), current_period_end: at("2030-06-20T00:00:00") },
      ],
    },
  });
  expect(lines(subscription.latest_invoice as Stripe.Invoice)).toEqual([2000, 2000]);
});
