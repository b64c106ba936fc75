import Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { delayBefore, OutOfTimeError, patiently } from "@/lib/background/patience";
import { BusyError } from "@/lib/transient";

/** The sweeps wait for some failures to pass, up to a last moment. */

const { errors } = Stripe;
type ErrorClass = new (raw: never) => Error;
const refusal = (Class: unknown, headers: Record<string, string> = {}) =>
  new (Class as ErrorClass)({ message: "no", headers } as never);
const coded = (code: string, message = "no") => Object.assign(new Error(message), { code });

describe("waited for", () => {
  it.each([
    ["Stripe has had enough", refusal(errors.StripeRateLimitError), true],
    ["Stripe is out of order", refusal(errors.StripeAPIError), true],
    ["Stripe cannot be reached", refusal(errors.StripeConnectionError), true],
    ["another request with the key is under way", refusal(errors.StripeIdempotencyError), true],
    ["the object kept changing", new BusyError("busy"), true],
    ["the database is away", coded("ECONNREFUSED"), true],
    ["the database shuts down", coded("57P01"), true],
    ["two transactions were in each other's way", coded("40P01"), true],
    ["the database is away, said by what wraps it", new Error("query", { cause: coded("08006") }), true],
    ["the key is refused", refusal(errors.StripeAuthenticationError), false],
    ["the key may not", refusal(errors.StripePermissionError), false],
    ["the question is wrong", refusal(errors.StripeInvalidRequestError), false],
    ["a value does not fit its column", coded("22P02"), false],
    ["a row is there twice", new Error("query", { cause: coded("23505") }), false],
    ["an argument is wrong", coded("ERR_INVALID_ARG_TYPE"), false],
    ["a mistake of ours", new TypeError("x is undefined"), false],
    ["a word", "no", false],
  ])("%s: %#", (_, error, isWaitedFor) => {
    expect(delayBefore(1, error) !== null).toBe(isWaitedFor);
  });
});

describe("how long, in milliseconds", () => {
  it.each([
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [3, 2_000, 4_000],
    [4, 4_000, 8_000],
    [5, 8_000, 16_000],
  ])("try %d: between %d and %d, by chance", (tries, least, most) => {
    expect(delayBefore(tries, new BusyError(), 1)).toBe(least);
    expect(delayBefore(tries, new BusyError(), 0)).toBe(most);
    expect(delayBefore(tries, new BusyError(), 0.5)).toBe((least + most) / 2);
    const byChance = delayBefore(tries, new BusyError()) ?? 0;
    expect(byChance).toBeGreaterThanOrEqual(least);
    expect(byChance).toBeLessThanOrEqual(most);
  });

  it("there is no sixth", () => {
    expect(delayBefore(6, new BusyError())).toBeNull();
    expect(delayBefore(6, refusal(errors.StripeRateLimitError, { "retry-after": "1" }))).toBeNull();
  });

  it.each([
    ["1", 1_000],
    ["300", 300_000],
    ["301", null],
    ["300.5", null],
  ])("Stripe asks for %s seconds", (asked, delay) => {
    const error = refusal(errors.StripeRateLimitError, { "retry-after": asked });
    expect(delayBefore(1, error, 0.3)).toBe(delay);
    expect(delayBefore(5, error, 0.3)).toBe(delay);
  });

  it.each(["0", "-5", "soon", "", "Fri, 27 Nov 2026 10:00:00 GMT"])(
    "Stripe asks for %j, which is no number of seconds: as if it had not",
    (asked) => {
      expect(delayBefore(2, refusal(errors.StripeRateLimitError, { "retry-after": asked }), 0)).toBe(2_000);
    },
  );

  it("somebody else's header is not Stripe's", () => {
    expect(delayBefore(1, Object.assign(coded("57P01"), { headers: { "retry-after": "7" } }), 0)).toBe(1_000);
  });
});

describe("until the time is up", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_790_000_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const at = (later: number) => 1_790_000_000_000 + later;
  const twice = () => {
    let asked = 0;
    return {
      count: () => asked,
      ask: async () => {
        if (++asked === 1) throw refusal(errors.StripeRateLimitError, { "retry-after": "300" });
        return "an answer";
      },
    };
  };

  it("a millisecond is enough to begin, none is not", async () => {
    expect(await patiently(async () => "an answer", { until: at(1), delayScale: 0 })).toBe("an answer");
    const ask = vi.fn(async () => "an answer");
    await expect(patiently(ask, { until: at(0), delayScale: 0 })).rejects.toThrow(OutOfTimeError);
    expect(ask).not.toHaveBeenCalled();
  });

  it("a pause that ends with the time is made, one that ends after it is not", async () => {
    // 300 seconds in three milliseconds, which the clock of this test does not count.
    const delayScale = 0.000_01;
    const [inTime, late] = [twice(), twice()];
    expect(await patiently(inTime.ask, { until: at(3), delayScale })).toBe("an answer");
    expect(inTime.count()).toBe(2);
    const refused = patiently(late.ask, { until: at(2), delayScale });
    await expect(refused).rejects.toThrow(OutOfTimeError);
    await expect(refused).rejects.toMatchObject({ cause: expect.any(errors.StripeRateLimitError) });
    expect(late.count()).toBe(1);
  });

  it("the time is looked at before each try", async () => {
    const { ask, count } = twice();
    const late = patiently(
      () => {
        vi.setSystemTime(at(10));
        return ask();
      },
      { until: at(10), delayScale: 0 },
    );
    await expect(late).rejects.toThrow(OutOfTimeError);
    expect(count()).toBe(1);
  });
});
