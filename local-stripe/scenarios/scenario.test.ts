import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { arrivals } from "./arrivals";
import { person } from "./people";
import { readScenario } from "./scenario";
import { scenarioFrom, shippedScenarios } from "./shipped";

const least = {
  name: "Small",
  months: 3,
  customers: { total: 10 },
  plans: [{ name: "Pro", monthly: { lookup_key: "pro", unit_amount: 2000 } }],
};

const read = (more: object, seed?: number) => readScenario(JSON.stringify({ ...least, ...more }), seed);

test("what is not said does not happen", () => {
  expect(read({})).toEqual({
    ...least,
    seed: 1,
    currency: "usd",
    customers: { total: 10, growth_per_month: 0 },
    plans: [{ name: "Pro", share: 1, monthly: { lookup_key: "pro", unit_amount: 2000 } }],
    yearly: 0,
    upgrades: 0,
    downgrades: 0,
    refunds: 0,
  });
  expect(read({ seed: 7 }).seed).toBe(7);
  expect(read({ seed: 7 }, 8).seed).toBe(8);
});

const price = least.plans[0]?.monthly;

test.each([
  [{ name: undefined }, "`name` must be given."],
  [{ months: "12" }, "`months` must be of type number."],
  [{ months: 1.5 }, "`months` must be a whole number."],
  [{ months: 0 }, "`months` must be at least 1."],
  [{ months: 121 }, "`months` must be at most 120."],
  [{ seed: -1 }, "`seed` must be at least 0."],
  [{ refunds: 1.01 }, "`refunds` must be at most 1."],
  [{ start: "31.01.2026" }, "`start` must be a date such as 2026-01-31."],
  [{ currency: "USD" }, "`currency` must be three small letters, such as usd."],
  [{ plans: [] }, "`plans` must be at least 1 entries long."],
  [{ plans: [{ name: "Pro" }] }, "`plans[0]` needs a `monthly` or a `yearly` price."],
  [{ plans: [{ name: "", monthly: price }] }, "`plans[0].name` must be at least 1 characters long."],
  [{ plans: [{ name: "Pro", share: 0, monthly: price }] }, "`plans[0].share` must be more than 0."],
  [
    { plans: [{ name: "Pro", monthly: price, yearly: price }] },
    "The lookup key `pro` is given to two prices.",
  ],
  [{ refund: 0.1 }, "The scenario has no `refund`."],
  [{ disputes: { share: 0.1, lost: 1 } }, "`disputes` has no `lost`."],
  [{ months: 0, seed: "x" }, "`seed` must be of type number. `months` must be at least 1."],
])("%j is refused in sentences", (more, sentence) => {
  expect(() => read(more)).toThrow(new Error(sentence));
});

test("a text that is no JSON, and a file that is not there, are refused in a sentence", () => {
  expect(() => readScenario("{")).toThrow(/^The scenario is no JSON: .+\.$/);
  expect(() => readScenario("[]")).toThrow("The scenario must be of type object.");
  expect(() => scenarioFrom("nowhere.json")).toThrow(
    "The scenario nowhere.json cannot be read (ENOENT); name a file, or one of growing-shop.",
  );
});

test("customers come evenly or in growing numbers, and all of them come", () => {
  const coming = (months: number, total: number, growth_per_month: number) =>
    arrivals({ months, customers: { total, growth_per_month } });
  expect(coming(4, 10, 0)).toEqual([3, 2, 3, 2]);
  // 1 + 2 + 4 + 8 = 15 parts.
  expect(coming(4, 150, 1)).toEqual([10, 20, 40, 80]);
  expect(coming(3, 70, -0.5)).toEqual([40, 20, 10]);
  expect(coming(24, 1, 0).reduce((sum, one) => sum + one)).toBe(1);
});

test("every customer has an e-mail address of their own", () => {
  const people = Array.from({ length: 10_000 }, (_, number) => person(number));
  expect(new Set(people.map(({ email }) => email)).size).toBe(10_000);
  expect(person(0)).toEqual({ name: "Ada Allen", email: "ada.allen.1@example.com" });
  for (const { email } of people) expect(email).toMatch(/^[a-z-]+\.[a-z-]+\.\d+@example\.com$/);
});

test("what comes along can be played, and the README has every field", () => {
  for (const [name, text] of Object.entries(shippedScenarios)) {
    expect(text).toBe(readFileSync(`local-stripe/scenarios/${name}.json`, "utf8"));
    expect(scenarioFrom(name).customers.total).toBe(1000);
  }
  const readme = readFileSync("local-stripe/README.md", "utf8");
  const section = readme.split("## Scenarios\n")[1]?.split("\n## ")[0] ?? "";
  const rows = Array.from(section.matchAll(/^\| (`[a-z`, ]+) \|/gm), ([, cell = ""]) => cell).join();
  const told = Array.from(rows.matchAll(/`(\w+)`/g), ([, field = ""]) => field);
  const everything = { ...JSON.parse(shippedScenarios["growing-shop"] ?? ""), start: "2026-01-31" };
  expect(told.sort()).toEqual(Object.keys(everything).sort());
});
