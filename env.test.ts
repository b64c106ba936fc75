import { describe, expect, it } from "vitest";
import { parseEnv } from "@/env";

const complete = {
  DATABASE_URL: "postgres://localhost/shop",
  STRIPE_API_KEY: "sk_test_123",
  STRIPE_WEBHOOK_SECRET: "whsec_1",
  AUTH_SECRET: "x".repeat(32),
  APP_URL: "https://shop.example",
};

describe("parseEnv", () => {
  it("takes a complete environment and fills in the rest", () => {
    expect(parseEnv(complete)).toMatchObject({ TRUSTED_PROXY_HOPS: 0, ALLOWED_REDIRECT_ORIGINS: [] });
  });
  it.each(Object.keys(complete))("names %s when it is missing", (name) => {
    expect(() => parseEnv({ ...complete, [name]: undefined })).toThrow(`${name} is not set`);
    expect(() => parseEnv({ ...complete, [name]: "" })).toThrow(`${name} is not set`);
  });
  it.each([
    ["DATABASE_URL", "mysql://localhost/shop"],
    ["STRIPE_API_KEY", "pk_test_123"],
    ["STRIPE_WEBHOOK_SECRET", "secret"],
    ["AUTH_SECRET", "short"],
    ["APP_URL", "shop.example"],
    ["APP_URL", "https://shop.example/path"],
    ["ALLOWED_REDIRECT_ORIGINS", "https://a.example, nonsense"],
    ["TRUSTED_PROXY_HOPS", "-1"],
  ])("names %s when it is %j", (name, value) => {
    expect(() => parseEnv({ ...complete, [name]: value })).toThrow(name);
  });
  it("takes two webhook secrets while one is being rolled", () => {
    expect(
      parseEnv({ ...complete, STRIPE_WEBHOOK_SECRET: "whsec_new, whsec_old," }).STRIPE_WEBHOOK_SECRET,
    ).toEqual(["whsec_new", "whsec_old"]);
  });
  it("refuses a publishable key of the other mode", () => {
    expect(() => parseEnv({ ...complete, STRIPE_PUBLISHABLE_KEY: "pk_test_1" })).not.toThrow();
    expect(() => parseEnv({ ...complete, STRIPE_PUBLISHABLE_KEY: "pk_live_1" })).toThrow(
      "STRIPE_PUBLISHABLE_KEY is of the other mode",
    );
  });
  it("refuses a live key beside a stand-in for Stripe", () => {
    const live = { ...complete, STRIPE_API_KEY: "sk_live_123", STRIPE_API_URL: "http://127.0.0.1:12111" };
    expect(() => parseEnv(live)).toThrow("STRIPE_API_URL points away from Stripe");
    expect(() => parseEnv({ ...live, STRIPE_API_KEY: "sk_test_123" })).not.toThrow();
  });
});
