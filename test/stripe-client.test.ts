import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { StripeProxy } from "./support/stripe-proxy";
import { startTruth } from "./support/stripe-truth";

/** The app's way to Stripe, and those of Stripe's refusals that say an object does not exist. */

const truth = await startTruth();
const proxy = new StripeProxy(truth.url);
process.env.STRIPE_API_URL = await proxy.listen();
// From here on the app's modules may read the environment.
const { syncObject } = await import("@/lib/billing/sync/sync-object");
const { STRIPE_API_VERSION } = await import("@/lib/billing/stripe");
const { subscriptionRow } = await import("./support/rows");
const { post } = await import("./support/post-event");
const { event, PERIOD_START, subscription } = await import("./support/stripe-objects");

beforeAll(() => {
  truth.now = PERIOD_START;
});
beforeEach(() => proxy.rest());
afterAll(() => {
  proxy.close();
  truth.close();
});

describe("the address", () => {
  it.each([
    ["http://127.0.0.1:12111", "127.0.0.1", "12111", "http"],
    ["http://stripe.test", "stripe.test", 80, "http"],
    ["https://stripe.test", "stripe.test", 443, "https"],
    ["https://stripe.test:8443", "stripe.test", "8443", "https"],
    ["", "api.stripe.com", "443", "https"],
  ])("%s", async (url, host, port, protocol) => {
    vi.stubEnv("STRIPE_API_URL", url);
    vi.resetModules();
    const { stripe } = await import("@/lib/billing/stripe");
    const asked = (["host", "port", "protocol"] as const).map((field) => stripe.getApiField(field));
    expect(asked).toEqual([host, port, protocol]);
    vi.unstubAllEnvs();
  });
});

it("every request names the one version that the code is written in", async () => {
  const { stripe } = await import("@/lib/billing/stripe");
  expect(stripe.getApiField("version")).toBe("2026-10-28.endive");
  expect(STRIPE_API_VERSION).toBe("2026-10-28.endive");
});

describe("a refusal", () => {
  const refusal = (status: number, type: string, code?: string) => ({
    status,
    body: { error: { type, message: "no", ...(code && { code }) } },
  });

  it.each([
    [404, "invalid_request_error", "resource_missing", true],
    [400, "invalid_request_error", "resource_missing", true],
    [404, "invalid_request_error", undefined, false],
    [400, "invalid_request_error", "parameter_unknown", false],
    [403, "invalid_request_error", "resource_missing", false],
    [401, "invalid_request_error", "api_key_expired", false],
    [429, "invalid_request_error", "rate_limit", false],
    [500, "api_error", undefined, false],
  ])("%i %s %s says that it does not exist: %s", async (status, type, code, isMissing) => {
    const known = subscription();
    await post(event("customer.subscription.created", known));
    proxy.before = () => refusal(status, type, code);
    const reading = syncObject("subscription", known.id);
    if (isMissing) await reading;
    else await expect(reading).rejects.toMatchObject({ statusCode: status });
    expect(await subscriptionRow(known.id)).toMatchObject({
      status: isMissing ? "canceled" : "active",
      deletedAt: isMissing ? expect.any(Date) : null,
    });
  });
});
