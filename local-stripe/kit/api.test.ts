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

test("every answer names its request and version", async () => {
  const ids = new Set<string | null>();
  for (const path of ["/v1/prices", "/v1/prices", "/v1/prices/price_x", "/v1/unicorns"]) {
    const answer = await request("GET", path, { "Stripe-Version": "2026-10-28.endive" });
    ids.add(answer.headers.get("Request-Id"));
    expect(answer.headers.get("Stripe-Version")).toBe("2026-10-28.endive");
    expect(answer.headers.get("Content-Type")).toContain("application/json");
  }
  expect([...ids]).toEqual(Array(4).fill(expect.stringMatching(/^req_\w{14}$/)));
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
