import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { at, customerAt, DAY_SECONDS, HOUR_SECONDS } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import { Life } from "../test/life";
import { AUGUST, HALF_OF_JUNE, JULY, JUNE, MONTH, refusal, threePlans } from "../test/schedules";
import { monthlyPrice } from "../test/shop";

const local = startLocalStripe();
const schedules = () => local.stripe.subscriptionSchedules;

let plans: Awaited<ReturnType<typeof threePlans>>;
beforeEach(async () => {
  plans = await threePlans(local);
});

const inJune = (more: Parameters<typeof Life.begin>[1] = {}) =>
  Life.begin(local, { time: JUNE, price: plans.middle, ...more });

describe("from a subscription", () => {
  test("the schedule has the period that it is in as its phase, and manages it", async () => {
    const life = await inJune({ more: { description: "Mine" } });
    const events = await life.events(() => schedules().create({ from_subscription: life.id }));
    // Inferred: the order.
    expect(events.map(({ type }) => type)).toEqual([
      "subscription_schedule.created",
      "customer.subscription.updated",
    ]);
    expect(events[1]?.data.previous_attributes).toEqual({ schedule: null });
    const schedule = events[0]?.data.object as Stripe.SubscriptionSchedule;
    expect(schedule).toMatchObject({
      status: "active",
      customer: life.customer,
      subscription: life.id,
      current_phase: { start_date: JUNE, end_date: JULY },
      default_settings: { collection_method: "charge_automatically", description: "Mine" },
      end_behavior: "release",
      phases: [
        {
          start_date: JUNE,
          end_date: JULY,
          items: [{ price: plans.middle, plan: plans.middle, quantity: 1 }],
          proration_behavior: "create_prorations",
          trial_end: null,
        },
      ],
      test_clock: life.clock,
    });
    expect((await life.subscription()).schedule).toBe(schedule.id);
  });

  test("a trial and a planned end go with it (inferred)", async () => {
    const trial = await inJune({ more: { trial_period_days: 15 } });
    expect(await schedules().create({ from_subscription: trial.id })).toMatchObject({
      phases: [{ end_date: HALF_OF_JUNE, trial_end: HALF_OF_JUNE }],
    });
    const ending = await inJune({ more: { cancel_at: AUGUST } });
    expect(await schedules().create({ from_subscription: ending.id })).toMatchObject({
      end_behavior: "cancel",
      phases: [{ end_date: AUGUST, trial_end: null }],
    });
  });

  test("refused: more parameters, an unknown one, one with a schedule, one that has ended", async () => {
    const life = await inJune();
    await expect(
      schedules().create({ from_subscription: life.id, end_behavior: "cancel" }),
    ).rejects.toMatchObject(refusal(/`end_behavior` if `from_subscription`/, { param: "end_behavior" }));
    await expect(schedules().create({ from_subscription: "sub_none" })).rejects.toMatchObject(
      refusal("No such subscription: 'sub_none'", { param: "from_subscription" }),
    );
    const { id } = await schedules().create({ from_subscription: life.id });
    await expect(schedules().create({ from_subscription: life.id })).rejects.toMatchObject(
      refusal(`You cannot migrate a subscription that is already attached to a schedule: \`${id}\`.`),
    );
    const gone = await inJune();
    await local.stripe.subscriptions.cancel(gone.id);
    await expect(schedules().create({ from_subscription: gone.id })).rejects.toMatchObject(
      refusal(/status is canceled/),
    );
  });
});

describe("from phases", () => {
  type Phases = Stripe.SubscriptionScheduleCreateParams.Phase[];

  async function create(phases: Phases, more: Partial<Stripe.SubscriptionScheduleCreateParams> = {}) {
    const { customer } = await customerAt(local, JUNE);
    return schedules().create({ customer, start_date: "now", phases, ...more });
  }

  const ends = ({ phases }: Stripe.SubscriptionSchedule) => phases.map(({ end_date }) => end_date);
  const items = () => [{ price: plans.middle }];

  test("it begins now, and reports that as Stripe does (recorded, 2021)", async () => {
    const before = (await local.happened()).length;
    const schedule = await create([{ items: items(), duration: MONTH }], { metadata: { a: "1" } });
    expect(schedule).toMatchObject({
      status: "active",
      current_phase: { start_date: JUNE, end_date: JULY },
      metadata: { a: "1" },
      phases: [{ currency: "usd", discounts: [], invoice_settings: null }],
    });
    const types = (await local.happened()).slice(before).map(({ type }) => type);
    expect(types.slice(types.indexOf("customer.subscription.created"))).toEqual([
      "customer.subscription.created",
      "invoice.created",
      "subscription_schedule.created",
    ]);
  });

  test.each([
    [{ interval: "day", interval_count: 10 }, at("2030-06-11T00:00:00")],
    [{ interval: "week", interval_count: 2 }, at("2030-06-15T00:00:00")],
    [{ interval: "month", interval_count: 2 }, AUGUST],
    [{ interval: "year" }, at("2031-06-01T00:00:00")],
    [undefined, JULY],
  ] as const)("a phase of %o ends then; without any it lasts one interval", async (duration, end) => {
    expect(ends(await create([{ items: items(), ...(duration ? { duration } : {}) }]))).toEqual([end]);
  });

  test("a year's price makes the phase a year long, whichever item is first", async () => {
    const yearly = await monthlyPrice(local, { recurring: { interval: "year" } });
    const made = await create([{ items: [...items(), { price: yearly.id }] }]);
    expect(ends(made)).toEqual([at("2031-06-01T00:00:00")]);
  });

  test.each([
    ["2030-01-29", "2030-02-28", "2030-03-29"],
    ["2030-01-31", "2030-02-28", "2030-03-31"],
    ["2032-01-31", "2032-02-29", "2032-03-31"],
    ["2030-03-31", "2030-04-30", "2030-05-31"],
  ])("months that begin on %s end on %s and %s", async (start, first, second) => {
    const { customer } = await customerAt(local, at(`${start}T00:00:00`));
    const phase = { items: items(), duration: MONTH };
    const made = await schedules().create({ customer, start_date: "now", phases: [phase, phase] });
    expect(ends(made)).toEqual([at(`${first}T00:00:00`), at(`${second}T00:00:00`)]);
  });

  test("each phase begins where the one before ends", async () => {
    const made = await create([
      { items: items(), end_date: HALF_OF_JUNE },
      { items: items(), end_date: JULY },
    ]);
    expect(made.phases.map(({ start_date }) => start_date)).toEqual([JUNE, HALF_OF_JUNE]);
  });

  test.each<[string, () => Phases, string | RegExp, string | undefined]>([
    ["no phase", () => [], /phases/, "phases"],
    ["no items", () => [{ duration: MONTH } as Phases[number]], /items/, "phases[0][items]"],
    ["no price", () => [{ items: [{ quantity: 2 }] }], /price/, "phases[0][items][0][price]"],
    [
      "an end and a duration",
      () => [{ items: items(), end_date: JULY, duration: MONTH }],
      /only specify one of these parameters/,
      "phases[0][duration]",
    ],
    [
      "an end that is the start",
      () => [{ items: items(), end_date: JUNE }],
      /`end_date` must be after/,
      "phases[0][end_date]",
    ],
    [
      "a trial beyond its phase",
      () => [{ items: items(), end_date: JULY, trial_end: JULY + 1 }],
      /within the phase/,
      "phases[0][trial_end]",
    ],
    [
      "a trial with another end",
      () => [{ items: items(), end_date: JULY, trial: true, trial_end: HALF_OF_JUNE }],
      /only specify one of these parameters/,
      "phases[0][trial]",
    ],
    [
      "a trial that begins a cycle (type)",
      () => [{ items: items(), trial: true, billing_cycle_anchor: "phase_start" }],
      /phase_start/,
      "phases[0][billing_cycle_anchor]",
    ],
    ["a price twice", () => [{ items: [...items(), ...items()] }], /same plan/, "phases[0][items]"],
    [
      "an unknown coupon",
      () => [{ items: items(), discounts: [{ coupon: "none" }] }],
      "No such coupon: 'none'",
      "phases[0][discounts][0][coupon]",
    ],
    [
      "eleven phases (docs)",
      () => Array.from({ length: 11 }, () => ({ items: items() })),
      /up to 10 phases/,
      "phases",
    ],
  ])("refused: %s", async (_, phases, message, param) => {
    await expect(create(phases())).rejects.toMatchObject(refusal(message, { param }));
  });

  test("ten phases are not too many", async () => {
    const made = await create(Array.from({ length: 10 }, () => ({ items: items() })));
    expect(made.phases).toHaveLength(10);
  });

  test("`iterations` went with this version of the API (type: it has none)", async () => {
    const phase = { items: items(), iterations: 12 } as Phases[number];
    await expect(create([phase])).rejects.toMatchObject({
      statusCode: 400,
      code: "parameter_unknown",
      param: "phases[0][iterations]",
    });
  });

  test.each(["customer", "start_date", "phases"] as const)("refused: without %s", async (missing) => {
    const { customer } = await customerAt(local, JUNE);
    const { [missing]: _, ...rest } = { customer, start_date: "now" as const, phases: [{ items: items() }] };
    await expect(schedules().create(rest)).rejects.toMatchObject(
      refusal(`Missing required param: ${missing}.`, { param: missing }),
    );
  });

  test("a customer has one currency, also of what is still to begin (recorded: the words name schedules)", async () => {
    const { customer } = await customerAt(local, JUNE);
    await schedules().create({ customer, start_date: JULY, phases: [{ items: items() }] });
    const euros = await monthlyPrice(local, { currency: "eur" });
    const words = refusal(/^You cannot combine currencies on a single customer\. .* currency usd$/);
    const phases = [{ items: [{ price: euros.id }] }];
    await expect(schedules().create({ customer, start_date: AUGUST, phases })).rejects.toMatchObject(words);
    await expect(
      local.stripe.subscriptions.create({ customer, items: [{ price: euros.id }] }),
    ).rejects.toMatchObject(words);
  });
});

describe("a subscription that has a schedule", () => {
  test.each<Stripe.SubscriptionUpdateParams>([
    { cancel_at_period_end: true },
    { cancel_at_period_end: false },
    { cancel_at: AUGUST },
    { cancel_at: "" },
  ])("lets nobody else say when it ends: %o (the words: quoted from Stripe)", async (given) => {
    const life = await inJune();
    const { id } = await schedules().create({ from_subscription: life.id });
    await expect(local.stripe.subscriptions.update(life.id, given)).rejects.toMatchObject(
      refusal(
        `The subscription is managed by the subscription schedule \`${id}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
      ),
    );
    await schedules().release(id);
    await local.stripe.subscriptions.update(life.id, given);
  });

  test("cannot be paused (type: the comment of `pause`)", async () => {
    const life = await inJune();
    const { id } = await schedules().create({ from_subscription: life.id });
    const pause = () => local.stripe.rawRequest("POST", `/v1/subscriptions/${life.id}/pause`, {});
    await expect(pause()).rejects.toMatchObject(refusal(/attached to a schedule/));
    await schedules().release(id);
    await pause();
  });

  test("takes other changes", async () => {
    const life = await inJune();
    await schedules().create({ from_subscription: life.id });
    await local.stripe.subscriptions.update(life.id, {
      metadata: { a: "1" },
      pause_collection: { behavior: "void" },
    });
    expect(await life.subscription()).toMatchObject({ metadata: { a: "1" } });
  });

  test("expands it; without one the answer is null (recorded)", async () => {
    const life = await inJune();
    const expanded = () => local.stripe.subscriptions.retrieve(life.id, { expand: ["schedule"] });
    expect(await expanded()).toHaveProperty("schedule", null);
    const { id } = await schedules().create({ from_subscription: life.id });
    expect(await expanded()).toMatchObject({ schedule: { id, object: "subscription_schedule" } });
    const whole = await schedules().retrieve(id, {
      expand: ["subscription", "customer", "phases.items.price", "test_clock"],
    });
    expect(whole).toMatchObject({
      customer: { id: life.customer },
      phases: [{ items: [{ price: { id: plans.middle } }] }],
      subscription: { id: life.id },
      test_clock: { id: life.clock },
    });
  });
});

test("lists narrow by customer, by what has not started, and by each moment", async () => {
  const phases = [{ items: [{ price: plans.middle }] }];
  const paying = {
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  };
  const { id: customer } = await local.stripe.customers.create(paying);
  const now = Math.floor(Date.now() / 1000);
  const start_date = now + 400 * DAY_SECONDS;
  const make = () => schedules().create({ customer, start_date, phases });
  const [waiting, released, canceled] = [await make(), await make(), await make()];
  await schedules().release(released.id);
  await schedules().cancel(canceled.id);
  const active = await schedules().create({ customer, start_date: "now", phases });
  const elsewhere = await inJune();
  const onClock = await schedules().create({ from_subscription: elsewhere.id });
  const ids = async (params: Stripe.SubscriptionScheduleListParams) =>
    (await schedules().list(params)).data.map(({ id }) => id);
  const recent = { gte: now - HOUR_SECONDS };
  const old = { lt: now - HOUR_SECONDS };
  // Type: the comment of `customer`: those on test clocks only show for their customer.
  expect(await ids({})).toEqual([active.id, canceled.id, released.id, waiting.id]);
  expect(await ids({ customer: elsewhere.customer })).toEqual([onClock.id]);
  expect(await ids({ scheduled: true })).toEqual([waiting.id]);
  expect(await ids({ canceled_at: recent })).toEqual([canceled.id]);
  expect(await ids({ released_at: recent })).toEqual([released.id]);
  expect(await ids({ completed_at: recent })).toEqual([]);
  expect(await ids({ created: recent, limit: 2 })).toEqual([active.id, canceled.id]);
  for (const span of ["canceled_at", "completed_at", "created", "released_at"]) {
    expect(await ids({ [span]: old })).toEqual([]);
  }
  await expect(ids({ customer: "cus_none" })).rejects.toMatchObject(
    refusal("No such customer: 'cus_none'", { param: "customer", code: "resource_missing" }),
  );
});

test("an unknown schedule is not found", async () => {
  await expect(schedules().retrieve("sub_sched_none")).rejects.toMatchObject({
    statusCode: 404,
    code: "resource_missing",
  });
});
