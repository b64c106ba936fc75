import { expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { monthlyPrice } from "../test/shop";

const local = startLocalStripe();

test("a product with its default price reports product, plan and price", async () => {
  const product = await local.stripe.products.create({
    name: "Pro",
    marketing_features: [{ name: "Everything" }],
    default_price_data: { currency: "usd", unit_amount: 2000, recurring: { interval: "month" } },
    expand: ["default_price"],
  });
  expect(product.default_price).toMatchObject({ unit_amount: 2000, type: "recurring" });
  expect((await local.happened()).map((event) => event.type)).toEqual([
    "product.created",
    "plan.created",
    "price.created",
  ]);
});

test("a lookup key changes hands only when asked to, and then at once", async () => {
  const old = await monthlyPrice(local, { lookup_key: "pro" });
  await expect(monthlyPrice(local, { lookup_key: "pro" })).rejects.toMatchObject({
    statusCode: 400,
    code: "resource_already_exists",
  });
  const next = await monthlyPrice(local, { lookup_key: "pro", transfer_lookup_key: true });
  expect((await local.stripe.prices.retrieve(old.id)).lookup_key).toBeNull();
  const found = await local.stripe.prices.list({ lookup_keys: ["pro"] });
  expect(found.data.map((price) => price.id)).toEqual([next.id]);
});

test("decimals travel as text and arrive as the SDK's decimals", async () => {
  const price = await monthlyPrice(local);
  expect(String(price.unit_amount_decimal)).toBe("2000");
});

test("the amount of a price cannot be changed", async () => {
  const { id } = await monthlyPrice(local);
  const attempt = local.stripe.prices.update(id, { unit_amount: 1 } as never);
  await expect(attempt).rejects.toMatchObject({ code: "parameter_unknown" });
});

test("prices are found by product, type and interval", async () => {
  const month = await monthlyPrice(local);
  const year = await monthlyPrice(local, { recurring: { interval: "year" } });
  const once = await monthlyPrice(local, { recurring: undefined });
  const ids = async (query: object) => (await local.stripe.prices.list(query)).data.map((price) => price.id);
  expect(await ids({ recurring: { interval: "year" } })).toEqual([year.id]);
  expect(await ids({ type: "one_time" })).toEqual([once.id]);
  expect(await ids({ product: month.product })).toEqual([month.id]);
  await local.stripe.prices.update(month.id, { active: false });
  expect(await ids({ active: false })).toEqual([month.id]);
});

test("a product with prices cannot be deleted", async () => {
  const { product } = await monthlyPrice(local);
  await expect(local.stripe.products.del(String(product))).rejects.toMatchObject({ statusCode: 400 });
  const free = await local.stripe.products.create({ name: "Free" });
  expect(await local.stripe.products.del(free.id)).toMatchObject({ deleted: true });
});
