import { expect, test } from "vitest";
import { buildCoupon, type Coupon } from "../../objects/coupon";
import { type Discountable, discountAmounts, spread } from "./discount-amounts";

const line = (amount: number, more: Partial<Discountable> = {}): Discountable => ({
  amount,
  currency: "usd",
  discountable: true,
  product: "prod_pro",
  ...more,
});
const off = (coupon: Partial<Coupon>, products: string[] | null = null) => ({
  id: "di_1",
  coupon: buildCoupon(coupon),
  products,
});
const percent = (percent_off: number, products?: string[]) => off({ percent_off }, products);
const amount = (amount_off: number, currency = "usd") => off({ amount_off, currency });

test.each([
  ["half of an odd cent is rounded up", [line(1999)], [percent(50)], [[1000]]],
  ["percentages may have decimals", [line(10_000)], [percent(33.3333)], [[3333]]],
  ["a decimal percentage is exact where floating point is not", [line(250)], [percent(64.6)], [[162]]],
  ["everything", [line(2000), line(1)], [percent(100)], [[2000, 1]]],
  ["the whole is rounded, not each line", [line(5), line(5), line(5)], [percent(10)], [[1, 0, 1]]],
  ["an amount is shared out in proportion", [line(1000), line(3000)], [amount(500)], [[125, 375]]],
  ["shares add up to the amount", [line(100), line(100), line(100)], [amount(100)], [[33, 34, 33]]],
  ["never more than there is", [line(300), line(200)], [amount(9999)], [[300, 200]]],
  ["an amount of another currency takes nothing", [line(1000)], [amount(500, "eur")], [[0]]],
  ["a currency without cents", [line(501, { currency: "jpy" })], [percent(50)], [[251]]],
  ["an amount of such a currency", [line(500, { currency: "jpy" })], [amount(120, "jpy")], [[120]]],
  [
    "one after another: each takes from what is left",
    [line(2000)],
    [percent(50), amount(300)],
    [[1000], [300]],
  ],
  ["and the order matters", [line(2000)], [amount(300), percent(50)], [[300], [850]]],
  ["and nothing is left to the second", [line(2000)], [percent(100), amount(300)], [[2000], [0]]],
  [
    "credits and prorations are left alone",
    [line(2000), line(-500, { discountable: false })],
    [percent(10)],
    [[200, 0]],
  ],
  ["a negative line gets no discount", [line(2000), line(-500)], [amount(2500)], [[2000, 0]]],
  [
    "only the coupon's products",
    [line(2000), line(700, { product: "prod_x" })],
    [percent(50, ["prod_x"])],
    [[0, 350]],
  ],
  [
    "a line without a product is none of them",
    [line(2000, { product: null })],
    [percent(50, ["prod_x"])],
    [[0]],
  ],
  ["nothing to discount", [line(0)], [amount(500)], [[0]]],
  ["no discounts", [line(2000)], [], []],
])("%s", (_, lines, discounts, expected) => {
  expect(discountAmounts(lines, discounts)).toEqual(expected);
});

test("however uneven the lines, shares are exact and none exceeds its line", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 500; round++) {
    const bases = Array.from({ length: 1 + random(12) }, () => random(3) * random(99_999_999));
    const whole = bases.reduce((sum, base) => sum + base, 0);
    const total = random(whole + 1);
    const shares = spread(total, bases);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
    for (const [at, share] of shares.entries()) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(bases[at] ?? 0);
    }
  }
});
