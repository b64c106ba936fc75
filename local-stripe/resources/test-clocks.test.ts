import { expect, test } from "vitest";
import { advanceTo, at, customerAt, DAY_SECONDS } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import { Life } from "../test/life";
import { monthlyPrice } from "../test/shop";

const local = startLocalStripe();
const START = at("2030-01-01T00:00:00");

test("a clock advances, and says so twice", async () => {
  const { testClocks } = local.stripe.testHelpers;
  const clock = await testClocks.create({ frozen_time: START, name: "Year" });
  expect(clock).toMatchObject({ status: "ready", frozen_time: START, name: "Year" });
  const advancing = await testClocks.advance(clock.id, { frozen_time: START + DAY_SECONDS });
  expect(advancing).toMatchObject({
    status: "advancing",
    frozen_time: START,
    status_details: { advancing: { target_frozen_time: START + DAY_SECONDS } },
  });
  await local.receiver.untilType("test_helpers.test_clock.ready");
  expect(await testClocks.retrieve(clock.id)).toMatchObject({
    status: "ready",
    frozen_time: START + DAY_SECONDS,
  });
  expect((await local.happened()).map((event) => event.type)).toEqual([
    "test_helpers.test_clock.created",
    "test_helpers.test_clock.advancing",
    "test_helpers.test_clock.ready",
  ]);
  expect((await testClocks.list()).data.map(({ id }) => id)).toEqual([clock.id]);
});

test("a clock neither stands, runs back nor leaps", async () => {
  const { testClocks } = local.stripe.testHelpers;
  const { id } = await testClocks.create({ frozen_time: START });
  for (const frozen_time of [START, START - 1, at("2032-01-01T00:00:01")]) {
    await expect(testClocks.advance(id, { frozen_time })).rejects.toMatchObject({
      statusCode: 400,
      param: "frozen_time",
    });
  }
  await advanceTo(local, id, at("2032-01-01T00:00:00"));
});

test("a clock carries three customers and takes them with it", async () => {
  const { clock, customer } = await customerAt(local, START);
  for (const name of ["Bob", "Cleo"]) await local.stripe.customers.create({ test_clock: clock, name });
  await expect(local.stripe.customers.create({ test_clock: clock })).rejects.toMatchObject({
    statusCode: 400,
    param: "test_clock",
  });
  expect(await local.stripe.testHelpers.testClocks.del(clock)).toMatchObject({ id: clock, deleted: true });
  expect(await local.stripe.customers.retrieve(customer)).toMatchObject({ deleted: true });
  await expect(local.stripe.testHelpers.testClocks.retrieve(clock)).rejects.toMatchObject({
    statusCode: 404,
  });
});

test("an existing customer moves onto a clock, once", async () => {
  const { id } = await local.stripe.customers.create({});
  const clock = await local.stripe.testHelpers.testClocks.create({ frozen_time: START, customer: id });
  expect(await local.stripe.customers.retrieve(id)).toMatchObject({ test_clock: clock.id });
  const again = local.stripe.testHelpers.testClocks.create({ frozen_time: START, customer: id });
  await expect(again).rejects.toMatchObject({ statusCode: 400, param: "customer" });
});

test("customers on clocks are listed only for their clock", async () => {
  const { clock, customer } = await customerAt(local, START);
  expect((await local.stripe.customers.list()).data).toEqual([]);
  const listed = await local.stripe.customers.list({ test_clock: clock });
  expect(listed.data.map(({ id }) => id)).toEqual([customer]);
});

test("what belongs to a clock is dated by it", async () => {
  const { customer } = await customerAt(local, START);
  const created = (await local.happened()).find((event) => event.type === "customer.created");
  expect(created).toMatchObject({ created: START, data: { object: { id: customer, created: START } } });
});

test("what happens to the customers of a clock is told in the order of time", async () => {
  const life = await Life.begin(local);
  const neighbours = await Promise.all([1, 2].map(() => neighbour(life)));
  const events = await life.events(() => life.days(40));
  const dates = events.map(({ created }) => created);
  expect(dates).toEqual([...dates].sort((a, b) => a - b));
  const paid = events.filter(({ type }) => type === "invoice_payment.paid");
  expect(paid).toHaveLength(1 + neighbours.length);
});

/** Another subscriber on the same clock. */
async function neighbour({ clock }: Life) {
  const customer = await local.stripe.customers.create({
    test_clock: String(clock),
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  });
  const { id: price } = await monthlyPrice(local);
  return local.stripe.subscriptions.create({ customer: customer.id, items: [{ price }] });
}
