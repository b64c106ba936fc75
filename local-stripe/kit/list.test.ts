import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";

const local = startLocalStripe();

const names = (rows: readonly Stripe.Customer[]) => rows.map(({ name }) => name).join("");

describe("pages", () => {
  const ids: Record<string, string> = {};

  beforeEach(async () => {
    for (const name of "abcdefg") ids[name] = (await local.stripe.customers.create({ name })).id;
  });

  test.each<[Stripe.CustomerListParams, string, boolean]>([
    [{}, "gfedcba", false],
    [{ limit: 7 }, "gfedcba", false],
    [{ limit: 6 }, "gfedcb", true],
    [{ limit: 3, starting_after: "e" }, "dcb", true],
    [{ limit: 4, starting_after: "e" }, "dcba", false],
    [{ starting_after: "a" }, "", false],
    [{ limit: 2, ending_before: "c" }, "ed", true],
    [{ limit: 4, ending_before: "c" }, "gfed", false],
    [{ ending_before: "g" }, "", false],
  ])("%j", async (params, expected, more) => {
    const { starting_after, ending_before, ...rest } = params;
    const page = await local.stripe.customers.list({
      ...rest,
      ...(starting_after ? { starting_after: ids[starting_after] } : {}),
      ...(ending_before ? { ending_before: ids[ending_before] } : {}),
    });
    expect([names(page.data), page.has_more]).toEqual([expected, more]);
    expect(Object.keys(page).sort()).toEqual(["data", "has_more", "object", "url"]);
    expect([page.object, page.url]).toEqual(["list", "/v1/customers"]);
  });

  test("the SDK walks through all of them, both ways", async () => {
    const forward = local.stripe.customers.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
    expect(names(await forward)).toBe("gfedcba");
    const backward = local.stripe.customers
      .list({ limit: 2, ending_before: ids.b })
      .autoPagingToArray({ limit: 100 });
    expect(names(await backward)).toBe("cdefg");
  });

  test("and through what a search found", async () => {
    const search = local.stripe.customers.search({ query: "created>0", limit: 2 });
    expect(names(await search.autoPagingToArray({ limit: 100 }))).toBe("gfedcba");
  });

  test("a row that was deleted meanwhile cannot be gone on from", async () => {
    await local.stripe.customers.del(ids.d as string);
    await expect(local.stripe.customers.list({ starting_after: ids.d })).rejects.toMatchObject({
      statusCode: 400,
      code: "resource_missing",
      param: "starting_after",
    });
  });

  test("a new row on top does not move the page below", async () => {
    const first = await local.stripe.customers.list({ limit: 3 });
    await local.stripe.customers.create({ name: "h" });
    const second = await local.stripe.customers.list({ limit: 3, starting_after: first.data.at(-1)?.id });
    expect(names(second.data)).toBe("dcb");
  });
});

test("a limit that is no number is refused", async () => {
  await expect(local.stripe.customers.list({ limit: "some" as never })).rejects.toMatchObject({
    statusCode: 400,
    code: "parameter_invalid_integer",
    param: "limit",
  });
});

describe("created", () => {
  let times: readonly number[] = [];

  beforeEach(async () => {
    const clock = async (name: string) => {
      const { created } = await local.stripe.customers.create({ name });
      await local.control("clock/advance?seconds=100");
      return created;
    };
    times = [await clock("a"), await clock("b"), await clock("c")];
  });

  test.each<[string, (t: readonly number[]) => Stripe.CustomerListParams["created"], string]>([
    ["a second", ([, b]) => b as number, "b"],
    ["gt", ([, b]) => ({ gt: b }), "c"],
    ["gte", ([, b]) => ({ gte: b }), "cb"],
    ["lt", ([, b]) => ({ lt: b }), "a"],
    ["lte", ([, b]) => ({ lte: b }), "ba"],
    ["both ends", ([a, , c]) => ({ gt: a, lt: c }), "b"],
    ["nothing in between", ([a, b]) => ({ gt: a, lt: b }), ""],
  ])("%s", async (_, range, expected) => {
    expect(names((await local.stripe.customers.list({ created: range(times) })).data)).toBe(expected);
  });

  test("a name that no range has is refused", async () => {
    const created = { since: times[0] } as Stripe.RangeQueryParam;
    await expect(local.stripe.customers.list({ created })).rejects.toMatchObject({
      statusCode: 400,
      code: "parameter_unknown",
      param: "created[since]",
    });
  });
});

test("a page goes on behind an object that has meanwhile left the list", async () => {
  const { ids } = await sixPrices();
  await local.stripe.prices.update(ids[3] as string, { active: false });
  const rest = await local.stripe.prices.list({ active: true, starting_after: ids[3] as string });
  expect(rest.data.map(({ id }) => id)).toEqual([ids[2], ids[1], ids[0]]);
  const newer = await local.stripe.prices.list({ active: true, ending_before: ids[3] as string });
  expect(newer.data.map(({ id }) => id)).toEqual([ids[5], ids[4]]);
});

/** Oldest first. */
async function sixPrices(): Promise<{ ids: string[] }> {
  const product = (await local.stripe.products.create({ name: "Pro" })).id;
  const ids: string[] = [];
  for (let amount = 100; amount <= 600; amount += 100) {
    ids.push((await local.stripe.prices.create({ currency: "usd", product, unit_amount: amount })).id);
  }
  return { ids };
}
