import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { listProducts } from "@/db/queries/products";
import { products } from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { readCatalogFile } from "@/lib/billing/catalog/catalog-file";
import { stripe } from "@/lib/billing/stripe";

/** catalog.json → Stripe → rows: what each change of the file does to the two, and that a second run does nothing. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
const file = vi.hoisted(() => ({ text: "" }));
// Stripe, Postgres and the code are the real ones; only this file's text is the test's.
vi.mock("node:fs/promises", async (original) => {
  const actual = await original<typeof import("node:fs/promises")>();
  const readFile = (path: unknown, ...rest: never[]) =>
    String(path).endsWith("catalog.json")
      ? Promise.resolve(file.text)
      : actual.readFile(path as never, ...rest);
  return { ...actual, readFile };
});
afterAll(async () => {
  await client.end();
  await own.stop();
});

const price = (over: object = {}) => ({
  lookup_key: "anvil_monthly",
  unit_amount: 1_100,
  currency: "usd",
  interval: "month" as string | null,
  ...over,
});
const plan = (over: object = {}) => ({
  plan: "anvil",
  family: "smithy" as string | null,
  name: "Anvil",
  description: "Holds what is hit.",
  features: ["Horn", "Face"],
  prices: [price()],
  ...over,
});
const hammer = plan({
  plan: "hammer",
  family: null,
  name: "Hammer",
  description: "Hits.",
  features: ["Head"],
  prices: [price({ lookup_key: "hammer_once", unit_amount: 700, interval: null })],
});

const write = (...plans: object[]) => {
  file.text = JSON.stringify({ plans });
};
const apply = (...plans: object[]) => {
  write(...plans);
  return applyCatalog();
};
const productAt = async (key: string) =>
  (await stripe.products.list({ limit: 100 })).data.filter(({ metadata }) => metadata.plan === key);
const pricesAt = async (product = "") =>
  (await stripe.prices.list({ product, limit: 100 })).data.map((one) => ({
    id: one.id,
    active: one.active,
    lookup_key: one.lookup_key,
    unit_amount: one.unit_amount,
    currency: one.currency,
    interval: one.recurring?.interval ?? null,
  }));
const onSale = async () =>
  (await listProducts()).map(({ plan, lookupKey, unitAmount }) => [plan, lookupKey, unitAmount]);

beforeEach(async () => {
  await apply(plan(), hammer);
});

it("what is new is made, with all that the file says, in its order", async () => {
  await apply();
  const anew = [
    plan({ plan: "new_2", name: "Second", prices: [price({ lookup_key: "new_2", unit_amount: 0 })] }),
    plan({
      plan: "new_1",
      family: null,
      name: "First",
      prices: [
        price({ lookup_key: "new_1_y", unit_amount: 9_000, currency: "eur", interval: "year" }),
        price({ lookup_key: "new_1_o", unit_amount: 8_000, interval: null }),
      ],
    }),
  ];
  expect(await apply(...anew)).toEqual([
    "created the product Second",
    "created the price new_2",
    "created the product First",
    "created the price new_1_y",
    "created the price new_1_o",
  ]);
  const [made] = await productAt("new_1");
  expect(made).toMatchObject({
    name: "First",
    active: true,
    description: "Holds what is hit.",
    marketing_features: [{ name: "Horn" }, { name: "Face" }],
    // No family is sent as empty text, which takes the key away.
    metadata: { plan: "new_1", position: "1" },
  });
  expect(made?.metadata).not.toHaveProperty("family");
  expect(
    (await pricesAt(made?.id)).toSorted((one, other) => (one.unit_amount ?? 0) - (other.unit_amount ?? 0)),
  ).toMatchObject([
    { active: true, lookup_key: "new_1_o", unit_amount: 8_000, currency: "usd", interval: null },
    { active: true, lookup_key: "new_1_y", unit_amount: 9_000, currency: "eur", interval: "year" },
  ]);
  expect(await onSale()).toEqual([
    ["new_2", "new_2", 0],
    ["new_1", "new_1_o", 8_000],
    ["new_1", "new_1_y", 9_000],
  ]);
  expect(await applyCatalog()).toEqual([]);
});

it("what is as it was is left alone: nothing is written to Stripe", async () => {
  own.stripe.rest();
  expect(await applyCatalog()).toEqual([]);
  expect(own.stripe.calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
});

describe("what Stripe keeps in another spelling", () => {
  const typed = (one: object) => plan({ prices: [price(one)] });
  it.each<[string, object]>([
    ["a currency in capitals", typed({ currency: "USD" })],
    ["a currency in mixed letters, with blanks", typed({ currency: " UsD " })],
    ["an interval in capitals", typed({ interval: "Month" })],
    ["blanks around a lookup key", typed({ lookup_key: " anvil_monthly\n" })],
    ["blanks around a plan's key", plan({ plan: "anvil " })],
    ["blanks around a name", plan({ name: "  Anvil " })],
    ["blanks around a description", plan({ description: "\tHolds what is hit. \n" })],
    ["blanks around features", plan({ features: [" Horn", "Face  "] })],
    ["blanks around a family", plan({ family: " smithy " })],
  ])("%s is no change", async (_, one) => {
    own.stripe.rest();
    expect(await apply(one, hammer)).toEqual([]);
    expect(own.stripe.calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
  });

  it("is made as Stripe keeps it, where it is new", async () => {
    const spaced = price({ lookup_key: "tongs_once ", currency: " EUR", interval: null });
    const tongs = plan({
      plan: "tongs",
      family: null,
      name: "Tongs ",
      features: ["Long "],
      prices: [spaced],
    });
    await apply(plan(), hammer, tongs);
    const [made] = await productAt("tongs");
    expect(made).toMatchObject({ name: "Tongs", marketing_features: [{ name: "Long" }] });
    expect(await pricesAt(made?.id)).toMatchObject([{ lookup_key: "tongs_once", currency: "eur" }]);
    expect(await applyCatalog()).toEqual([]);
  });
});

describe("a plan that says something else", () => {
  it.each([
    ["name", { name: "Great anvil" }, { name: "Great anvil" }],
    ["description", { description: "Holds." }, { description: "Holds." }],
    ["features", { features: ["Face", "Horn"] }, { features: ["Face", "Horn"] }],
    ["fewer features", { features: ["Horn"] }, { features: ["Horn"] }],
    ["no features", { features: [] }, { features: [] }],
    ["two features become one of two lines", { features: ["Horn\nFace"] }, { features: ["Horn\nFace"] }],
    ["family", { family: "forge" }, { family: "forge" }],
    ["no family", { family: null }, { family: null }],
  ])("%s: Stripe and the row say it, and the price stays", async (_, over, expected) => {
    const before = (await listProducts()).find(({ plan }) => plan === "anvil");
    const changed = plan(over);
    expect(await apply(changed, hammer)).toEqual([`updated the product ${changed.name}`]);
    expect((await listProducts()).find(({ plan }) => plan === "anvil")).toEqual({ ...before, ...expected });
    expect(await applyCatalog()).toEqual([]);
  });

  it("another place in the order: both move", async () => {
    expect(await apply(hammer, plan())).toEqual(["updated the product Hammer", "updated the product Anvil"]);
    expect((await onSale()).map(([key]) => key)).toEqual(["hammer", "anvil"]);
    expect(await applyCatalog()).toEqual([]);
  });

  it("archived in the dashboard: it is on sale again", async () => {
    const [product] = await productAt("anvil");
    await stripe.products.update(product?.id ?? "", { active: false });
    expect(await applyCatalog()).toEqual(["updated the product Anvil"]);
    expect((await productAt("anvil"))[0]).toMatchObject({ active: true });
    expect(await applyCatalog()).toEqual([]);
  });
});

describe("a price that is another", () => {
  it.each([
    ["amount", { unit_amount: 1_300 }],
    ["currency", { currency: "eur" }],
    ["interval", { interval: "year" }],
    ["once instead of monthly", { interval: null }],
    ["lookup key", { lookup_key: "anvil_new" }],
  ])("%s: a new one takes over, the old one is archived, and its row stays", async (_, over) => {
    const [product] = await productAt("anvil");
    const old = (await pricesAt(product?.id)).find(({ active }) => active);
    const [row] = (await listProducts()).filter(({ plan }) => plan === "anvil");
    const wanted = price(over);
    expect(await apply(plan({ prices: [wanted] }), hammer)).toEqual([
      `created the price ${wanted.lookup_key}`,
      `archived the price ${old?.id} of Anvil`,
    ]);
    const now = await pricesAt(product?.id);
    expect(now.find(({ id }) => id === old?.id)).toEqual({
      ...old,
      active: false,
      // A key leads to one price: the new one has taken it.
      lookup_key: wanted.lookup_key === old?.lookup_key ? null : old?.lookup_key,
    });
    expect(now.filter(({ active }) => active)).toMatchObject([wanted]);
    const [sold] = (await listProducts()).filter(({ plan }) => plan === "anvil");
    expect(sold).toMatchObject({
      unitAmount: wanted.unit_amount,
      interval: wanted.interval,
      currency: wanted.currency,
      lookupKey: wanted.lookup_key,
    });
    expect(sold?.id).not.toBe(row?.id);
    const kept = (await db.select().from(products)).find(({ id }) => id === row?.id);
    expect(kept).toMatchObject({ active: false, unitAmount: row?.unitAmount });
    expect(await applyCatalog()).toEqual([]);
  });

  it("added: the first stays", async () => {
    const second = price({ lookup_key: "anvil_yearly", unit_amount: 11_000, interval: "year" });
    expect(await apply(plan({ prices: [price(), second] }), hammer)).toEqual([
      "created the price anvil_yearly",
    ]);
    expect(await onSale()).toEqual([
      ["anvil", "anvil_monthly", 1_100],
      ["anvil", "anvil_yearly", 11_000],
      ["hammer", "hammer_once", 700],
    ]);
  });
});

describe("a plan that is gone from the file", () => {
  it("is archived once; the others, and what is no plan of ours, stay", async () => {
    const foreign = await stripe.products.create({ name: "Somebody else's" });
    expect(await apply(hammer)).toEqual(["updated the product Hammer", "archived the product Anvil"]);
    expect(await onSale()).toEqual([["hammer", "hammer_once", 700]]);
    expect((await productAt("anvil"))[0]).toMatchObject({ active: false });
    expect(await stripe.products.retrieve(foreign.id)).toMatchObject({ active: true });
    expect(await applyCatalog()).toEqual([]);
    const [row] = (await db.select().from(products)).filter(({ plan, active }) => plan === "anvil" && active);
    expect(row).toBeUndefined();
  });

  it("comes back as what it was", async () => {
    const [before] = (await listProducts()).filter(({ plan }) => plan === "anvil");
    await apply(hammer);
    await apply(plan(), hammer);
    expect((await listProducts()).filter(({ plan }) => plan === "anvil")).toEqual([before]);
    expect(await productAt("anvil")).toHaveLength(1);
  });
});

describe("the file", () => {
  const features = (count: number) => Array.from({ length: count }, (_, n) => `Feature ${n}`);
  it.each([
    ["a plan without features", plan({ features: [] })],
    ["fifteen features, as many as Stripe takes", plan({ features: features(15) })],
    ["a price of nothing", plan({ prices: [price({ unit_amount: 0 })] })],
    ["a price by the year", plan({ prices: [price({ interval: "year" })] })],
    ["a price that is paid once", plan({ prices: [price({ interval: null })] })],
  ])("may hold %s", async (_, one) => {
    write(one);
    expect(await readCatalogFile()).toEqual({ plans: [one] });
  });

  it.each([
    ["sixteen features", plan({ features: features(16) })],
    ["a plan without a price", plan({ prices: [] })],
    ["a plan without a key", plan({ plan: "" })],
    ["a plan without a name", plan({ name: "" })],
    ["a plan without a description", plan({ description: "" })],
    ["a plan that does not speak of its family", plan({ family: undefined })],
    ["what nobody knows of a plan", plan({ colour: "red" })],
    ["what nobody knows of a price", plan({ prices: [price({ colour: "red" })] })],
    ["a price without a key", plan({ prices: [price({ lookup_key: "" })] })],
    ["a price below nothing", plan({ prices: [price({ unit_amount: -1 })] })],
    ["a part of a cent", plan({ prices: [price({ unit_amount: 0.5 })] })],
    ["a currency of two letters", plan({ prices: [price({ currency: "us" })] })],
    ["a currency of four letters", plan({ prices: [price({ currency: "usdt" })] })],
    ["a name of blanks", plan({ name: "  " })],
    ["a feature of blanks", plan({ features: [" "] })],
    ["a feature of 81 characters, one more than Stripe takes", plan({ features: ["x".repeat(81)] })],
    ["a price by the week", plan({ prices: [price({ interval: "week" })] })],
    ["a price that does not say how often", plan({ prices: [price({ interval: undefined })] })],
  ])("may not hold %s", async (_, one) => {
    write(one);
    await expect(readCatalogFile()).rejects.toThrow();
  });

  it.each<[string, object[], string]>([
    [
      "an unknown currency",
      [plan({ prices: [price({ currency: "uds" })] })],
      'plans.0.prices.0.currency: "uds" is no currency that Stripe knows',
    ],
    [
      "one plan twice",
      [plan(), plan({ prices: [price({ lookup_key: "other" })] })],
      'plans: two plans are called "anvil"',
    ],
    [
      "one lookup key twice",
      [plan(), plan({ plan: "other" })],
      'plans: two prices have the lookup key "anvil_monthly"',
    ],
  ])("with %s is refused by a sentence", async (_, plans, sentence) => {
    write(...plans);
    await expect(readCatalogFile()).rejects.toThrow(
      `catalog.json is not right, so nothing was changed:\n  ${sentence}`,
    );
  });

  it("may hold a feature of 80 characters, as many as Stripe takes", async () => {
    write(plan({ features: ["x".repeat(80)] }));
    expect((await readCatalogFile()).plans[0]?.features).toEqual(["x".repeat(80)]);
  });

  it("that is no JSON is refused by a sentence", async () => {
    file.text = "{";
    await expect(readCatalogFile()).rejects.toThrow(/^catalog\.json is no JSON: /);
  });

  it("that is wrong in one plan changes nothing at all", async () => {
    own.stripe.rest();
    await expect(apply(plan({ name: "New" }), { ...hammer, prices: [] })).rejects.toThrow();
    expect(own.stripe.calls).toEqual([]);
  });
});
