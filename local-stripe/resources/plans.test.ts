import { expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { allEvents } from "../test/life";

/** https://docs.stripe.com/api/plans: a plan is a recurring price by an older name. */

const local = startLocalStripe();

const types = async () => (await allEvents(local)).map(({ type }) => type);

test("a plan is made with its product, and is a price", async () => {
  const plan = await local.stripe.plans.create({
    amount: 1_250,
    currency: "eur",
    interval: "week",
    interval_count: 2,
    product: { name: "Box" },
  });
  expect(plan).toMatchObject({
    object: "plan",
    amount: 1_250,
    currency: "eur",
    interval: "week",
    interval_count: 2,
  });
  expect(await local.stripe.prices.retrieve(plan.id)).toMatchObject({
    unit_amount: 1_250,
    recurring: { interval: "week", interval_count: 2 },
    product: plan.product,
  });
  expect(await local.stripe.products.retrieve(plan.product as string)).toMatchObject({ name: "Box" });
  expect(await types()).toEqual(["product.created", "plan.created", "price.created"]);
});

test("a plan is changed, listed and deleted; a one-time price is none", async () => {
  const product = await local.stripe.products.create({ name: "Box" });
  const once = await local.stripe.prices.create({ product: product.id, currency: "usd", unit_amount: 310 });
  const plan = await local.stripe.plans.create({
    product: product.id,
    amount: 420,
    currency: "usd",
    interval: "year",
  });
  expect(
    await local.stripe.plans.update(plan.id, { metadata: { size: "M" }, nickname: "Yearly" }),
  ).toMatchObject({
    metadata: { size: "M" },
    nickname: "Yearly",
  });
  const { data } = await local.stripe.plans.list({ product: product.id });
  expect(data.map(({ id }) => id)).toEqual([plan.id]);
  await expect(local.stripe.plans.retrieve(once.id)).rejects.toMatchObject({
    statusCode: 404,
    message: `No such plan: '${once.id}'`,
  });
  expect(await local.stripe.plans.del(plan.id)).toEqual(
    expect.objectContaining({ id: plan.id, deleted: true }),
  );
  await expect(local.stripe.plans.retrieve(plan.id)).rejects.toMatchObject({ statusCode: 404 });
  expect((await types()).filter((type) => /^plan\./.test(type))).toEqual([
    "plan.created",
    "plan.updated",
    "plan.deleted",
  ]);
});

test("a plan that somebody has stays", async () => {
  const plan = await local.stripe.plans.create({
    amount: 530,
    currency: "usd",
    interval: "month",
    product: { name: "Box" },
  });
  const customer = await local.stripe.customers.create({});
  await local.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: plan.id }],
    trial_period_days: 3,
  });
  await expect(local.stripe.plans.del(plan.id)).rejects.toThrow("nobody has subscribed to");
});

test("an amount is needed", async () => {
  await expect(
    local.stripe.plans.create({ currency: "usd", interval: "month", product: { name: "Box" } }),
  ).rejects.toMatchObject({ param: "amount", code: "parameter_missing" });
});
