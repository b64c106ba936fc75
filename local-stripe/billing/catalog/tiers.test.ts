import Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { at } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";

const local = startLocalStripe();

/**
 * The example of https://docs.stripe.com/billing/subscriptions/tiers: $5, $4 and $3 a unit, with flat fees of $10, $20
 * and $30.
 */
const TIERS = [
  { up_to: 5, unit_amount: 500, flat_amount: 1000 },
  { up_to: 10, unit_amount: 400, flat_amount: 2000 },
  { up_to: "inf" as const, unit_amount: 300, flat_amount: 3000 },
];

interface Product {
  readonly name?: string;
  readonly unit_label?: string;
}

const priceOf = (
  more: Partial<Stripe.PriceCreateParams>,
  { name = "Pro", unit_label }: Product = {},
): Promise<Stripe.Price> =>
  local.stripe.prices.create({
    currency: "usd",
    recurring: { interval: "month" },
    product_data: { name, ...(unit_label ? { unit_label } : {}) },
    ...more,
  });

const tiered = (
  tiers_mode: "graduated" | "volume",
  tiers: Stripe.PriceCreateParams.Tier[] = TIERS,
  product: Product = {},
) => priceOf({ billing_scheme: "tiered", tiers_mode, tiers }, product);

const preview = ({ id }: Stripe.Price, quantity: number) =>
  local.stripe.invoices.createPreview({ subscription_details: { items: [{ price: id, quantity }] } });

const lines = async (price: Stripe.Price, quantity: number) =>
  (await preview(price, quantity)).lines.data.map((line) => [line.description, line.quantity, line.amount]);

describe("the sum of a quantity", () => {
  // By hand, in cents. The documentation has the rows of 0 and 12.
  const ROWS = [
    { quantity: 0, volume: 1000, graduated: 1000 },
    { quantity: 1, volume: 1500, graduated: 1500 },
    { quantity: 5, volume: 3500, graduated: 3500 },
    { quantity: 6, volume: 4400, graduated: 5900 },
    { quantity: 10, volume: 6000, graduated: 7500 },
    { quantity: 11, volume: 6300, graduated: 10_800 },
    { quantity: 12, volume: 6600, graduated: 11_100 },
    { quantity: 100, volume: 33_000, graduated: 37_500 },
  ];

  test.each(ROWS)("$quantity cost $volume by volume and $graduated graduated", async (row) => {
    const { quantity, volume, graduated } = row;
    expect((await preview(await tiered("volume"), quantity)).total).toBe(volume);
    expect((await preview(await tiered("graduated"), quantity)).total).toBe(graduated);
  });

  // The first five: https://docs.stripe.com/billing/subscriptions/quantity-transformation.
  test.each([
    [1, "up", 1000],
    [3, "up", 1000],
    [5, "up", 1000],
    [6, "up", 2000],
    [7, "up", 2000],
    [0, "up", 0],
    [4, "down", 0],
    [5, "down", 1000],
    [9, "down", 1000],
    [10, "down", 2000],
  ] as const)("%i in packages of five, rounded %s, cost %i", async (quantity, round, total) => {
    const price = await priceOf({ unit_amount: 1000, transform_quantity: { divide_by: 5, round } });
    expect(price.transform_quantity).toEqual({ divide_by: 5, round });
    expect((await preview(price, quantity)).total).toBe(total);
  });
});

describe("the lines of an invoice", () => {
  test("graduated: each tier has its units and its flat fee, each rounded (recorded)", async () => {
    const tiers = [
      { up_to: 1000, unit_amount: 0, flat_amount: 900 },
      { up_to: "inf" as const, unit_amount_decimal: Stripe.Decimal.from("3.6"), flat_amount: 0 },
    ];
    const price = await tiered("graduated", tiers, { name: "Gitpod Usage", unit_label: "credit" });
    expect(await lines(price, 1031)).toEqual([
      ["1000 credit × Gitpod Usage (Tier 1 at $0.00 / month)", 1000, 0],
      ["Gitpod Usage (Tier 1 at $9.00 / month)", 0, 900],
      ["31 credit × Gitpod Usage (Tier 2 at $0.036 / month)", 31, 112],
      ["Gitpod Usage (Tier 2 at $0.00 / month)", 0, 0],
    ]);
  });

  test("a flat fee alone has a line of units beside it, also for nothing (recorded)", async () => {
    const tiers = [
      { up_to: 100_000, flat_amount: 999 },
      { up_to: "inf" as const, unit_amount_decimal: Stripe.Decimal.from("0.02") },
    ];
    const price = await tiered("graduated", tiers, { name: "Basic", unit_label: "character" });
    expect(await lines(price, 0)).toEqual([
      ["0 character × Basic (Tier 1 at $0.00 / month)", 0, 0],
      ["Basic (Tier 1 at $9.99 / month)", 0, 999],
    ]);
  });

  test("volume: the tier of all units, without a line for no flat fee (recorded)", async () => {
    const tiers = [
      { up_to: 1, unit_amount: 1800 },
      { up_to: "inf" as const, unit_amount: 1600 },
    ];
    const price = await tiered("volume", tiers, { name: "Point-Free Monthly", unit_label: "seat" });
    expect(await lines(price, 1)).toEqual([
      ["1 seat × Point-Free Monthly (Tier 1 at $18.00 / month)", 1, 1800],
    ]);
    expect(await lines(price, 2)).toEqual([
      ["2 seat × Point-Free Monthly (Tier 2 at $16.00 / month)", 2, 3200],
    ]);
  });

  test("packages: all units, and the price of a package (recorded)", async () => {
    const transform_quantity = { divide_by: 60, round: "up" } as const;
    const price = await priceOf({ unit_amount: 8, transform_quantity }, { name: "Voice Engine" });
    expect(await lines(price, 9892)).toEqual([
      ["9892 × Voice Engine (at $0.08 per 60 units / month)", 9892, 1320],
    ]);
  });

  test("the label of a unit stands behind its number (recorded)", async () => {
    const price = await priceOf({ unit_amount: 2500 }, { unit_label: "user" });
    expect(await lines(price, 1)).toEqual([["1 user × Pro (at $25.00 / month)", 1, 2500]]);
  });
});

describe("a subscription with tiers", () => {
  test("is billed by them, prorated as a whole, and credited what was debited", async () => {
    const { id } = await tiered("graduated");
    const START = at("2026-01-01T00:00:00");
    const life = await Life.begin(local, {
      time: START,
      price: id,
      more: { items: [{ price: id, quantity: 6 }] },
    });
    const opened = await life.lastInvoice();
    expect(opened.total).toBe(5900);
    const page = await (await fetch(String(opened.hosted_invoice_url))).text();
    for (const { description } of opened.lines.data) expect(page).toContain(description);
    expect(opened.lines.data).toHaveLength(4);
    await life.to(at("2026-01-16T12:00:00"));
    const item = await life.item();
    await local.stripe.subscriptions.update(life.id, { items: [{ id: item.id, quantity: 12 }] });
    const pending = await local.stripe.invoiceItems.list({ customer: life.customer, pending: true });
    expect(pending.data.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual([-2950, 5550]);
    const [credit] = pending.data.filter(({ amount }) => amount < 0);
    const first = await life.lastInvoice();
    expect(credit?.proration_details?.credited_items?.invoice_line_item_details).toEqual({
      invoice: first.id,
      invoice_line_items: first.lines.data.map((line) => line.id),
    });
    await life.to(at("2026-02-01T02:00:00"));
    expect((await life.lastInvoice()).total).toBe(-2950 + 5550 + 11_100);
  });

  test("shows its tiers only to those who ask, and a plan of the same kind (type)", async () => {
    const { id } = await tiered("graduated");
    const plain = await local.stripe.prices.retrieve(id);
    expect(plain).toMatchObject({ billing_scheme: "tiered", tiers_mode: "graduated", unit_amount: null });
    expect(plain).not.toHaveProperty("tiers");
    const { tiers } = await local.stripe.prices.retrieve(id, { expand: ["tiers"] });
    expect(tiers?.map((tier) => [tier.up_to, tier.unit_amount, tier.flat_amount])).toEqual([
      [5, 500, 1000],
      [10, 400, 2000],
      [null, 300, 3000],
    ]);
    const life = await Life.begin(local, { price: id });
    expect((await life.item()).plan).toMatchObject({ amount: null, tiers_mode: "graduated" });
    const params = { expand: ["items.data.price.tiers"] };
    const expanded = await local.stripe.subscriptions.retrieve(life.id, params);
    expect(expanded.items.data[0]?.price.tiers).toEqual(tiers);
  });

  test("a list of prices with and without tiers can be expanded", async () => {
    await priceOf({ unit_amount: 700 });
    await tiered("volume");
    const { data } = await local.stripe.prices.list({ expand: ["data.tiers"] });
    expect(data.map(({ tiers }) => tiers?.length)).toEqual([3, undefined]);
  });
});

describe("refused", () => {
  const INF = { up_to: "inf" as const, unit_amount: 300 };
  const refusal = (more: object) =>
    priceOf({ billing_scheme: "tiered", tiers_mode: "volume", tiers: [INF], ...more }).then(
      () => undefined,
      ({ statusCode, message, param }: Stripe.errors.StripeError) => [statusCode, message, param],
    );

  test("tiers of a price that is paid once (recorded)", async () => {
    expect(await refusal({ recurring: undefined })).toEqual([
      400,
      "Prices with `type=one_time` are not supported with tiered billing.",
      "interval",
    ]);
  });

  test("tiers together with packages (recorded)", async () => {
    expect(await refusal({ transform_quantity: { divide_by: 5, round: "up" } })).toEqual([
      400,
      "You may only specify one of these parameters: tiers, transform_quantity.",
      "tiers",
    ]);
  });

  test("a tier without an amount, or without its end (recorded)", async () => {
    expect(await refusal({ tiers: [{ up_to: "inf" }] })).toEqual([
      400,
      "An entry in the tiers array is missing an amount.",
      "tiers",
    ]);
    expect(await refusal({ tiers: [{ up_to: 1, unit_amount: 2900 }, { unit_amount: 100 }] })).toEqual([
      400,
      "Missing required param: tiers[1][up_to].",
      "tiers[1][up_to]",
    ]);
  });

  test("a price without an amount (recorded)", async () => {
    expect(await refusal({ billing_scheme: "per_unit", tiers: undefined, tiers_mode: undefined })).toEqual([
      400,
      "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.",
      undefined,
    ]);
  });

  test("a metered price without a meter (recorded)", async () => {
    const recurring = { interval: "month", usage_type: "metered" };
    const perUnit = { billing_scheme: undefined, tiers: undefined, tiers_mode: undefined, unit_amount: 5 };
    expect((await refusal({ ...perUnit, recurring }))?.slice(0, 2)).toEqual([
      400,
      "Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.",
    ]);
  });

  test.each([
    ["tiers that go on, without an open one", { tiers: [{ up_to: 5, unit_amount: 500 }] }, "tiers"],
    [
      "tiers that go back",
      { tiers: [{ up_to: 5, unit_amount: 500 }, { up_to: 5, unit_amount: 400 }, INF] },
      "tiers",
    ],
    ["an open tier before the last", { tiers: [INF, INF] }, "tiers"],
    ["a mode that is missing", { tiers_mode: undefined }, "tiers_mode"],
    ["tiers that are missing", { tiers: undefined }, "tiers"],
    ["tiers of a price per unit", { billing_scheme: "per_unit", unit_amount: 500 }, "tiers"],
    ["an amount beside the tiers", { unit_amount: 500 }, "unit_amount"],
    ["two amounts of a tier", { tiers: [{ ...INF, unit_amount_decimal: "1" }] }, "tiers[0][unit_amount]"],
    [
      "packages of nothing",
      { tiers: undefined, transform_quantity: { divide_by: 0, round: "up" } },
      "transform_quantity[divide_by]",
    ],
  ])("%s (inferred)", async (_, more, param) => {
    const refused = await refusal(more);
    expect([refused?.[0], refused?.[2]]).toEqual([400, param]);
  });
});
