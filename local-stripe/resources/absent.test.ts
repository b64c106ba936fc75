import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ask } from "../test/ask";
import { startLocalStripe } from "../test/harness";
import { absentParts } from "./absent";

const local = startLocalStripe();

const SDK = "node_modules/stripe/esm/resources";

/** Every call that the official SDK can make, as its source names them: `GET /v1/coupons/x_1`. */
function callsOfTheSdk(): string[] {
  const sources = readdirSync(SDK, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".js"),
  );
  const calls = sources.flatMap((file) =>
    Array.from(
      readFileSync(`${SDK}/${file}`, "utf8").matchAll(/'(GET|POST|DELETE)', ['`](\/v[12]\/[^'`]+)['`]/g),
      ([, method, path = ""]) => `${method} ${path.replace(/\$\{[^}]+\}/g, "x_1")}`,
    ),
  );
  return [...new Set(calls)];
}

const refusals = new Map<string, string>();

beforeAll(async () => {
  for (const call of callsOfTheSdk()) {
    const { body } = await ask(local, call);
    refusals.set(call, body.error?.message ?? "");
  }
});

test("every call of the SDK is served, or said by name not to be", () => {
  // SDK: 648 calls at 2026-10-28.endive. There would be nothing to compare if its sources were read wrongly.
  expect(refusals.size).toBeGreaterThan(600);
  expect([...refusals].filter(([, message]) => message.startsWith("Unrecognized"))).toEqual([]);
});

test("no line of the table is left over: each names calls of the SDK that are not served", () => {
  const named = (name: string, path: RegExp) =>
    [...refusals].some(
      ([call, message]) => path.test(call) && message.startsWith(`Local Stripe has no ${name} (`),
    );
  const idle = absentParts.flatMap(({ name, calls }) =>
    calls.filter((call) => !named(name, new RegExp(`${call.replaceAll("*", "[^/]+")}(/|$)`))),
  );
  expect(idle).toEqual([]);
});

describe("the error says which part is missing", () => {
  test.each([
    ["POST /v1/payment_links", "Payment Links"],
    ["GET /v1/payment_links/plink_1/line_items", "Payment Links"],
    ["POST /v1/quotes/qt_1/accept", "Quotes"],
    ["POST /v1/customer_sessions", "Customer Sessions"],
    ["GET /v2/core/events", "event destinations and thin events"],
    ["POST /v2/core/event_destinations", "event destinations and thin events"],
    ["POST /v1/accounts", "Connect"],
    ["POST /v1/test_helpers/issuing/cards/ic_1/shipping/ship", "Issuing"],
    ["GET /v1/customers/cus_1/cash_balance", "cash balances"],
  ])("%s: %s", async (call, name) => {
    const { status, headers, body } = await ask(local, call);
    expect(status).toBe(404);
    expect(headers.get("Content-Type")).toBe("application/json");
    expect(body.error).toMatchObject({
      type: "invalid_request_error",
      message: `Local Stripe has no ${name} (${call.replace(" ", ": ")}). The table in its README says what it serves.`,
    });
  });

  test.each(["GET /v1/payment_linkz", "GET /v1/quotesque", "PATCH /v1/customers", "GET /v2/core/nothing"])(
    "%s is nobody's, and gets Stripe's own words",
    async (call) => {
      const { status, body } = await ask(local, call);
      expect(status).toBe(404);
      expect(body.error.message).toMatch(/^Unrecognized request URL/);
    },
  );
});
