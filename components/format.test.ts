import { describe, expect, it } from "vitest";
import {
  everyInterval,
  formatDate,
  formatMoney,
  formatPrice,
  formatProduct,
  formatShortDate,
  formatTerms,
  formatUnitPrice,
  minorUnitDigits,
  perInterval,
} from "./format";

/**
 * Currencies by the minor units that Stripe counts in, as its page lists them today. ISK and UGX are given with two
 * decimals that have to be zero: https://docs.stripe.com/currencies#zero-decimal
 */
const ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" ");
/** https://docs.stripe.com/currencies#three-decimal */
const THREE_DECIMAL = ["bhd", "jod", "kwd", "omr", "tnd"];

const digitsOf = (currency: string) => {
  if (ZERO_DECIMAL.includes(currency)) return 0;
  return THREE_DECIMAL.includes(currency) ? 3 : 2;
};

/** "HUF 5,000.00" → 5000 */
const numberIn = (text: string) => Number(text.match(/[\d,]+(\.\d+)?$/)?.[0].replaceAll(",", ""));

describe("every currency that the runtime knows", () => {
  const currencies = Intl.supportedValuesOf("currency").map((code) => code.toLowerCase());

  it("is counted as Stripe's page says, whatever the runtime's own idea is", () => {
    expect(currencies.length).toBeGreaterThan(150);
    for (const currency of currencies) {
      expect([currency, minorUnitDigits(currency)]).toEqual([currency, digitsOf(currency)]);
      expect(minorUnitDigits(currency.toUpperCase())).toBe(digitsOf(currency));
    }
  });

  it("shows the sum itself, neither a hundred times as much nor rounded", () => {
    for (const currency of currencies) {
      const one = 10 ** digitsOf(currency);
      for (const amount of [0, 1, 7, 1_234 * one, 1_234 * one + 1, 12_345_678 * one]) {
        const value = amount / one;
        expect([currency, amount, numberIn(formatMoney(amount, currency))]).toEqual([
          currency,
          amount,
          value,
        ]);
        expect([currency, amount, numberIn(formatPrice(amount, currency))]).toEqual([
          currency,
          amount,
          value,
        ]);
      }
    }
  });

  it("shows a price with a fraction of the minor unit to its last digit", () => {
    for (const currency of currencies) {
      const value = 1250.5 / 10 ** digitsOf(currency);
      expect([currency, numberIn(formatUnitPrice("1250.5", currency))]).toEqual([currency, value]);
    }
  });
});

describe("money", () => {
  it.each([
    [1900, "usd", "$19.00", "$19"],
    [1950, "usd", "$19.50", "$19.50"],
    [1, "usd", "$0.01", "$0.01"],
    [0, "usd", "$0.00", "$0"],
    [123_456_789, "usd", "$1,234,567.89", "$1,234,567.89"],
    [-1900, "usd", "-$19.00", "-$19"],
    [2500, "eur", "€25.00", "€25"],
    [2505, "eur", "€25.05", "€25.05"],
    [2500, "jpy", "¥2,500", "¥2,500"],
    [2000, "kwd", "KWD 2.000", "KWD 2"],
    [2005, "kwd", "KWD 2.005", "KWD 2.005"],
    [200_000, "isk", "ISK 2,000", "ISK 2,000"],
    [500_000, "ugx", "UGX 5,000", "UGX 5,000"],
    [500_000, "huf", "HUF 5,000.00", "HUF 5,000"],
    [500_050, "huf", "HUF 5,000.50", "HUF 5,000.50"],
    [4_000_000, "cop", "COP 40,000.00", "COP 40,000"],
    [15_000_000, "idr", "IDR 150,000.00", "IDR 150,000"],
    [300_000, "pkr", "PKR 3,000.00", "PKR 3,000"],
  ])("%i %s is %s as a sum and %s on a tag", (amount, currency, sum, tag) => {
    // The runtime sets a no-break space behind a code.
    expect(formatMoney(amount, currency).replaceAll("\u00a0", " ")).toBe(sum);
    expect(formatPrice(amount, currency).replaceAll("\u00a0", " ")).toBe(tag);
  });

  it.each([
    ["1250.5", "usd", "$12.505"],
    ["1250", "usd", "$12.50"],
    ["1900", "usd", "$19.00"],
    ["0.5", "usd", "$0.005"],
    ["0.000000000001", "usd", "$0.00000000000001"],
    ["1250.25", "jpy", "¥1,250.25"],
    ["100.5", "usd", "$1.005"],
  ])("%s %s apiece is %s", (decimal, currency, text) => {
    expect(formatUnitPrice(decimal, currency)).toBe(text);
  });
});

describe("dates", () => {
  it("are long in a sentence and short in a table", () => {
    const day = new Date("2026-09-05T12:00:00Z");
    expect(formatDate(day)).toBe("September 5, 2026");
    expect(formatShortDate(day)).toBe("Sep 5, 2026");
  });
});

describe("intervals", () => {
  it.each([
    ["day", 1, "a day", "daily"],
    ["week", 1, "a week", "weekly"],
    ["month", 1, "a month", "monthly"],
    ["year", 1, "a year", "yearly"],
    ["day", 10, "every 10 days", "every 10 days"],
    ["week", 2, "every 2 weeks", "every 2 weeks"],
    ["month", 3, "every 3 months", "every 3 months"],
    ["year", 2, "every 2 years", "every 2 years"],
    ["fortnight", 1, "a fortnight", "every fortnight"],
    [null, 1, "once", ""],
  ])("%s × %i reads as %j and %j", (interval, count, per, every) => {
    expect(perInterval(interval, count)).toBe(per);
    expect(everyInterval(interval, count)).toBe(every);
  });

  it("are single ones unless a count says otherwise", () => {
    expect(perInterval("month")).toBe("a month");
    expect(everyInterval("month")).toBe("monthly");
  });

  it("stand behind a product's name, and behind its price", () => {
    expect(formatProduct({ name: "AIaaS Pro", interval: "year" })).toBe("AIaaS Pro, yearly");
    expect(formatProduct({ name: "AIaaS Pro", interval: "month", intervalCount: 3 })).toBe(
      "AIaaS Pro, every 3 months",
    );
    expect(formatProduct({ name: "Micro-Feature", interval: null })).toBe("Micro-Feature");
    expect(formatTerms({ unitAmount: 9900, currency: "usd", interval: "month" })).toBe("$99.00 a month");
    expect(formatTerms({ unitAmount: 27_000, currency: "usd", interval: "month", intervalCount: 3 })).toBe(
      "$270.00 every 3 months",
    );
    expect(formatTerms({ unitAmount: 49_900, currency: "eur", interval: null })).toBe("€499.00 once");
  });
});
