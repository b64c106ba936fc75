import { request } from "node:http";
import { expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { confirm, submitPage, subscriptionSession } from "../test/shop";

const local = startLocalStripe();

test("429 and 500 can be injected, by path and a number of times", async () => {
  await local.control("inject?status=429&path=/v1/customers&times=2");
  await local.stripe.products.list();
  for (const _ of [1, 2]) {
    await expect(local.stripe.customers.create({})).rejects.toMatchObject({
      statusCode: 429,
      code: "rate_limit",
    });
  }
  await local.stripe.customers.create({});
  await local.control("inject?status=500&path=/v1/customers");
  await expect(local.stripe.customers.create({})).rejects.toMatchObject({
    statusCode: 500,
    type: "StripeAPIError",
  });
  expect((await local.stripe.customers.list()).data).toHaveLength(1);
});

test("after a timeout the same key finds what the lost answer said", async () => {
  await local.control("inject?status=timeout&path=/v1/customers");
  const options = { idempotencyKey: "once" };
  await expect(local.stripe.customers.create({}, { ...options, timeout: 100 })).rejects.toMatchObject({
    type: "StripeConnectionError",
  });
  // Until the server has seen the caller hang up, the key is still in use.
  await expect
    .poll(() => local.stripe.customers.create({}, options).catch(({ code }) => code))
    .toMatchObject({ object: "customer" });
  expect((await local.stripe.customers.list()).data).toHaveLength(1);
});

test("two requests under one key at the same time: the later one is a 409", async () => {
  const headers = { Authorization: "Bearer sk_test_x", "Idempotency-Key": "both" };
  const slow = request(`${local.origin}/v1/customers`, { method: "POST", headers });
  slow.flushHeaders();
  const done = new Promise<number>((resolve) => {
    slow.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
  });
  // The first has arrived as soon as the second is refused.
  await expect
    .poll(async () => {
      const answer = await fetch(`${local.origin}/v1/products`, { method: "POST", headers });
      return (await answer.json()).error.code;
    })
    .toBe("idempotency_key_in_use");
  slow.end("name=Ada");
  expect(await done).toBe(200);
});

test("webhooks can be there before the browser is back", async () => {
  await local.control("redirect?delay_ms=300");
  const session = await subscriptionSession(local);
  const returning = submitPage(session.url as string);
  await local.receiver.untilType("checkout.session.completed");
  expect((await returning).status).toBe(303);
});

test("an uncertainty is switched to its other side", async () => {
  await local.control("switch?name=trialPaymentStatus&value=paid");
  const session = await subscriptionSession(local, { subscription_data: { trial_period_days: 14 } });
  await confirm(local, session.id);
  expect((await local.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
  await expect(local.control("switch?name=trialPaymentStatus&value=maybe")).rejects.toThrow(
    "`value` must be one of no_payment_required, paid.",
  );
});

test("the seed is a shop to play with", async () => {
  expect(await local.control("seed")).toEqual({ customers: 5 });
  const statuses = (await local.stripe.subscriptions.list()).data.map(({ status }) => status);
  expect(statuses.sort()).toEqual(["active", "active", "active", "trialing", "trialing"]);
});

test("state is dumped, reset and loaded again", async () => {
  const { id } = await local.stripe.customers.create({ name: "Ada" });
  const state = await (await fetch(`${local.origin}/__local/state`)).text();
  await local.control("reset");
  await expect(local.stripe.customers.retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
  await fetch(`${local.origin}/__local/state`, { method: "PUT", body: state });
  expect(await local.stripe.customers.retrieve(id)).toMatchObject({ name: "Ada" });
});

test("another site's page cannot push the buttons", async () => {
  const answer = await fetch(`${local.origin}/__local/reset`, {
    method: "POST",
    headers: { "Sec-Fetch-Site": "cross-site" },
  });
  expect(answer.status).toBe(403);
});

test.each(["null", "[1]", '{"customer":5}', '{"customer":[{}]}', "{"])(
  "%s is no state, and leaves what there is",
  async (body) => {
    const { id } = await local.stripe.customers.create({});
    const answer = await fetch(`${local.origin}/__local/state`, { method: "PUT", body });
    expect(answer.status).toBe(400);
    expect((await local.stripe.customers.retrieve(id)).id).toBe(id);
  },
);

test.each(["-1", "soon", "0.5", "9007199254740991"])("time does not move by %j", async (seconds) => {
  await expect(local.control(`clock/advance?seconds=${seconds}`)).rejects.toThrow(/400/);
  expect(
    Math.abs(Number((await local.control("clock/advance?seconds=0")).now) - Date.now() / 1000),
  ).toBeLessThan(60);
});
