import { afterAll, afterEach, expect, it, vi } from "vitest";
import { log } from "@/lib/log";
import { StripeProxy } from "../support/stripe-proxy";

/** The API tells a program that it is Stripe that fails. */

const proxy = new StripeProxy(process.env.STRIPE_API_URL ?? "");
process.env.STRIPE_API_URL = await proxy.listen();
// From here on the app's modules may read the environment.
const { POST } = await import("@/app/api/v1/create-checkout-session/route");
const { listProducts } = await import("@/db/queries/products");
const { createAccessToken } = await import("@/lib/auth/tokens");
const { someUser } = await import("../support/rows");

afterEach(() => {
  proxy.rest();
  vi.restoreAllMocks();
});
afterAll(() => proxy.close());

async function buyWith(instead: () => { status: number; body: object }) {
  const [product] = await listProducts();
  const user = await someUser({ stripeCustomerId: null });
  const headers = { authorization: `Bearer ${await createAccessToken(user.id, "test")}` };
  const body = JSON.stringify({ product_id: product?.id });
  const call = async () => {
    const response = await POST(new Request("http://shop.test/api", { method: "POST", headers, body }));
    return {
      status: response.status,
      after: response.headers.get("retry-after"),
      body: await response.json(),
    };
  };
  const said = vi.spyOn(log, "error");
  proxy.before = instead;
  const refused = await call();
  expect(said).toHaveBeenCalledTimes(1);
  proxy.rest();
  return { refused, again: await call() };
}

it("503, in a moment again, while Stripe refuses us; and then it works", async () => {
  const message = "Invalid API Key provided: sk_test_secret";
  const { refused, again } = await buyWith(() => ({ status: 401, body: { error: { message } } }));
  expect(refused).toMatchObject({ status: 503, after: "5", body: { error: { code: "unavailable" } } });
  expect(JSON.stringify(refused.body)).not.toContain("secret");
  expect(again.status).toBe(200);
});

it("500 when what we ask of Stripe is wrong, which is not the caller's fault", async () => {
  const error = { type: "invalid_request_error", message: "Received unknown parameter: secret" };
  const { refused } = await buyWith(() => ({ status: 400, body: { error } }));
  expect(refused).toMatchObject({ status: 500, after: null, body: { error: { code: "internal_error" } } });
  expect(JSON.stringify(refused.body)).not.toContain("secret");
});
