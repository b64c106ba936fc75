import { once } from "node:events";
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

/** True if something about this object has arrived; other tests' events may still do so. */
const hasArrived = (id: string) =>
  local.receiver.received.some(({ event }) => (event.data.object as { id?: string }).id === id);

test("clear_faults is back to normal: what was held goes out, and no decline is armed", async () => {
  await local.control("hold");
  await local.control("fail_next_payment");
  const { id } = await local.stripe.customers.create({});
  expect(hasArrived(id)).toBe(false);
  await local.control("clear_faults");
  await local.receiver.until(() => hasArrived(id));
  const session = await subscriptionSession(local);
  expect(await confirm(local, session.id)).toMatchObject({ status: "complete" });
});

test("each fault can be ended by itself", async () => {
  await local.control("drop?type=customer.created");
  await local.control("drop?type=product.created");
  await local.control("undrop?type=customer.created");
  await local.control("inject?status=429&path=/v1/customers");
  await local.control("inject?status=500&path=/v1/customers");
  await local.control("uninject?status=429&path=/v1/customers");
  await local.control("delay?type=customer.created&ms=600000");
  await local.control("delay?type=customer.created&ms=0");
  await expect(local.stripe.customers.create({})).rejects.toMatchObject({ statusCode: 500 });
  const product = await local.stripe.products.create({ name: "Pro" });
  const customer = await local.stripe.customers.create({});
  await local.receiver.until(() => hasArrived(customer.id));
  expect(hasArrived(product.id)).toBe(false);
  await local.control("fail_next_payment");
  await local.control("spare_next_payment");
  const session = await subscriptionSession(local);
  expect(await confirm(local, session.id)).toMatchObject({ status: "complete" });
  await expect(local.control("delay?ms=5")).rejects.toThrow("`type` must be given.");
});

test("an event is sent again as often as asked for", async () => {
  await local.stripe.customers.create({});
  const { event } = await local.receiver.untilType("customer.created");
  await local.control(`resend?event=${event.id}&times=3`);
  const arrived = () => local.receiver.received.filter((one) => one.event.id === event.id);
  await local.receiver.until(() => arrived().length === 4);
});

test("what the Dashboard can do is done by the API's own code, with no request behind it", async () => {
  const session = await subscriptionSession(local);
  await confirm(local, session.id);
  const { subscription } = await local.stripe.checkout.sessions.retrieve(session.id);
  const id = String(subscription);
  const [charge] = (await local.stripe.charges.list()).data;
  expect(await local.control(`refund?charge=${charge?.id}&amount=300`)).toMatchObject({ amount: 300 });
  expect(await local.control(`refund?charge=${charge?.id}`)).toMatchObject({ amount: 1700 });
  await expect(local.control(`refund?charge=${charge?.id}`)).rejects.toThrow("has already been refunded");
  const [refunded] = (await local.stripe.events.list({ type: "charge.refunded" })).data;
  expect(refunded?.request).toEqual({ id: null, idempotency_key: null });

  const cancel = (when: string) => local.control(`cancel?subscription=${id}&when=${when}`);
  expect(await cancel("at_period_end")).toMatchObject({ cancel_at_period_end: true });
  expect(await cancel("never")).toMatchObject({ cancel_at_period_end: false, cancel_at: null });
  await local.stripe.subscriptions.update(id, { cancel_at: "min_period_end" });
  expect(await cancel("never")).toMatchObject({ cancel_at: null });
  expect(await cancel("now")).toMatchObject({ status: "canceled" });

  const endpoint = (await local.stripe.webhookEndpoints.list()).data[0]?.id;
  const status = (value: string) => local.control(`endpoint?endpoint=${endpoint}&status=${value}`);
  expect(await status("disabled")).toMatchObject({ status: "disabled" });
  expect(await status("enabled")).toMatchObject({ status: "enabled" });
});

test("money that is held is captured or let go", async () => {
  for (const [step, status] of [
    ["capture", "succeeded"],
    ["cancel", "canceled"],
  ]) {
    const { id } = await local.stripe.paymentIntents.create({
      amount: 700,
      capture_method: "manual",
      confirm: true,
      currency: "usd",
      payment_method: "pm_card_visa",
    });
    expect(await local.control(`payment?payment_intent=${id}&do=${step}`)).toMatchObject({ id, status });
  }
});

test("a dispute is won or lost by the evidence", async () => {
  for (const [evidence, status] of [
    ["winning_evidence", "won"],
    ["losing_evidence", "lost"],
  ]) {
    await local.control("reset");
    await confirm(local, (await subscriptionSession(local)).id);
    const [charge] = (await local.stripe.charges.list()).data;
    const { id } = await local.control(`dispute?charge=${charge?.id}`);
    expect(await local.control(`answer_dispute?dispute=${id}&with=${evidence}`)).toMatchObject({ status });
  }
});

test("a test clock comes with a customer, and is moved by seconds", async () => {
  const clock = await local.control("test_clock/create?name=Ada");
  const { data } = await local.stripe.customers.list({ test_clock: String(clock.id) });
  expect(data.map(({ name }) => name)).toEqual(["Ada"]);
  const target = Number(clock.frozen_time) + 60;
  expect(await local.control(`test_clock/advance?test_clock=${clock.id}&seconds=60`)).toMatchObject({
    status: "advancing",
    status_details: { advancing: { target_frozen_time: target } },
  });
  await expect(local.control("test_clock/advance?test_clock=clock_x&seconds=1")).rejects.toThrow(
    "No such test clock: clock_x",
  );
});

test("buttons lead back to their page, never to another site, and an empty field says nothing", async () => {
  const push = (fields: Record<string, string>) =>
    fetch(`${local.origin}/__local/fail_next_payment`, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
    });
  expect((await push({ code: "", back: "/faults?x=1" })).headers.get("Location")).toBe("/faults?x=1");
  for (const back of ["https://evil.example/", "//evil.example", "/\\evil.example", ""]) {
    expect((await push({ back })).headers.get("Location"), back).toBeNull();
  }
  const refused = await push({ code: "nonsense", back: "/faults" });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('<a href="/faults">Back</a>');
});

test("a switch is part of the state", async () => {
  const state = async () => (await fetch(`${local.origin}/__local/state`)).text();
  const put = (body: string) => fetch(`${local.origin}/__local/state`, { method: "PUT", body });
  const before = await state();
  await local.control("switch?name=retries&value=smart");
  const switched = await state();
  await local.control("reset");
  const retries = async () => (await local.control("switch?name=afterRetries&value=cancel")).retries;
  expect(await retries()).toBe("fixed");
  await put(switched);
  expect(await retries()).toBe("smart");
  await put(before);
  expect(await retries()).toBe("fixed");
});

test("state is dumped, reset and loaded again", async () => {
  const { id } = await local.stripe.customers.create({ name: "Ada" });
  const state = await (await fetch(`${local.origin}/__local/state`)).text();
  await local.control("reset");
  await expect(local.stripe.customers.retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
  await fetch(`${local.origin}/__local/state`, { method: "PUT", body: state });
  expect(await local.stripe.customers.retrieve(id)).toMatchObject({ name: "Ada" });
});

/** As raw as a stranger can be; `fetch` sets its own Host. */
async function statusOf(method: string, path: string, headers: Record<string, string>): Promise<number> {
  const asked = request(`${local.origin}${path}`, { method, headers }).end();
  const [answer] = await once(asked, "response");
  answer.resume();
  return answer.statusCode;
}

const PLACES = ["/__local/health", "/v1/account", "/", "/nowhere"];
const KEY = { authorization: "Bearer sk_test_local" };

test.each([
  "evil.test",
  "evil.test:12111",
  "127.0.0.1.evil.test",
  "localhost.evil.test",
  "127.0.0.1@evil.test",
])("a name of somebody's own, %j, leads nowhere", async (host) => {
  for (const path of PLACES) expect(await statusOf("GET", path, { ...KEY, host })).toBeOneOf([400, 403]);
});

test.each(["127.0.0.1", "localhost", "[::1]"])("%s is this machine", async (name) => {
  const host = `${name}:${new URL(local.origin).port}`;
  expect(await statusOf("GET", "/v1/account", { ...KEY, host })).toBe(200);
  expect(
    await statusOf("POST", "/__local/switch?name=retries&value=fixed", { host, origin: `http://${host}` }),
  ).toBe(200);
});

test.each(["http://evil.test", "http://127.0.0.1:9", "https://127.0.0.1", "null"])(
  "a page of %s cannot push the buttons, nor use the API with a key in its address",
  async (origin) => {
    for (const path of ["/__local/clock/advance?seconds=1", "/v1/customers?api_key=sk_test_local", "/"])
      expect(await statusOf("POST", path, { ...KEY, origin })).toBe(403);
  },
);

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
