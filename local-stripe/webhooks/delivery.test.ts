import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type Stripe from "stripe";
import { expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { Receiver } from "../test/receiver";
import { confirm, subscriptionSession } from "../test/shop";

const local = startLocalStripe();

/** Three events in a known order, in one request. */
const makeThree = () =>
  local.stripe.products.create({
    name: "Pro",
    default_price_data: { currency: "usd", unit_amount: 2000, recurring: { interval: "month" } },
  });
const THREE = ["product.created", "plan.created", "price.created"];

test("what a checkout reports arrives, signed and whole", async () => {
  const session = await subscriptionSession(local);
  await confirm(local, session.id);
  const { event, body, headers } = await local.receiver.untilType("checkout.session.completed");
  expect(local.receiver.rejected).toEqual([]);
  expect(headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(headers["user-agent"]).toBe("Stripe/1.0 (+https://stripe.com/docs/webhooks)");
  expect(headers["stripe-signature"]).toMatch(/^t=\d+,v1=[0-9a-f]{64},v0=[0-9a-f]{64}$/);
  expect(body).toBe(JSON.stringify(JSON.parse(body), null, 2));
  expect(event).toMatchObject({ api_version: "2026-10-28.endive", livemode: false, pending_webhooks: 1 });
  expect(event.request?.id).toMatch(/^req_/);
});

test("pending_webhooks falls when the event has arrived", async () => {
  const { id } = await local.stripe.customers.create({});
  const { event } = await local.receiver.untilType("customer.created");
  await expect.poll(async () => (await local.stripe.events.retrieve(event.id)).pending_webhooks).toBe(0);
  expect((event.data.object as Stripe.Customer).id).toBe(id);
});

test("a failed attempt is made again, with a new signature and the old snapshot", async () => {
  local.receiver.answers = [500, 302];
  const { id } = await local.stripe.customers.create({ name: "Ada" });
  await local.stripe.customers.update(id, { name: "Bob" });
  const { event } = await local.receiver.untilType("customer.created");
  expect((event.data.object as Stripe.Customer).name).toBe("Ada");
  await expect
    .poll(async () => {
      const answer = await fetch(`${local.origin}/__local/deliveries?event=${event.id}`);
      const [delivery] = (await answer.json()) as { state: string; attempts: { status: number }[] }[];
      return [delivery?.state, delivery?.attempts.map((attempt) => attempt.status).at(-1)];
    })
    .toEqual(["delivered", 200]);
});

test("held events wait, and are released in the order asked for", async () => {
  await local.control("hold");
  await makeThree();
  await local.control("order?mode=reverse");
  expect(await local.control("release")).toEqual({ released: 3 });
  await local.receiver.until(() => local.receiver.received.length === 3);
  expect(local.receiver.types()).toEqual([...THREE].reverse());
});

test("one type can be held while the others pass", async () => {
  await local.control("hold?type=plan.created");
  await makeThree();
  await local.receiver.until(() => local.receiver.received.length === 2);
  expect(local.receiver.types().sort()).toEqual(["price.created", "product.created"]);
  await local.control("release?type=plan.created");
  await local.receiver.untilType("plan.created");
});

test("a seed shuffles the same way each time", async () => {
  const shuffled = async () => {
    await local.control("reset");
    local.receiver.forget();
    await local.control("hold");
    await makeThree();
    await makeThree();
    await local.control("order?mode=shuffle&seed=7");
    await local.control("release");
    await local.receiver.until(() => local.receiver.received.length === 6);
    return local.receiver.types();
  };
  expect(await shuffled()).toEqual(await shuffled());
});

test("duplicates carry the same id, a twin a new one", async () => {
  await local.control("duplicate?times=2");
  await local.stripe.customers.create({});
  await local.receiver.until(() => local.receiver.received.length === 3);
  const ids = () => new Set(local.receiver.received.map(({ event }) => event.id));
  expect(ids().size).toBe(1);
  await local.control("clear_faults");
  const [id] = ids();
  await local.control(`resend?event=${id}`);
  await local.receiver.until(() => local.receiver.received.length === 4);
  expect(ids().size).toBe(1);
  await local.control(`twin?event=${id}`);
  await local.receiver.until(() => local.receiver.received.length === 5);
  expect(ids().size).toBe(2);
});

test("a dropped type never arrives", async () => {
  await local.control("drop?type=plan.created");
  await makeThree();
  await local.receiver.until(() => local.receiver.received.length === 2);
  const answer = await fetch(`${local.origin}/__local/deliveries?state=dropped`);
  expect(await answer.json()).toHaveLength(1);
});

test("a tampered body and a stale timestamp do not verify, and the next attempt does", async () => {
  await local.control("tamper");
  await local.stripe.customers.create({});
  await local.receiver.untilType("customer.created");
  expect(local.receiver.rejected).toHaveLength(1);
  local.receiver.forget();
  await local.control("stale_timestamp");
  await local.stripe.customers.create({});
  await local.receiver.untilType("customer.created");
  expect(local.receiver.rejected[0]).toContain("Timestamp outside the tolerance zone");
});

test("an endpoint made through the API gets what it asked for, signed with its own secret", async () => {
  const own = new Receiver();
  await own.listen();
  const endpoint = await local.stripe.webhookEndpoints.create({
    url: own.url,
    enabled_events: ["customer.created"],
  });
  own.secrets[0] = endpoint.secret as string;
  expect((await local.stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
  await makeThree();
  await local.stripe.customers.create({});
  await own.untilType("customer.created");
  expect(own.types()).toEqual(["customer.created"]);
  await local.stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  await local.stripe.customers.create({});
  await local.receiver.until(
    () => local.receiver.types().filter((type) => type === "customer.created").length === 2,
  );
  expect(own.types()).toEqual(["customer.created"]);
  own.close();
});

test("a rolled secret signs beside the old one until that expires", async () => {
  const own = new Receiver();
  await own.listen();
  const endpoint = await local.stripe.webhookEndpoints.create({ url: own.url, enabled_events: ["*"] });
  const { secret } = await local.control(`roll_secret?endpoint=${endpoint.id}&expires_in=60`);
  expect(secret).toMatch(/^whsec_\w{32}$/);
  const signatures = () => String(own.received.at(-1)?.headers["stripe-signature"]).match(/v1=/g);
  for (const known of [endpoint.secret, secret]) {
    own.secrets[0] = String(known);
    own.forget();
    await local.stripe.customers.create({});
    await own.untilType("customer.created");
    expect(signatures()).toHaveLength(2);
  }
  await local.control("clock/advance?seconds=61");
  own.forget();
  await local.stripe.customers.create({});
  await own.untilType("customer.created");
  expect(signatures()).toHaveLength(1);
  own.close();
});

test("a payload has its endpoint's version, and an unknown version is refused", async () => {
  const own = new Receiver();
  await own.listen();
  const create = (api_version: string) =>
    local.stripe.webhookEndpoints.create({
      url: own.url,
      enabled_events: ["customer.created"],
      api_version: api_version as never,
    });
  own.secrets[0] = (await create("2026-07-29.dahlia")).secret as string;
  await local.stripe.customers.create({});
  const { event } = await own.untilType("customer.created");
  expect(event.api_version).toBe("2026-07-29.dahlia");
  await expect(create("yesterday")).rejects.toMatchObject({ param: "api_version" });
  own.close();
});

test("one endpoint's trouble is not another's, and a deleted one is left alone", async () => {
  const own = new Receiver();
  await own.listen();
  own.answers = [500, 500, 500, 500];
  const endpoint = await local.stripe.webhookEndpoints.create({ url: own.url, enabled_events: ["*"] });
  await local.stripe.customers.create({});
  await local.receiver.untilType("customer.created");
  await expect
    .poll(async () => {
      const answer = await fetch(`${local.origin}/__local/deliveries?endpoint=${endpoint.id}`);
      return ((await answer.json()) as { state: string; attempts: unknown[] }[]).map(
        ({ state, attempts }) => [state, attempts.length],
      );
    })
    .toEqual([["failed", 4]]);
  await local.stripe.webhookEndpoints.del(endpoint.id);
  await local.stripe.customers.create({});
  await local.receiver.until(() => local.receiver.received.length === 2);
  const later = await fetch(`${local.origin}/__local/deliveries?endpoint=${endpoint.id}`);
  expect(await later.json()).toHaveLength(1);
  own.close();
});

test("an endpoint that is down gets everything once it is up", async () => {
  const own = new Receiver();
  await own.listen();
  const endpoint = await local.stripe.webhookEndpoints.create({ url: own.url, enabled_events: ["*"] });
  own.secrets[0] = endpoint.secret as string;
  const { url } = own;
  own.close();
  const { id } = await local.stripe.customers.create({});
  const state = async () => {
    const answer = await fetch(`${local.origin}/__local/deliveries?endpoint=${endpoint.id}`);
    return ((await answer.json()) as { state: string; attempts: { body: string }[] }[])[0];
  };
  await expect.poll(async () => (await state())?.attempts.length).toBeGreaterThan(0);
  expect((await state())?.attempts[0]?.body).toContain("ECONNREFUSED");
  await expect.poll(async () => (await state())?.state).toBe("failed");
  await own.listen(Number(new URL(url).port));
  const [event] = (await local.stripe.events.list({ type: "customer.created" })).data;
  await local.control(`resend?event=${event?.id}&endpoint=${endpoint.id}`);
  const { event: arrived } = await own.untilType("customer.created");
  expect((arrived.data.object as Stripe.Customer).id).toBe(id);
  own.close();
});

test("an endpoint that does not answer in time is asked again", async () => {
  const silent = createServer((request, response) => {
    // Only the first is kept waiting.
    if (request.headers["stripe-signature"] && ++asked > 1) response.end("ok");
  });
  let asked = 0;
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  try {
    await local.control("timeout?ms=40");
    const { id } = await local.stripe.webhookEndpoints.create({
      url: `http://127.0.0.1:${port}/`,
      enabled_events: ["customer.created"],
    });
    await local.stripe.customers.create({});
    const attempts = async () => {
      const answer = await fetch(`${local.origin}/__local/deliveries?endpoint=${id}&state=delivered`);
      const [delivery] = (await answer.json()) as { attempts: { status: number | null }[] }[];
      return delivery?.attempts.map(({ status }) => status);
    };
    await expect.poll(attempts).toEqual([null, 200]);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});
