import { expect, test } from "vitest";
import { buildTaxRate } from "../../objects/tax-rate";
import { taxAmounts, withoutInclusive } from "./tax-amounts";

const exclusive = (percentage: number) =>
  buildTaxRate({ display_name: "Sales tax", inclusive: false, percentage });
const inclusive = (percentage: number) => buildTaxRate({ display_name: "VAT", inclusive: true, percentage });

const amounts = (amount: number, ...rates: ReturnType<typeof exclusive>[]) =>
  taxAmounts(amount, rates).map((tax) => tax.amount);

test("an inclusive tax is a part of the amount, an exclusive one comes on top (docs: tax rates)", () => {
  expect(taxAmounts(1190, [inclusive(19)])).toMatchObject([{ amount: 190, taxable: 1000 }]);
  expect(taxAmounts(2000, [exclusive(7.25)])).toMatchObject([{ amount: 145, taxable: 2000 }]);
});

test("the examples of Stripe's page about both: a price of 600 at ten percent", () => {
  // https://support.stripe.com/questions/inclusive-and-exclusive-tax-options-in-the-tax-rate-api-and-stripe-tax
  expect(amounts(60_000, exclusive(10))).toEqual([6000]);
  // 60,000 / 11 = 5,454.54…
  expect(amounts(60_000, inclusive(10))).toEqual([5455]);
});

test("each line is rounded by itself, a half away from zero", () => {
  // https://support.stripe.com/questions/rounding-rules-for-stripe-fees: 6.45 and 72.6.
  expect(amounts(43, exclusive(15))).toEqual([6]);
  expect(amounts(484, exclusive(15))).toEqual([73]);
  expect(amounts(45, exclusive(10))).toEqual([5]);
  expect(amounts(44, exclusive(10))).toEqual([4]);
  expect(amounts(-45, exclusive(10))).toEqual([-5]);
});

test("each of several rates is on the same amount", () => {
  // 5 % and 9.975 % of 1,999 are 99.95 and 199.40025.
  expect(amounts(1999, exclusive(5), exclusive(9.975))).toEqual([100, 199]);
  // 1,999 / 1.14975 = 1,738.64…, of which they are 86.93… and 173.43….
  expect(amounts(1999, inclusive(5), inclusive(9.975))).toEqual([87, 173]);
});

test("an exclusive tax is not on the inclusive tax of its line (inferred)", () => {
  expect(taxAmounts(1190, [inclusive(19), exclusive(7)])).toMatchObject([
    { amount: 190, taxable: 1000 },
    { amount: 70, taxable: 1000 },
  ]);
  expect(withoutInclusive(1190, [inclusive(19), exclusive(7)])).toBe(1000);
});

test("four decimals of a percentage count", () => {
  // 8.8125 % of 100,000,000 cents.
  expect(amounts(100_000_000, exclusive(8.8125))).toEqual([8_812_500]);
  expect(amounts(10_000, exclusive(0))).toEqual([0]);
  expect(amounts(10_000, inclusive(100))).toEqual([5000]);
});
