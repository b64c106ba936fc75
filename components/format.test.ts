import { afterEach, describe, expect, it, vi } from "vitest";
import {
  everyInterval,
  formatDate,
  formatMoney,
  formatPrice,
  formatProduct,
  formatShortDate,
  formatTerms,
  perInterval,
} from "./format";

/** Currencies by the minor units that Stripe counts in: https://docs.stripe.com/currencies#zero-decimal */

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
  ])("%i %s is %s as a sum and %s on a tag", (amount, currency, sum, tag) => {
    expect(formatMoney(amount, currency)).toBe(sum);
    expect(formatPrice(amount, currency)).toBe(tag);
  });
});

describe("dates", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  // The time zone is read when the module is loaded, so each one loads it anew.
  it.each([
    ["America/Los_Angeles", 480],
    ["Pacific/Kiritimati", -840],
    ["UTC", 0],
  ])("are in UTC wherever the server stands: %s", async (name, minutesBehind) => {
    vi.stubEnv("TZ", name);
    vi.resetModules();
    const format = await import("./format");
    const [firstMinute, lastMinute] = [new Date("2026-12-01T00:00:00Z"), new Date("2026-12-31T23:59:00Z")];
    expect(firstMinute.getTimezoneOffset()).toBe(minutesBehind);
    expect(format.formatDate(firstMinute)).toBe("December 1, 2026");
    expect(format.formatDate(lastMinute)).toBe("December 31, 2026");
    expect(format.formatShortDate(firstMinute)).toBe("Dec 1, 2026");
    expect(format.formatShortDate(lastMinute)).toBe("Dec 31, 2026");
  });

  it("are long in a sentence and short in a table", () => {
    const day = new Date("2026-09-05T12:00:00Z");
    expect(formatDate(day)).toBe("September 5, 2026");
    expect(formatShortDate(day)).toBe("Sep 5, 2026");
  });
});

describe("intervals", () => {
  it.each([
    ["month", "a month", "monthly"],
    ["year", "a year", "yearly"],
    [null, "once", ""],
  ])("%s reads as %j and %j", (interval, per, every) => {
    expect(perInterval(interval)).toBe(per);
    expect(everyInterval(interval)).toBe(every);
  });

  it("stand behind a product's name, and behind its price", () => {
    expect(formatProduct({ name: "AIaaS Pro", interval: "year" })).toBe("AIaaS Pro, yearly");
    expect(formatProduct({ name: "Micro-Feature", interval: null })).toBe("Micro-Feature");
    expect(formatTerms({ unitAmount: 9900, currency: "usd", interval: "month" })).toBe("$99.00 a month");
    expect(formatTerms({ unitAmount: 49_900, currency: "eur", interval: null })).toBe("€499.00 once");
  });
});
