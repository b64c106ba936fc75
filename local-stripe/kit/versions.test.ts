import { readFileSync } from "node:fs";
import Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { ask, errorIn } from "../test/ask";
import { startLocalStripe } from "../test/harness";
import { VERSIONS } from "./versions";

/** REAL_STRIPE.md, "Wrong without an error", 16. */

const local = startLocalStripe();

const asked = (version: string) => ask(local, "GET /v1/prices", "", { "Stripe-Version": version });

/** Releases of which the SDK's changelog tells; it names one date that is no release of the API. */
const released = new Set(
  readFileSync("node_modules/stripe/CHANGELOG.md", "utf8").match(/20\d\d-\d\d-\d\d\.(?!dashboard)[a-z]+/g),
);

test("every release since 2024-06-20 that the SDK's changelog names is known, in order", () => {
  expect(released.size).toBeGreaterThan(20);
  expect([...VERSIONS]).toEqual(["2024-06-20", ...[...released].sort()]);
  expect(VERSIONS.at(-1)).toBe(Stripe.API_VERSION);
});

test.each([...VERSIONS, "2025-03-31.preview", "2026-10-28.preview"])("%s is accepted", async (version) => {
  const { status, headers } = await asked(version);
  expect([status, headers.get("Stripe-Version")]).toEqual([200, version]);
});

describe("refused", () => {
  test.each(["2099-01-01", "2024-06-21", "2024-06-20.acacia", "2026-10-28", "2024-06-20.preview", "latest"])(
    "%s, in Stripe's words",
    async (version) => {
      expect(errorIn(await asked(version))).toEqual({
        status: 400,
        type: "invalid_request_error",
        message: `Invalid Stripe API version: ${version}`,
      });
    },
  );

  test.each(["2024-04-10", "2020-08-27"])("%s, which is too old for Local Stripe alone", async (version) => {
    expect(errorIn(await asked(version))).toEqual({
      status: 400,
      type: "invalid_request_error",
      message: `Local Stripe does not go back to API version ${version}: use 2024-06-20 or a later one.`,
    });
  });

  test("an endpoint's unknown version (inferred)", async () => {
    const body = "url=http://127.0.0.1:1/&enabled_events[]=*&api_version=2099-01-01";
    expect(errorIn(await ask(local, "POST /v1/webhook_endpoints", body))).toMatchObject({
      status: 400,
      message: "Invalid Stripe API version: 2099-01-01",
      param: "api_version",
    });
  });
});
