import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { products } from "@/db/schema";
import { handleEvent } from "@/lib/billing/events/handle";
import { stripe } from "@/lib/billing/stripe";
import { inboxRow } from "../support/rows";
import { event, type TestEvent } from "../support/stripe-objects";
import { columnsOf, type Line } from "./postgres-row";

/**
 * Every column of `products`, held against the fields of Stripe's product and price. An event only says that one
 * of the two changed; both are read from Stripe, here from a local one of this file's own: these products are in
 * no catalog.json, and another test would take them off sale.
 */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

// Not by the route: it refreshes pages, which only Next can.
const handle = (told: TestEvent) => handleEvent(told as unknown as Stripe.Event);
const rowsOf = (stripeProductId: string) =>
  db.select().from(products).where(eq(products.stripeProductId, stripeProductId));
const rowOf = async (product: { id: string }, price: { id: string }) =>
  (await rowsOf(product.id)).find(({ stripePriceId }) => stripePriceId === price.id);

const createProduct = (over: Stripe.ProductCreateParams | object = {}) =>
  stripe.products.create({
    name: "Anvil",
    description: "Holds what is hit.",
    statement_descriptor: "ANVIL SHOP",
    unit_label: "strike",
    marketing_features: [{ name: "Horn" }, { name: "Face" }],
    metadata: { plan: "anvil", family: "smithy", position: "17" },
    ...over,
  });
const createPrice = (product: string, over: object = {}) =>
  stripe.prices.create({
    product,
    currency: "eur",
    unit_amount: 4_321,
    nickname: "a nickname",
    lookup_key: `anvil_${randomUUID()}`,
    recurring: { interval: "year", interval_count: 2 },
    metadata: { plan: "of the price", family: "of the price", position: "99" },
    ...over,
  });

/** Says nothing of what Stripe holds. */
const untrue = { object: "product", name: "Untrue", active: false, metadata: {}, livemode: false };
const changed = (id: string) => handle(event("product.updated", { ...untrue, id }));

describe("a product and its price, with every field", () => {
  let product: Stripe.Product;
  let price: Stripe.Price;
  let row: Awaited<ReturnType<typeof rowOf>>;
  beforeAll(async () => {
    product = await createProduct();
    price = await createPrice(product.id);
    await changed(product.id);
    row = await rowOf(product, price);
  });

  const lines: Line[] = [
    ["product.metadata.plan", "plan", "anvil", "the plan's key in catalog.json"],
    ["product.metadata.family", "family", "smithy", "plans of one family exclude each other"],
    ["product.metadata.position", "position", 17, "the order on the pricing page"],
    ["product.name", "name", "Anvil", "its heading"],
    ["product.description", "description", "Holds what is hit.", "the sentence below it"],
    ["product.marketing_features", "features", ["Horn", "Face"], "the list below that"],
    ["product.active and price.active", "active", true, "can be bought now"],
    ["product.id", "stripeProductId", () => product.id, "its name at Stripe"],
    ["price.id", "stripePriceId", () => price.id, "what checkout is asked for"],
    ["price.lookup_key", "lookupKey", () => price.lookup_key, "the price's key in catalog.json"],
    ["price.unit_amount", "unitAmount", 4_321, "what one costs, in minor units"],
    ["price.currency", "currency", "eur", "of the amount"],
    ["price.recurring.interval", "interval", "year", "how often it bills"],
    ["price.recurring.interval_count", "intervalCount", 2, "every so many of them"],
    ["price.unit_amount_decimal", "unitAmountDecimal", "4321", "the same, with its fraction"],
    ["price.livemode", "livemode", false, "real money"],
    ["–", "id", expect.stringMatching(/^[0-9a-f-]{36}$/), "ours: the API's product_id"],
    ["–", "createdAt", expect.any(Date), "when we first saw it"],
  ];
  it.each(lines)("%s → %s", (_, column, value) => {
    expect(row).toHaveProperty(column, typeof value === "function" ? value() : value);
  });
  it("has no other column", () => {
    expect(Object.keys(row ?? {}).toSorted()).toEqual(columnsOf(lines));
  });
});

it("what may be missing: a description, features, a family, a position, a lookup key, an interval", async () => {
  const product = await createProduct({
    description: undefined,
    marketing_features: [],
    metadata: { plan: "bare" },
  });
  const price = await createPrice(product.id, {
    lookup_key: undefined,
    recurring: undefined,
    unit_amount: 0,
  });
  await changed(product.id);
  expect(await rowOf(product, price)).toMatchObject({
    plan: "bare",
    description: "",
    features: [],
    family: null,
    position: 0,
    lookupKey: null,
    interval: null,
    unitAmount: 0,
  });
});

it("an empty family is none: catalog.json's null is sent as empty text", async () => {
  const product = await createProduct({ metadata: { plan: "bare", family: "" } });
  const price = await createPrice(product.id);
  await changed(product.id);
  expect(await rowOf(product, price)).toMatchObject({ family: null });
});

it("a product has a row for each of its prices, archived ones included", async () => {
  const product = await createProduct();
  const [monthly, old] = [
    await createPrice(product.id, { unit_amount: 101, recurring: { interval: "month" } }),
    await createPrice(product.id, { unit_amount: 202 }),
  ];
  await stripe.prices.update(old.id, { active: false });
  await changed(product.id);
  expect(await rowsOf(product.id)).toHaveLength(2);
  expect(await rowOf(product, monthly)).toMatchObject({ unitAmount: 101, interval: "month", active: true });
  expect(await rowOf(product, old)).toMatchObject({ unitAmount: 202, interval: "year", active: false });
});

/** A price that no row can say in full, or that was made by hand, is for whoever has it. */
describe("on sale", () => {
  const month = { interval: "month" };
  const decimal = { unit_amount: undefined, unit_amount_decimal: "1250.5" };
  it.each<[string, object, boolean, object]>([
    ["every two years", {}, true, { interval: "year", intervalCount: 2, unitAmount: 4_321 }],
    ["every three months", { recurring: { ...month, interval_count: 3 } }, true, { intervalCount: 3 }],
    ["every week", { recurring: { interval: "week" } }, true, { interval: "week", intervalCount: 1 }],
    ["once", { recurring: undefined }, true, { interval: null, intervalCount: 1 }],
    ["for nothing", { unit_amount: 0 }, true, { unitAmount: 0, unitAmountDecimal: "0" }],
    ["without a lookup key", { lookup_key: undefined }, false, { lookupKey: null, unitAmount: 4_321 }],
    ["with a fraction of a cent", decimal, false, { unitAmount: 1_250, unitAmountDecimal: "1250.5" }],
  ])("a price %s", async (_, over, active, fields) => {
    const product = await createProduct();
    const price = await createPrice(product.id, over);
    await changed(product.id);
    expect(await rowOf(product, price)).toMatchObject({ plan: "anvil", active, ...fields });
  });

  /** Prices that Local Stripe cannot make. */
  it.each<[string, object]>([
    ["in tiers", { billing_scheme: "tiered", unit_amount: null, unit_amount_decimal: null }],
    ["for packages of ten", { transform_quantity: { divide_by: 10, round: "up" } }],
    ["for what the buyer likes", { custom_unit_amount: { minimum: null, maximum: null, preset: null } }],
    ["by use", { recurring: { interval: "month", interval_count: 1, usage_type: "metered" } }],
  ])("a price %s is not", async (_, terms) => {
    const product = await createProduct();
    const price = await createPrice(product.id);
    await own.editState((state) => {
      Object.assign(state.price?.find(({ id }) => id === price.id) ?? {}, terms);
    });
    await changed(product.id);
    const isWithoutAmount = "billing_scheme" in terms;
    expect(await rowOf(product, price)).toMatchObject({
      active: false,
      unitAmount: isWithoutAmount ? 0 : 4_321,
      unitAmountDecimal: isWithoutAmount ? null : "4321",
    });
  });

  /** Stripe's dashboard copies the metadata, too; a lookup key can be one price's only. */
  it("a copied product is not, and the one that was copied stays", async () => {
    const product = await createProduct();
    const price = await createPrice(product.id);
    const copy = await createProduct({ name: "Anvil (copy)" });
    const copied = await createPrice(copy.id, { lookup_key: undefined });
    await changed(product.id);
    await changed(copy.id);
    expect(await rowOf(product, price)).toMatchObject({ active: true });
    expect(await rowOf(copy, copied)).toMatchObject({ active: false, plan: "anvil", name: "Anvil (copy)" });
  });
});

it("nothing of an archived product can be bought, and its rows keep their ids", async () => {
  const product = await createProduct();
  const price = await createPrice(product.id);
  await changed(product.id);
  const before = await rowOf(product, price);
  await stripe.products.update(product.id, { active: false, name: "Old anvil" });
  await changed(product.id);
  expect(await rowOf(product, price)).toEqual({ ...before, active: false, name: "Old anvil" });
});

it("a product that is no plan of ours (any more) is off sale, and one that never was has no row", async () => {
  const product = await createProduct();
  const price = await createPrice(product.id);
  await changed(product.id);
  await stripe.products.update(product.id, { metadata: { plan: "" } });
  await changed(product.id);
  expect(await rowOf(product, price)).toMatchObject({ active: false, plan: "anvil" });

  const foreign = await createProduct({ metadata: {} });
  await createPrice(foreign.id);
  await changed(foreign.id);
  expect(await rowsOf(foreign.id)).toEqual([]);
});

it("what becomes of one product leaves the others on sale", async () => {
  const [product, other] = [await createProduct(), await createProduct()];
  const [price, otherPrice] = [await createPrice(product.id), await createPrice(other.id)];
  await changed(other.id);
  await stripe.products.update(product.id, { active: false });
  await changed(product.id);
  expect(await rowOf(product, price)).toMatchObject({ active: false });
  expect(await rowOf(other, otherPrice)).toMatchObject({ active: true });
});

describe("an event", () => {
  it.each(["product.created", "product.updated", "product.deleted"] as const)(
    "%s is not believed: the product is read from Stripe",
    async (type) => {
      const product = await createProduct();
      const price = await createPrice(product.id);
      await handle(event(type, { ...untrue, id: product.id }));
      expect(await rowOf(product, price)).toMatchObject({ name: "Anvil", active: true });
    },
  );

  it.each(["price.created", "price.updated", "price.deleted"] as const)(
    "%s is about the price's product, named or expanded",
    async (type) => {
      const product = await createProduct();
      const price = await createPrice(product.id);
      const told = { id: price.id, object: "price", unit_amount: 1, active: false };
      await handle(event(type, { ...told, product: product.id }));
      expect(await rowOf(product, price)).toMatchObject({ unitAmount: 4_321, active: true });

      await stripe.products.update(product.id, { name: "Expanded" });
      await handle(event(type, { ...told, product: { id: product.id, object: "product" } }));
      expect(await rowOf(product, price)).toMatchObject({ name: "Expanded" });
    },
  );

  it("tells which cached pages are older than the rows, and in the inbox which rows it changed", async () => {
    const product = await createProduct();
    const price = await createPrice(product.id);
    await changed(product.id);
    await stripe.products.update(product.id, { name: "New anvil" });
    const sent = event("product.updated", { ...untrue, id: product.id });
    expect(await handle(sent)).toMatchObject({ status: "applied", catalogChanged: true });
    const { changes } = (await inboxRow(sent.id)) ?? {};
    const row = await rowOf(product, price);
    expect(changes?.find(({ table }) => table === "products")).toEqual({
      table: "products",
      id: row?.id,
      before: expect.objectContaining({ name: "Anvil", stripe_price_id: price.id }),
      after: expect.objectContaining({ name: "New anvil", stripe_price_id: price.id }),
    });
    expect(await handle(event("customer.updated", { id: "cus_1", object: "customer" }))).toMatchObject({
      catalogChanged: false,
    });
  });
});
