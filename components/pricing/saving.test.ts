import { describe, expect, it } from "vitest";
import { bestSaving, isMonthly, isYearly, yearlySaving } from "./saving";

const price = (plan: string, interval: "month" | "year" | null, unitAmount: number, currency = "usd") => ({
  plan,
  interval,
  intervalCount: 1,
  unitAmount,
  currency,
});

describe("yearlySaving", () => {
  it("is what a year costs less than twelve months", () => {
    // 12 × 19.00 = 228.00; 228.00 − 199.00 = 29.00, of 228.00 that is 12.7 %.
    const tiers = [price("starter", "month", 1900), price("starter", "year", 19_900)];
    expect(yearlySaving("starter", tiers)).toEqual({ amount: 2900, percent: 13, currency: "usd" });
    expect(yearlySaving("starter", tiers.toReversed())).toMatchObject({ amount: 2900 });
  });

  it.each([
    ["half a percent up", 199, 1, 1],
    ["less than half a percent down", 201, 1, 0],
    ["everything", 200, 200, 100],
  ])("rounds %s", (_, twelve, amount, percent) => {
    const tiers = [price("odd", "month", twelve / 12), price("odd", "year", twelve - amount)];
    expect(yearlySaving("odd", tiers)).toMatchObject({ percent });
  });

  it("is the smallest unit, though it rounds to no percent", () => {
    const tiers = [price("starter", "month", 1900), price("starter", "year", 22_799)];
    expect(yearlySaving("starter", tiers)).toEqual({ amount: 1, percent: 0, currency: "usd" });
  });

  it.each([
    ["the year costs twelve months", [price("a", "month", 1900), price("a", "year", 22_800)]],
    ["the year costs more", [price("a", "month", 1900), price("a", "year", 22_801)]],
    ["all is free", [price("a", "month", 0), price("a", "year", 0)]],
    ["there is no year", [price("a", "month", 1900)]],
    ["there is no month", [price("a", "year", 19_900)]],
    ["the year is another plan's", [price("a", "month", 1900), price("b", "year", 100)]],
    ["the month is another plan's", [price("b", "month", 1900), price("a", "year", 100)]],
    ["the currencies differ", [price("a", "month", 1900, "usd"), price("a", "year", 19_900, "eur")]],
    [
      "the one bills every three months, the other every two years",
      [
        { ...price("a", "month", 1900), intervalCount: 3 },
        { ...price("a", "year", 100), intervalCount: 2 },
      ],
    ],
    [
      "the month is three months",
      [{ ...price("a", "month", 1900), intervalCount: 3 }, price("a", "year", 19_900)],
    ],
    [
      "the year is two years",
      [price("a", "month", 1900), { ...price("a", "year", 19_900), intervalCount: 2 }],
    ],
    ["one is paid once", [price("a", null, 100), price("a", "month", 1900)]],
    ["nothing is on sale", []],
  ])("is none when %s", (_, tiers) => {
    expect(yearlySaving("a", tiers)).toBeNull();
  });
});

it.each([
  ["day", 1, false, false],
  ["week", 1, false, false],
  ["month", 1, true, false],
  ["month", 3, false, false],
  ["month", 12, false, false],
  ["year", 1, false, true],
  ["year", 2, false, false],
  [null, 1, false, false],
] as const)("%s × %i is monthly: %s, yearly: %s", (interval, intervalCount, monthly, yearly) => {
  expect(isMonthly({ interval, intervalCount })).toBe(monthly);
  expect(isYearly({ interval, intervalCount })).toBe(yearly);
});

describe("bestSaving", () => {
  // Starter saves 2,900 of 22,800 (13 %), Pro 18,900 of 118,800 (16 %), Huge 100,000 of 12,000,000 (1 %).
  const starter = [price("starter", "month", 1900), price("starter", "year", 19_900)];
  const pro = [price("pro", "month", 9900, "eur"), price("pro", "year", 99_900, "eur")];
  const huge = [price("huge", "month", 1_000_000), price("huge", "year", 11_900_000)];
  const same = [price("same", "month", 500), price("same", "year", 6000)];

  it("is the largest share, whatever the order and however large the sums", () => {
    const best = { amount: 18_900, percent: 16, currency: "eur" };
    expect(bestSaving([...same, ...starter, ...pro, ...huge])).toEqual(best);
    expect(bestSaving([...huge, ...pro, ...starter, ...same])).toEqual(best);
  });

  it("is none when no plan has one", () => {
    expect(bestSaving(same)).toBeNull();
    expect(bestSaving([])).toBeNull();
  });
});
