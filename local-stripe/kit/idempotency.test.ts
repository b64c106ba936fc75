import { expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";

const local = startLocalStripe();

interface Answered {
  readonly status: number;
  readonly replayed: boolean;
  readonly body: string;
  readonly error: { readonly type: string; readonly code?: string; readonly message: string };
}

async function post(key: string, path: string, body = ""): Promise<Answered> {
  const answer = await fetch(local.origin + path, {
    method: "POST",
    headers: { Authorization: "Bearer sk_test_x", "Idempotency-Key": key },
    body,
  });
  expect(answer.headers.get("Idempotency-Key")).toBe(key);
  const text = await answer.text();
  const replayed = answer.headers.get("Idempotent-Replayed") === "true";
  return { status: answer.status, replayed, body: text, error: JSON.parse(text).error };
}

const customerNames = async () => (await local.stripe.customers.list()).data.map(({ name }) => name);

test("a key replays its answer to the letter and does nothing again", async () => {
  const first = await post("k", "/v1/customers", "name=Ada");
  const second = await post("k", "/v1/customers", "name=Ada");
  expect([first.status, first.replayed]).toEqual([200, false]);
  expect(second).toEqual({ ...first, replayed: true });
  expect(await customerNames()).toEqual(["Ada"]);
});

test("the order of parameters makes no difference, that of a list does", async () => {
  await post("k", "/v1/customers", "name=Ada&metadata[a]=1&metadata[b]=2");
  const again = await post("k", "/v1/customers", "metadata[b]=2&metadata[a]=1&name=Ada");
  expect([again.status, again.replayed]).toEqual([200, true]);
  await post("locales", "/v1/customers", "preferred_locales[]=de&preferred_locales[]=en");
  const other = await post("locales", "/v1/customers", "preferred_locales[]=en&preferred_locales[]=de");
  expect(other.error.type).toBe("idempotency_error");
});

test("the SDK gives its own key to every POST, and ours when asked", async () => {
  const options = { idempotencyKey: "mine" };
  const [one, two] = [
    await local.stripe.customers.create({ name: "Ada" }, options),
    await local.stripe.customers.create({ name: "Ada" }, options),
  ];
  const other = await local.stripe.customers.create({ name: "Ada" });
  expect(two.id).toBe(one.id);
  expect(other.id).not.toBe(one.id);
});

test.each([
  ["with other parameters", "/v1/customers", "name=Bob"],
  ["with another path", "/v1/products", "name=Ada"],
])("a key %s is refused", async (_, path, body) => {
  await post("k", "/v1/customers", "name=Ada");
  const { status, error } = await post("k", path, body);
  expect(status).toBe(400);
  expect(error).toMatchObject({
    type: "idempotency_error",
    message:
      "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'k' if you meant to execute a different request.",
  });
  expect(await customerNames()).toEqual(["Ada"]);
});

test.each([
  ["k".repeat(256), "Keys for idempotent requests can only be used with at most 255 characters: 256."],
  ["", "Keys for idempotent requests cannot be empty."],
])("the key %.10j is refused", async (key, message) => {
  const { status, error } = await post(key, "/v1/customers", "name=Ada");
  expect([status, error.type, error.message]).toEqual([400, "idempotency_error", message]);
  expect(await customerNames()).toEqual([]);
});

test("a key of 255 characters is long enough", async () => {
  expect((await post("k".repeat(255), "/v1/customers")).status).toBe(200);
});

test.each([
  ["that nothing exists", "/v1/customers/cus_x", "", 404],
  [
    "that something in a parameter does not",
    "/v1/payment_methods/pm_card_visa/attach",
    "customer=cus_x",
    400,
  ],
  [
    "that the bank declined",
    "/v1/payment_intents",
    "amount=2000&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined",
    402,
  ],
])("what execution answered is kept: %s", async (_, path, body, status) => {
  const first = await post("k", path, body);
  const second = await post("k", path, body);
  expect([first.status, first.replayed]).toEqual([status, false]);
  expect(second).toEqual({ ...first, replayed: true });
  // Nobody tried the card a second time.
  expect((await local.stripe.charges.list()).data).toHaveLength(status === 402 ? 1 : 0);
});

test.each([
  ["an unknown parameter", "nonsense=1"],
  ["a bad value", "email=nobody"],
  ["a bad expansion of nothing", "balance=ten"],
])("a key is not used up by %s", async (_, body) => {
  expect((await post("k", "/v1/customers", body)).status).toBe(400);
  expect(await post("k", "/v1/customers", "name=Ada")).toMatchObject({ status: 200, replayed: false });
});

test.each(["429", "500"] as const)("nor by an injected %s", async (status) => {
  await local.control(`inject?status=${status}&path=/v1/customers`);
  expect((await post("k", "/v1/customers", "name=Ada")).status).toBe(Number(status));
  expect(await post("k", "/v1/customers", "name=Ada")).toMatchObject({ status: 200, replayed: false });
  expect(await customerNames()).toEqual(["Ada"]);
});

test("a key is forgotten after 24 hours", async () => {
  const first = await post("k", "/v1/customers", "name=Ada");
  await local.control(`clock/advance?seconds=${24 * 3600 - 60}`);
  expect(await post("k", "/v1/customers", "name=Ada")).toEqual({ ...first, replayed: true });
  await local.control("clock/advance?seconds=60");
  expect(await post("k", "/v1/customers", "name=Bob")).toMatchObject({ status: 200, replayed: false });
  expect(await customerNames()).toEqual(["Bob", "Ada"]);
});

test("reading and deleting take no key", async () => {
  const headers = { Authorization: "Bearer sk_test_x", "Idempotency-Key": "k" };
  const { id } = await local.stripe.customers.create({});
  for (const method of ["GET", "DELETE", "GET"]) {
    const answer = await fetch(`${local.origin}/v1/customers/${id}`, { method, headers });
    expect([answer.status, answer.headers.get("Idempotency-Key")]).toEqual([200, null]);
  }
});

test("an event says which request and key brought it about", async () => {
  const options = { idempotencyKey: "mine" };
  const { lastResponse } = await local.stripe.customers.create({ name: "Ada" }, options);
  const [event] = (await local.stripe.events.list({ type: "customer.created" })).data;
  expect(event?.request).toEqual({ id: lastResponse.requestId, idempotency_key: "mine" });
});
