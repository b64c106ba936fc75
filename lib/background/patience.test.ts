import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { delayBefore, OutOfTimeError, patiently } from "./patience";

const { StripeAPIError, StripeAuthenticationError, StripeInvalidRequestError, StripeRateLimitError } =
  Stripe.errors;
const told = (retryAfter?: string) => ({
  message: "no",
  type: "api_error" as const,
  headers: retryAfter ? { "retry-after": retryAfter } : {},
});
const tooMany = (retryAfter?: string) => new StripeRateLimitError(told(retryAfter) as never);

describe("how long to wait for Stripe", () => {
  it("twice as long each time, by chance up to half less", () => {
    const delays = (chance: number) => [1, 2, 3, 4, 5].map((tries) => delayBefore(tries, tooMany(), chance));
    expect(delays(0)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(delays(1)).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  it("as long as Stripe asks for, if it asks", () => {
    expect(delayBefore(1, tooMany("7"), 1)).toBe(7_000);
    expect(delayBefore(5, tooMany("7"), 0)).toBe(7_000);
  });

  it("not at all when it asks for more than five minutes: the next run comes by itself", () => {
    expect(delayBefore(1, tooMany("300"))).toBe(300_000);
    expect(delayBefore(1, tooMany("301"))).toBeNull();
  });

  it("six times in all", () => {
    expect(delayBefore(5, tooMany())).not.toBeNull();
    expect(delayBefore(6, tooMany())).toBeNull();
  });

  it.each([
    ["an outage", new StripeAPIError(told() as never), true],
    ["a database that is away", Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), true],
    ["a question that is wrong", new StripeInvalidRequestError(told() as never), false],
    ["a key that is refused", new StripeAuthenticationError(told() as never), false],
    ["a mistake of ours", new TypeError("x is undefined"), false],
  ])("for %s: %#", (_, error, isWaitedFor) => {
    expect(delayBefore(1, error) !== null).toBe(isWaitedFor);
  });
});

describe("patiently", () => {
  const unhurried = { until: Number.POSITIVE_INFINITY, delayScale: 0 };

  it("asks until it is answered", async () => {
    let asked = 0;
    const ask = async () => {
      if (++asked < 4) throw tooMany();
      return "answer";
    };
    expect(await patiently(ask, unhurried)).toBe("answer");
    expect(asked).toBe(4);
  });

  it("throws what stood in the way in the end", async () => {
    let asked = 0;
    const refused = patiently(() => {
      asked++;
      return Promise.reject(tooMany());
    }, unhurried);
    await expect(refused).rejects.toThrow(StripeRateLimitError);
    expect(asked).toBe(6);
  });

  it("begins nothing once the time is up, and does not wait past it", async () => {
    const over = { until: Date.now(), delayScale: 1 };
    await expect(patiently(async () => "answer", over)).rejects.toThrow(OutOfTimeError);
    const soon = { until: Date.now() + 60_000, delayScale: 1 };
    await expect(patiently(() => Promise.reject(tooMany("120")), soon)).rejects.toThrow(OutOfTimeError);
  });
});
