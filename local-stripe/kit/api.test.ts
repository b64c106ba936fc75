import { expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { monthlyPrice } from "../test/shop";

const local = startLocalStripe();

const request = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(local.origin + path, {
    method,
    headers: { Authorization: "Bearer sk_test_x", ...headers },
    ...(body === undefined ? {} : { body }),
  });

const errorOf = async (answer: Response) => (await answer.json()).error;

test("every answer names its request and version", async () => {
  const answer = await request("GET", "/v1/prices", { "Stripe-Version": "2026-10-28.endive" });
  expect(answer.headers.get("Request-Id")).toMatch(/^req_\w{14}$/);
  expect(answer.headers.get("Stripe-Version")).toBe("2026-10-28.endive");
  expect(answer.headers.get("Content-Type")).toContain("application/json");
});

test("a key replays its answer, errors of execution included", async () => {
  const key = { "Idempotency-Key": "k1" };
  const first = await request("POST", "/v1/customers", key, "name=Ada");
  const second = await request("POST", "/v1/customers", key, "name=Ada");
  expect(await second.text()).toBe(await first.text());
  expect(first.headers.get("Idempotent-Replayed")).toBeNull();
  expect(second.headers.get("Idempotent-Replayed")).toBe("true");
  expect(second.headers.get("Idempotency-Key")).toBe("k1");
  expect((await local.stripe.customers.list()).data).toHaveLength(1);

  const missing = { "Idempotency-Key": "k2" };
  await request("POST", "/v1/customers/cus_x", missing, "name=Ada");
  const again = await request("POST", "/v1/customers/cus_x", missing, "name=Ada");
  expect([again.status, again.headers.get("Idempotent-Replayed")]).toEqual([404, "true"]);
});

test("a key is not used up by parameters that were refused", async () => {
  const key = { "Idempotency-Key": "k" };
  expect((await request("POST", "/v1/customers", key, "nonsense=1")).status).toBe(400);
  expect((await request("POST", "/v1/customers", key, "name=Ada")).status).toBe(200);
});

test("a key belongs to one request", async () => {
  const key = { "Idempotency-Key": "k" };
  await request("POST", "/v1/customers", key, "name=Ada");
  const other = await request("POST", "/v1/customers", key, "name=Bob");
  expect(other.status).toBe(400);
  expect((await errorOf(other)).type).toBe("idempotency_error");
  const long = await request("POST", "/v1/customers", { "Idempotency-Key": "k".repeat(256) }, "name=Ada");
  expect((await errorOf(long)).type).toBe("idempotency_error");
});

test("lists are newest first and paginate both ways", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) await local.stripe.customers.create({ name });
  const names = (page: { data: { name?: string | null }[] }) => page.data.map((one) => one.name).join("");
  const first = await local.stripe.customers.list({ limit: 2 });
  expect([names(first), first.has_more, first.url]).toEqual(["ed", true, "/v1/customers"]);
  const second = await local.stripe.customers.list({ limit: 2, starting_after: first.data[1]?.id });
  expect([names(second), second.has_more]).toEqual(["cb", true]);
  const last = await local.stripe.customers.list({ limit: 2, starting_after: second.data[1]?.id });
  expect([names(last), last.has_more]).toEqual(["a", false]);
  const back = await local.stripe.customers.list({ limit: 2, ending_before: last.data[0]?.id });
  expect([names(back), back.has_more]).toEqual(["cb", true]);
  const all: (string | null | undefined)[] = [];
  for await (const one of local.stripe.customers.list({ limit: 2 })) all.push(one.name);
  expect(all.join("")).toBe("edcba");
});

test("lists refuse what they cannot page by", async () => {
  await expect(local.stripe.customers.list({ starting_after: "cus_x" })).rejects.toMatchObject({
    statusCode: 400,
    code: "resource_missing",
    param: "starting_after",
  });
  await expect(local.stripe.customers.list({ limit: 101 })).rejects.toMatchObject({ statusCode: 400 });
});

test("lists narrow by time", async () => {
  const { created } = await local.stripe.customers.create({});
  const count = async (span: object) => (await local.stripe.customers.list({ created: span })).data.length;
  expect(await count({ gte: created })).toBe(1);
  expect(await count({ gt: created })).toBe(0);
  expect(await count({ lt: created })).toBe(0);
});

test("references expand, in lists and below", async () => {
  const price = await monthlyPrice(local);
  const whole = await local.stripe.prices.retrieve(price.id, { expand: ["product"] });
  expect(whole.product).toMatchObject({ object: "product", name: "Pro" });
  const list = await local.stripe.prices.list({ expand: ["data.product.default_price"] });
  expect(list.data[0]?.product).toMatchObject({ object: "product", default_price: null });
});

test("an unknown path to expand undoes the whole call", async () => {
  const attempt = local.stripe.customers.create({ name: "Ada", expand: ["nonsense"] });
  await expect(attempt).rejects.toMatchObject({ statusCode: 400 });
  expect((await local.stripe.customers.list()).data).toEqual([]);
  expect(await local.happened()).toEqual([]);
});

test("metadata merges, and an empty value unsets", async () => {
  const { id } = await local.stripe.customers.create({ metadata: { a: "1", b: "2" }, name: "Ada" });
  const merged = await local.stripe.customers.update(id, { metadata: { b: "", c: "3" }, name: "" });
  expect([merged.metadata, merged.name]).toEqual([{ a: "1", c: "3" }, null]);
  const cleared = await local.stripe.customers.update(id, { metadata: "" });
  expect(cleared.metadata).toEqual({});
  const updated = (await local.happened()).find((event) => event.type === "customer.updated");
  expect(updated?.data.previous_attributes).toEqual({
    metadata: { b: "2", c: null },
    name: "Ada",
  });
});

test("an answer is dated in the time in which events are", async () => {
  await local.control("clock/advance?seconds=86400");
  const answer = await request("POST", "/v1/customers", {}, "name=Ada");
  const { created } = await answer.json();
  const dated = Date.parse(answer.headers.get("Date") ?? "") / 1000;
  expect(created - Date.now() / 1000).toBeGreaterThan(86_000);
  expect([0, 1]).toContain(created - dated);
});
