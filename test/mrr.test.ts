import { describe, expect, it } from "vitest";
import type { VersionDiscount, VersionItem } from "@/db/schema";
import { type BilledVersion, mrrAt, mrrStepsAfter } from "@/lib/billing/objects/mrr";

/**
 * Monthly recurring revenue in millionths of a cent, each sum computed by hand from the definition: month 1/count, year
 * 1/(12 × count), week 365.25/(7 × 12 × count), day 365.25/(12 × count); discounts `forever` always, `repeating` while
 * valid, `once` never; active and past_due only, not while paused; licensed items only.
 */

const NOW = 1_790_000_000;

const item = (over: Partial<VersionItem> = {}): VersionItem => ({
  stripeId: "si_1",
  stripePriceId: "price_1",
  stripeProductId: "prod_1",
  quantity: 1,
  unitAmountDecimal: "1900",
  interval: "month",
  intervalCount: 1,
  usageType: "licensed",
  ...over,
});
const discount = (over: Partial<VersionDiscount> = {}): VersionDiscount => ({
  id: "di_1",
  couponId: "coupon_1",
  percentOff: null,
  amountOff: null,
  currency: null,
  duration: "forever",
  end: null,
  stripeItemId: null,
  ...over,
});
const version = (over: Partial<BilledVersion> = {}): BilledVersion => ({
  status: "active",
  pauseBehavior: null,
  currency: "usd",
  items: [item()],
  discounts: [],
  ...over,
});

describe("by its interval", () => {
  it.each([
    ["month", 1, "1900", 1, 1_900_000_000n],
    ["month", 3, "1900", 1, 633_333_333n], // 633.333 333 3
    ["month", 6, "1900", 1, 316_666_667n], // 316.666 666 6, rounded up
    ["year", 1, "19000", 1, 1_583_333_333n], // 19000 / 12
    ["year", 2, "19000", 1, 791_666_667n], // 19000 / 24
    ["week", 1, "700", 1, 3_043_750_000n], // 700 × 365.25 / 84
    ["week", 4, "700", 1, 760_937_500n],
    ["day", 1, "100", 1, 3_043_750_000n], // 100 × 365.25 / 12
    ["day", 30, "100", 1, 101_458_333n],
    ["month", 1, "1250.5", 3, 3_751_500_000n],
    ["month", 1, "0.000000000001", 1, 0n],
    ["month", 1, "0.0000005", 1, 1n], // half of a millionth is rounded up
    ["month", 1, "0.000000499999", 1, 0n],
    ["month", 1, "1900", 0, 0n],
  ] as const)("%s × %i, %s × %i: %s", (interval, intervalCount, unitAmountDecimal, quantity, expected) => {
    const items = [item({ interval, intervalCount, unitAmountDecimal, quantity })];
    expect(mrrAt(version({ items }), NOW)).toBe(expected);
  });

  it("a third three times is one: no item is rounded by itself", () => {
    const third = (stripeId: string) => item({ stripeId, unitAmountDecimal: "100", intervalCount: 3 });
    expect(mrrAt(version({ items: [third("si_1"), third("si_2"), third("si_3")] }), NOW)).toBe(100_000_000n);
  });

  it("sums items of different intervals", () => {
    const items = [
      item(),
      item({ stripeId: "si_2", interval: "year", unitAmountDecimal: "2400", quantity: 2 }),
    ];
    expect(mrrAt(version({ items }), NOW)).toBe(2_300_000_000n);
  });

  it("is exact beyond what a float holds", () => {
    const items = [item({ unitAmountDecimal: "99999999.999999999999", quantity: 90_001 })];
    // 99999999.999999999999 × 90001 = 9000099999999.999999909999
    expect(mrrAt(version({ items }), NOW)).toBe(9_000_100_000_000_000_000n);
  });
});

describe("nothing", () => {
  it.each(["trialing", "incomplete", "incomplete_expired", "unpaid", "canceled", "paused"])(
    "while %s",
    (status) => {
      expect(mrrAt(version({ status }), NOW)).toBe(0n);
    },
  );
  it.each(["active", "past_due"])("but not while %s", (status) => {
    expect(mrrAt(version({ status }), NOW)).toBe(1_900_000_000n);
  });
  it.each(["void", "keep_as_draft", "mark_uncollectible"])("while paused: %s", (pauseBehavior) => {
    expect(mrrAt(version({ pauseBehavior }), NOW)).toBe(0n);
  });
  it.each([
    ["what is metered", { usageType: "metered" }],
    ["a price with tiers, which has no amount", { unitAmountDecimal: null }],
    ["a price without an interval", { interval: null, usageType: null }],
  ])("for %s", (_, over) => {
    expect(mrrAt(version({ items: [item({ stripeId: "si_2", ...over }), item()] }), NOW)).toBe(
      1_900_000_000n,
    );
    expect(mrrAt(version({ items: [item(over)] }), NOW)).toBe(0n);
  });
});

describe("discounts", () => {
  const mrrWith = (discounts: VersionDiscount[], items = [item()]) =>
    mrrAt(version({ items, discounts }), NOW);

  it.each([
    ["percent", { percentOff: 12.5 }, 1_662_500_000n],
    ["percent that no float holds", { percentOff: 33.3 }, 1_267_300_000n],
    ["all of it", { percentOff: 100 }, 0n],
    ["amount", { amountOff: 250, currency: "usd" }, 1_650_000_000n],
    ["amount, to the last cent", { amountOff: 1_900, currency: "usd" }, 0n],
    ["amount, more than there is", { amountOff: 2_500, currency: "usd" }, 0n],
    [
      "amount in another currency, which takes off what only Stripe knows",
      { amountOff: 250, currency: "eur" },
      1_900_000_000n,
    ],
    ["once", { percentOff: 50, duration: "once" }, 1_900_000_000n],
    ["of which nobody read the terms", { duration: null }, 1_900_000_000n],
    [
      "for some months, before its end",
      { percentOff: 50, duration: "repeating", end: NOW + 1 },
      950_000_000n,
    ],
    ["for some months, at its end", { percentOff: 50, duration: "repeating", end: NOW }, 1_900_000_000n],
    ["for some months, which have no end yet", { percentOff: 50, duration: "repeating" }, 950_000_000n],
  ])("%s", (_, over, expected) => {
    expect(mrrWith([discount(over)])).toBe(expected);
  });

  it("are taken off one after another, in their order", () => {
    const percent = discount({ percentOff: 10 });
    const amount = discount({ id: "di_2", amountOff: 100, currency: "usd" });
    expect(mrrWith([percent, amount])).toBe(1_610_000_000n); // 1900 × 0.9 − 100
    expect(mrrWith([amount, percent])).toBe(1_620_000_000n); // (1900 − 100) × 0.9
  });

  it("of an item lower it alone, before those of the whole", () => {
    const items = [item(), item({ stripeId: "si_2", unitAmountDecimal: "500" })];
    const own = discount({ id: "di_2", stripeItemId: "si_2", amountOff: 600, currency: "usd" });
    expect(mrrWith([own], items)).toBe(1_900_000_000n);
    expect(mrrWith([discount({ percentOff: 50 }), own], items)).toBe(950_000_000n);
  });

  it("lower each bill, and an amount is spread like the bill", () => {
    const yearly = [item({ interval: "year", unitAmountDecimal: "24000" })];
    expect(mrrWith([discount({ amountOff: 1_200, currency: "usd" })], yearly)).toBe(1_900_000_000n);
    const both = [item(), ...yearly.map((one) => ({ ...one, stripeId: "si_2" }))];
    // 1900 − 1200 by month, and (24000 − 1200) / 12
    expect(mrrWith([discount({ amountOff: 1_200, currency: "usd" })], both)).toBe(2_600_000_000n);
  });
});

describe("the changes to come without an event", () => {
  const half = (end: number, id: string) => discount({ id, percentOff: 50, duration: "repeating", end });
  const first = half(NOW + 100, "di_1");
  const last = half(NOW + 200, "di_2");

  it("are the ends of discounts, in order", () => {
    expect(mrrStepsAfter(version({ discounts: [last, first] }), NOW)).toEqual([
      { at: NOW + 100, mrrMicro: "950000000" },
      { at: NOW + 200, mrrMicro: "1900000000" },
    ]);
  });
  it("leave out the second itself and all before", () => {
    const discounts = [first, last];
    expect(mrrStepsAfter(version({ discounts }), NOW + 99)).toHaveLength(2);
    expect(mrrStepsAfter(version({ discounts }), NOW + 100)).toEqual([
      { at: NOW + 200, mrrMicro: "1900000000" },
    ]);
    expect(mrrStepsAfter(version({ discounts }), NOW + 200)).toEqual([]);
  });
  it("are none where nothing changes: nobody pays, or the end is another discount's", () => {
    expect(mrrStepsAfter(version({ status: "trialing", discounts: [first] }), NOW)).toEqual([]);
    expect(mrrStepsAfter(version({ discounts: [{ ...first, duration: "once" }] }), NOW)).toEqual([]);
    expect(mrrStepsAfter(version({ discounts: [first, half(NOW + 100, "di_3")] }), NOW)).toHaveLength(1);
    expect(mrrStepsAfter(version({ discounts: [discount({ percentOff: 5 })] }), NOW)).toEqual([]);
  });
});
