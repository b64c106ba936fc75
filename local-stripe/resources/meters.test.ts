import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { advanceTo, at, customerAt, DAY_SECONDS, HOUR_SECONDS } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import { callMeter, meteredPrice, report } from "../test/metering";

const local = startLocalStripe();
const START = at("2026-03-01T00:00:00");

const refusal = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    ({ statusCode, message, param }: Stripe.errors.StripeError) => ({ statusCode, message, param }),
  );

describe("a meter", () => {
  test("is created, renamed, deactivated and reactivated, and says so", async () => {
    const { meters } = local.stripe.billing;
    const meter = await callMeter(local);
    expect(meter).toMatchObject({
      customer_mapping: { event_payload_key: "stripe_customer_id", type: "by_id" },
      event_name: "calls",
      status: "active",
      status_transitions: { deactivated_at: null },
      value_settings: { event_payload_key: "value" },
    });
    expect((await meters.update(meter.id, { display_name: "API calls" })).display_name).toBe("API calls");
    const off = await meters.deactivate(meter.id);
    expect([off.status, off.status_transitions.deactivated_at]).toEqual(["inactive", off.updated]);
    expect((await meters.list({ status: "inactive" })).data).toEqual([off]);
    expect((await meters.list({ status: "active" })).data).toEqual([]);
    const on = await meters.reactivate(meter.id);
    expect([on.status, on.status_transitions.deactivated_at]).toEqual(["active", null]);
    expect(await meters.retrieve(meter.id)).toEqual(on);
    expect((await local.happened()).map((event) => event.type)).toEqual([
      "billing.meter.created",
      "billing.meter.updated",
      "billing.meter.deactivated",
      "billing.meter.reactivated",
    ]);
  });

  test("shares its event name with no other active one (docs; the words: inferred)", async () => {
    const first = await callMeter(local);
    expect(await refusal(callMeter(local))).toMatchObject({ statusCode: 400, param: "event_name" });
    await local.stripe.billing.meters.deactivate(first.id);
    await callMeter(local);
    const again = local.stripe.billing.meters.reactivate(first.id);
    expect(await refusal(again)).toMatchObject({ statusCode: 400, param: "event_name" });
  });

  test("is needed by a metered price, and has to be active", async () => {
    const meter = await callMeter(local);
    const price = await meteredPrice(local, meter.id);
    expect(price.recurring).toMatchObject({ meter: meter.id, usage_type: "metered" });
    const listed = await local.stripe.prices.list({ recurring: { meter: meter.id } });
    expect(listed.data.map(({ id }) => id)).toEqual([price.id]);
    const licensed = meteredPrice(local, meter.id, { recurring: { interval: "month", meter: meter.id } });
    expect(await refusal(licensed)).toMatchObject({ param: "recurring[meter]" });
    expect(await refusal(meteredPrice(local, "mtr_gone"))).toMatchObject({
      message: "No such meter: 'mtr_gone'",
      param: "recurring[meter]",
    });
    await local.stripe.billing.meters.deactivate(meter.id);
    expect(await refusal(meteredPrice(local, meter.id))).toMatchObject({ param: "recurring[meter]" });
  });
});

describe("usage", () => {
  let meter: string;
  let customer: string;
  let clock: string;

  beforeEach(async () => {
    meter = (await callMeter(local)).id;
    ({ customer, clock } = await customerAt(local, START));
  });

  const total = async (from = START - 40 * DAY_SECONDS, to = START + 40 * DAY_SECONDS) => {
    const span = { customer, start_time: from, end_time: to };
    const { data } = await local.stripe.billing.meters.listEventSummaries(meter, span);
    return data.map(({ aggregated_value }) => aggregated_value);
  };

  test("is answered as it was taken, in the time of its customer (type)", async () => {
    expect(await report(local, customer, 12, { identifier: "one" })).toMatchObject({
      object: "billing.meter_event",
      created: START,
      event_name: "calls",
      identifier: "one",
      livemode: false,
      payload: { stripe_customer_id: customer, value: "12" },
      timestamp: START,
    });
    const unnamed = await report(local, customer, 3);
    expect(unnamed.identifier.length).toBeGreaterThan(10);
    expect(await total()).toEqual([15]);
  });

  test("is taken by the second API too, in JSON (type)", async () => {
    const payload = { stripe_customer_id: customer, value: "25" };
    const taken = await local.stripe.v2.billing.meterEvents.create({
      event_name: "calls",
      identifier: "two",
      payload,
      timestamp: "2026-02-28T23:59:30.000Z",
    });
    expect(JSON.parse(JSON.stringify(taken))).toEqual({
      object: "v2.billing.meter_event",
      created: "2026-03-01T00:00:00.000Z",
      event_name: "calls",
      identifier: "two",
      livemode: false,
      payload,
      timestamp: "2026-02-28T23:59:30.000Z",
    });
    expect(await total(START - 60, START)).toEqual([25]);
    const bad = local.stripe.v2.billing.meterEvents.create({
      event_name: "calls",
      payload,
      timestamp: "soon",
    });
    expect(await refusal(bad)).toMatchObject({ statusCode: 400 });
  });

  test.each([
    [
      -35 * DAY_SECONDS - 1,
      "The event timestamp cannot be more than 35 days in past. Expected a timestamp greater than or equal to 1769299200.",
    ],
    [-35 * DAY_SECONDS, undefined],
    [300, undefined],
    [
      301,
      "The event timestamp cannot be more than 5 minutes in the future. Expected a timestamp less than or equal to 1772323500.",
    ],
  ])("of %i seconds from now: %s (docs; words of the past: recorded)", async (seconds, message) => {
    const refused = await refusal(report(local, customer, 1, { timestamp: START + seconds }));
    expect(refused?.message).toBe(message);
    expect(await total()).toEqual([message ? 0 : 1]);
  });

  test("has an identifier that is taken once in 24 hours (recorded; its end: inferred)", async () => {
    const again = (value: number) => refusal(report(local, customer, value, { identifier: "hour 7" }));
    expect(await again(5)).toBeUndefined();
    const refused = {
      statusCode: 400,
      message: "An event already exists with identifier hour 7.",
      param: undefined,
    };
    expect(await again(6)).toEqual(refused);
    await advanceTo(local, clock, START + DAY_SECONDS);
    expect(await again(7)).toEqual(refused);
    await advanceTo(local, clock, START + DAY_SECONDS + 1);
    expect(await again(8)).toBeUndefined();
    expect(await total()).toEqual([13]);
  });

  test("of an unknown or inactive meter is refused (recorded)", async () => {
    const words = (name: string) => `No active meter found for event name "${name}".`;
    expect(await refusal(report(local, customer, 1, { event_name: "cals" }))).toMatchObject({
      statusCode: 400,
      message: words("cals"),
    });
    await local.stripe.billing.meters.deactivate(meter);
    expect(await refusal(report(local, customer, 1))).toMatchObject({ message: words("calls") });
  });

  test.each([
    ["without a customer", { who: "Ada" }, "Customer mapping key stripe_customer_id not found in payload."],
    ["of nobody", { stripe_customer_id: "cus_gone", value: "1" }, "No such customer: 'cus_gone'"],
    ["of half a call", { value: "1.5" }, "The value of value is no whole number: 1.5."],
    ["without a value", {}, "The value of value is no whole number: it is missing."],
  ])(
    "%s is taken, counts nothing, and is reported on the meter's page (docs)",
    async (title, payload, message) => {
      const owner = title.includes("value") || title.includes("half") ? { stripe_customer_id: customer } : {};
      await local.stripe.billing.meterEvents.create({
        event_name: "calls",
        identifier: "odd",
        payload: { ...owner, ...payload } as Record<string, string>,
      });
      expect(await total()).toEqual([0]);
      const page = await (await fetch(`${local.origin}/meters/${meter}`)).text();
      expect(page.replaceAll("&#39;", "'")).toContain(message);
    },
  );

  test("is canceled within 24 hours (type; the words: inferred)", async () => {
    const cancel = (identifier: string) =>
      local.stripe.billing.meterEventAdjustments.create({
        cancel: { identifier },
        event_name: "calls",
        type: "cancel",
      });
    await report(local, customer, 5, { identifier: "first" });
    await report(local, customer, 9, { identifier: "second" });
    await report(local, customer, 100, { identifier: "third" });
    expect(await cancel("first")).toMatchObject({
      object: "billing.meter_event_adjustment",
      cancel: { identifier: "first" },
      event_name: "calls",
      status: "pending",
      type: "cancel",
    });
    expect(await total()).toEqual([109]);
    expect(await refusal(cancel("none"))).toMatchObject({ statusCode: 400, param: "cancel[identifier]" });
    await advanceTo(local, clock, START + DAY_SECONDS);
    await cancel("second");
    await advanceTo(local, clock, START + DAY_SECONDS + 1);
    expect(await refusal(cancel("third"))).toMatchObject({ statusCode: 400, param: "cancel[identifier]" });
    expect(await total()).toEqual([100]);
  });
});

describe("aggregation", () => {
  const DAY = START - DAY_SECONDS;

  async function counted(more: Partial<Stripe.Billing.MeterCreateParams>) {
    const { id } = await callMeter(local, more);
    const { customer } = await customerAt(local, START);
    const send = (timestamp: number, value: number) => report(local, customer, value, { timestamp });
    await send(DAY, 4);
    await send(DAY + 30 * 60, 9);
    await send(DAY + 2 * HOUR_SECONDS, 2);
    // The clock's own second, which the day before does not include.
    await send(START, 50);
    return async (start_time: number, end_time: number, value_grouping_window?: "day" | "hour") => {
      const grouping = value_grouping_window ? { value_grouping_window } : {};
      const span = { customer, start_time, end_time, ...grouping };
      const { data } = await local.stripe.billing.meters.listEventSummaries(id, span);
      expect(data.every(({ meter }) => meter === id)).toBe(true);
      return data.map(({ aggregated_value, start_time: from, end_time: to }) => [
        aggregated_value,
        (from - DAY) / HOUR_SECONDS,
        (to - DAY) / HOUR_SECONDS,
      ]);
    };
  }

  test.each([
    ["sum", 15],
    ["count", 3],
    ["last", 2],
  ] as const)("%s of a day: %i (docs)", async (formula, value) => {
    const over = await counted({ default_aggregation: { formula } });
    expect(await over(DAY, START)).toEqual([[value, 0, 24]]);
  });

  test("the hours and days with usage, newest first (type; order and gaps: inferred)", async () => {
    const over = await counted({});
    expect(await over(DAY, START, "hour")).toEqual([
      [2, 2, 3],
      [13, 0, 1],
    ]);
    expect(await over(DAY, START + DAY_SECONDS, "day")).toEqual([
      [50, 24, 48],
      [15, 0, 24],
    ]);
  });

  test.each([
    ["hour", 11],
    ["day", 2],
  ] as const)(
    "what was aggregated before replaces itself within its %s: %i (docs)",
    async (window, value) => {
      const over = await counted({ event_time_window: window });
      expect(await over(DAY, START)).toEqual([[value, 0, 24]]);
    },
  );

  test("a span has whole minutes, hours or days (type; the words: inferred)", async () => {
    const over = await counted({});
    expect(await refusal(over(DAY + 1, START))).toMatchObject({ param: "start_time" });
    expect(await refusal(over(DAY, START + 61))).toMatchObject({ param: "end_time" });
    expect(await refusal(over(DAY + 60, START, "hour"))).toMatchObject({ param: "start_time" });
    expect(await refusal(over(DAY, START + HOUR_SECONDS, "day"))).toMatchObject({ param: "end_time" });
    expect(await refusal(over(START, START))).toMatchObject({ param: "end_time" });
    expect(await over(DAY + 60, START)).toEqual([[11, 1 / 60, 24]]);
  });

  test("keys of the payload are the meter's own (docs)", async () => {
    const { id } = await callMeter(local, {
      customer_mapping: { event_payload_key: "who", type: "by_id" },
      value_settings: { event_payload_key: "tokens" },
    });
    const { customer } = await customerAt(local, START);
    const payload = { who: customer, tokens: "31", value: "1" };
    await local.stripe.billing.meterEvents.create({ event_name: "calls", payload });
    const span = { customer, start_time: START, end_time: START + 60 };
    const { data } = await local.stripe.billing.meters.listEventSummaries(id, span);
    expect(data[0]?.aggregated_value).toBe(31);
  });
});
