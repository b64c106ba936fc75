import { afterEach, describe, expect, it, vi } from "vitest";
import { type Env, parseEnv } from "@/env";

/** Each variable at both edges of what it may be, and the sentence that says so when it is not. */

afterEach(() => {
  vi.unstubAllEnvs();
});

const complete = {
  DATABASE_URL: "postgres://localhost/shop",
  STRIPE_API_KEY: "sk_test_123",
  STRIPE_WEBHOOK_SECRET: "whsec_1",
  AUTH_SECRET: "x".repeat(32),
  APP_URL: "https://shop.example",
};

it("a complete environment is this, and nothing more", () => {
  expect(parseEnv({ ...complete, PATH: "/bin", HOME: "/root" })).toEqual({
    DATABASE_URL: "postgres://localhost/shop",
    STRIPE_API_KEY: "sk_test_123",
    STRIPE_WEBHOOK_SECRET: ["whsec_1"],
    AUTH_SECRET: "x".repeat(32),
    APP_URL: "https://shop.example",
    ALLOWED_REDIRECT_ORIGINS: [],
    TRUSTED_PROXY_HOPS: 0,
    RECONCILE_EVERY_MINUTES: 5,
  });
});

const HTTPS = "must begin with https://, except on localhost";
const ORIGIN = "must be an origin without a path";
const SECRET_KEY = "must be a secret key: sk_test_… or sk_live_…";
const PUBLISHABLE_KEY = "must be a publishable key: pk_test_… or pk_live_…";
const LONG_SECRET = "must have at least 32 characters; make one with: openssl rand -base64 33";
const CRON_SECRET = "must have at least 16 characters; make one with: openssl rand -base64 24";

describe.each<[keyof Env, [string, unknown][], [string, string | RegExp][]]>([
  [
    "DATABASE_URL",
    [
      ["postgres://u:p@a.example,b.example:5433/shop", "postgres://u:p@a.example,b.example:5433/shop"],
      ["postgresql://localhost/shop?sslmode=require", "postgresql://localhost/shop?sslmode=require"],
    ],
    [
      ["postgres:localhost", "must start with postgres://"],
      ["postgresqlx://localhost/shop", "must start with postgres://"],
      ["mysql://postgres://localhost/shop", "must start with postgres://"],
    ],
  ],
  [
    "DATABASE_POOL_MAX",
    [
      ["1", 1],
      ["100", 100],
    ],
    [
      ["0", />=1/],
      ["101", /<=100/],
      ["1.5", /int/],
      ["ten", /number/],
    ],
  ],
  [
    "STRIPE_API_KEY",
    ["sk_test_1", "sk_live_1", "rk_test_1", "rk_live_Aa0_"].map((key) => [key, key]),
    ["sk_test_", "sk_1", "pk_test_1", "sk_prod_1", "xsk_test_1", "sk_test_1 2", "SK_TEST_1"].map((key) => [
      key,
      SECRET_KEY,
    ]),
  ],
  [
    "STRIPE_WEBHOOK_SECRET",
    [
      ["whsec_1", ["whsec_1"]],
      [" whsec_new ,,whsec_old, ", ["whsec_new", "whsec_old"]],
    ],
    [
      [",", "must hold at least one secret"],
      [" ", "must hold at least one secret"],
      ["whsec_1,secret", "must start with whsec_, and go on"],
      ["xwhsec_1", "must start with whsec_, and go on"],
      ["whsec_", "must start with whsec_, and go on"],
      ["whsec_1, whsec_ ", "must start with whsec_, and go on"],
    ],
  ],
  [
    "STRIPE_API_URL",
    [
      ["http://127.0.0.1:12111", "http://127.0.0.1:12111"],
      ["https://stripe.example/", "https://stripe.example"],
    ],
    [
      ["127.0.0.1", /URL/],
      ["https://stripe.example/v1", ORIGIN],
    ],
  ],
  [
    "STRIPE_PUBLISHABLE_KEY",
    [["pk_test_Aa0_", "pk_test_Aa0_"]],
    ["sk_test_1", "pk_test_", "pk_1", "xpk_test_1", "pk_test_1 2"].map((key) => [key, PUBLISHABLE_KEY]),
  ],
  ["AUTH_SECRET", [["y".repeat(32), "y".repeat(32)]], [["y".repeat(31), LONG_SECRET]]],
  [
    "APP_URL",
    [
      ["https://shop.example", "https://shop.example"],
      ["HTTPS://Shop.Example:443/", "https://shop.example"],
      ["http://localhost:3000", "http://localhost:3000"],
      ["http://shop.localhost", "http://shop.localhost"],
      ["http://127.0.0.1:3000", "http://127.0.0.1:3000"],
      ["http://[::1]:3000", "http://[::1]:3000"],
    ],
    [
      ["shop.example", /URL/],
      ["http://shop.example", HTTPS],
      ["http://localhost.shop.example", HTTPS],
      ["http://127.0.0.1.shop.example", HTTPS],
      ["http://192.168.1.5:3000", HTTPS],
      ["https://shop.example/shop", ORIGIN],
      ["https://shop.example/?x", ORIGIN],
      ["https://shop.example/#x", ORIGIN],
    ],
  ],
  [
    "ALLOWED_REDIRECT_ORIGINS",
    [
      ["https://a.example", ["https://a.example"]],
      [" https://a.example/ , ,http://localhost:4000,", ["https://a.example", "http://localhost:4000"]],
      [",", []],
    ],
    [
      ["https://a.example,b.example", /URL/],
      ["https://a.example,https://b.example/x", ORIGIN],
    ],
  ],
  [
    "TRUSTED_PROXY_HOPS",
    [
      ["0", 0],
      ["5", 5],
    ],
    [
      ["-1", />=0/],
      ["6", /<=5/],
      ["0.5", /int/],
      ["one", /number/],
    ],
  ],
  ["CRON_SECRET", [["z".repeat(16), "z".repeat(16)]], [["z".repeat(15), CRON_SECRET]]],
  [
    "RECONCILE_EVERY_MINUTES",
    [
      ["0", 0],
      ["60", 60],
    ],
    [
      ["-1", />=0/],
      ["61", /<=60/],
      ["2.5", /int/],
      ["often", /number/],
    ],
  ],
])("%s", (name, good, bad) => {
  it.each(good)("may be %j", (text, value) => {
    expect(parseEnv({ ...complete, [name]: text })[name]).toEqual(value);
  });

  it.each(bad)("may not be %j", (text, reason) => {
    const line = messageFor({ ...complete, [name]: text }).split("\n")[1] ?? "";
    if (typeof reason === "string") expect(line).toBe(`  ${name} ${reason}`);
    else {
      expect(line.startsWith(`  ${name} `)).toBe(true);
      expect(line).toMatch(reason);
    }
  });

  it("is not set when it is an empty line", () => {
    const without = { ...complete, [name]: undefined };
    const empty = { ...complete, [name]: "" };
    if (name in complete) {
      expect(messageFor(empty)).toContain(`\n  ${name} is not set\n`);
      expect(messageFor(without)).toContain(`\n  ${name} is not set\n`);
    } else expect(parseEnv(empty)).toEqual(parseEnv(without));
  });
});

function messageFor(source: Record<string, string | undefined>): string {
  try {
    parseEnv(source);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  throw new Error("It was taken for complete.");
}

it("one message names everything that is wrong, and where to read on", () => {
  const { AUTH_SECRET: _, ...without } = complete;
  expect(messageFor({ ...without, APP_URL: "https://shop.example/x", STRIPE_API_KEY: "pk_test_1" })).toBe(
    [
      "The environment is not complete:",
      "  STRIPE_API_KEY must be a secret key: sk_test_… or sk_live_…",
      "  AUTH_SECRET is not set",
      "  APP_URL must be an origin without a path",
      ".env.example describes every variable; `npm run dev` sets all of them by itself.",
    ].join("\n"),
  );
});

it("no message holds a value, which may be a secret", () => {
  for (const name of Object.keys(complete))
    expect(messageFor({ ...complete, [name]: "hunter2" })).not.toContain("hunter2");
});

describe("keys of two modes", () => {
  const keys = (secret: string, publishable: string | undefined, url?: string) => ({
    ...complete,
    STRIPE_API_KEY: secret,
    STRIPE_PUBLISHABLE_KEY: publishable,
    STRIPE_API_URL: url,
  });
  const MIXED = "  STRIPE_PUBLISHABLE_KEY is of the other mode than STRIPE_API_KEY";
  const AWAY =
    "  STRIPE_API_URL points away from Stripe while STRIPE_API_KEY is a live key; unset one of the two";
  const LOCAL = "http://127.0.0.1:12111";

  it.each([
    ["sk_test_1", "pk_live_1"],
    ["rk_test_1", "pk_live_1"],
    ["sk_live_1", "pk_test_1"],
    ["rk_live_1", "pk_test_1"],
  ])("are refused: %s with %s", (secret, publishable) => {
    expect(messageFor(keys(secret, publishable)).split("\n").slice(1, -1)).toEqual([MIXED]);
  });

  it.each([
    ["sk_test_1", "pk_test_1"],
    ["rk_live_1", "pk_live_1"],
    ["sk_live_1", undefined],
  ])("are none: %s with %s", (secret, publishable) => {
    expect(() => parseEnv(keys(secret, publishable))).not.toThrow();
  });

  it.each(["sk_live_1", "rk_live_1"])("%s goes to Stripe and nowhere else", (secret) => {
    expect(
      messageFor(keys(secret, undefined, LOCAL))
        .split("\n")
        .slice(1, -1),
    ).toEqual([AWAY]);
    expect(
      messageFor(keys(secret, "pk_test_1", LOCAL))
        .split("\n")
        .slice(1, -1),
    ).toEqual([AWAY, MIXED]);
    expect(() => parseEnv(keys("sk_test_1", undefined, LOCAL))).not.toThrow();
  });
});

describe("what is known once, at start", () => {
  const load = async (environment: Record<string, string | undefined>) => {
    vi.resetModules();
    const none = { NEXT_PHASE: undefined, VERCEL: undefined, AWS_LAMBDA_FUNCTION_NAME: undefined };
    for (const [name, value] of Object.entries({ ...none, ...complete, ...environment }))
      vi.stubEnv(name, value);
    return import("@/env");
  };

  it.each([
    ["sk_test_1", false],
    ["rk_test_1", false],
    ["sk_live_1", true],
    ["rk_live_1", true],
  ])("%s is live: %s", async (key, livemode) => {
    expect((await load({ STRIPE_API_KEY: key, STRIPE_API_URL: undefined })).livemode).toBe(livemode);
  });

  it.each([
    ["a server of its own", {}, true],
    ["Vercel", { VERCEL: "1" }, false],
    ["AWS Lambda", { AWS_LAMBDA_FUNCTION_NAME: "shop" }, false],
    ["a build", { NEXT_PHASE: "phase-production-build" }, false],
    ["another phase of Next's", { NEXT_PHASE: "phase-production-server" }, true],
  ])("%s lives long: %s", async (_, environment, isLongLived) => {
    expect((await load(environment)).isLongLived).toBe(isLongLived);
  });

  it.each([
    ["development", true],
    ["production", false],
    ["test", false],
  ])("%s is development: %s", async (mode, isDevelopment) => {
    expect((await load({ NODE_ENV: mode })).isDevelopment).toBe(isDevelopment);
  });

  const nothing = Object.fromEntries(Object.keys(complete).map((name) => [name, undefined]));

  it("is not complete without variables, except for a build, which connects to nothing", async () => {
    await expect(load(nothing)).rejects.toThrow("The environment is not complete:");
    const { env } = await load({ ...nothing, NEXT_PHASE: "phase-production-build" });
    expect(env).toMatchObject({ DATABASE_URL: "postgres://build", STRIPE_API_KEY: "sk_test_build" });
  });

  it("is what a build was given, where it was given something", async () => {
    const { env } = await load({ NEXT_PHASE: "phase-production-build", APP_URL: "https://built.example" });
    expect(env.APP_URL).toBe("https://built.example");
  });
});
