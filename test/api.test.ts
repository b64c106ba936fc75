import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { POST as requestToken } from "@/app/api/v1/access-token/route";
import { POST as createSession } from "@/app/api/v1/create-checkout-session/route";
import { db } from "@/db";
import { listProducts, type Product } from "@/db/queries/products";
import { accessTokens } from "@/db/schema";
import { env } from "@/env";
import { authenticate } from "@/lib/auth/authenticate";
import { hashPassword } from "@/lib/auth/passwords";
import { createAccessToken, revokeAccessToken } from "@/lib/auth/tokens";
import { stripe } from "@/lib/billing/stripe";
import { log } from "@/lib/log";
import { someAddress } from "./support/addresses";
import { someUser } from "./support/rows";

/** The API as programs call it; Stripe behind it is the local one. */

const PASSWORD = "correct horse battery";
let starter: Product;

beforeAll(async () => {
  const found = (await listProducts()).find(({ lookupKey }) => lookupKey === "aiaas_starter_monthly");
  if (!found) throw new Error("The catalog has no Starter plan.");
  starter = found;
});

const request = (body: unknown, headers: Record<string, string> = {}) =>
  new Request("http://shop.test/api", {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

async function withToken() {
  const user = await someUser({ stripeCustomerId: null });
  const token = await createAccessToken(user.id, "test");
  const call = async (body: unknown, authorization = `Bearer ${token}`) => {
    const response = await createSession(request(body, { authorization }));
    return { status: response.status, body: await response.json(), headers: response.headers };
  };
  return { user, token, call };
}

describe("POST /api/v1/create-checkout-session", () => {
  it("creates a session at our price for the token's user", async () => {
    const { user, call } = await withToken();
    const { status, body } = await call({ product_id: starter.id });
    expect(status).toBe(200);
    expect(createSession.definition.response.parse(body)).toEqual(body);
    expect(body).toEqual({
      checkout_session: {
        id: expect.stringMatching(/^cs_test_/),
        url: expect.any(String),
        expires_at: expect.any(Number),
      },
    });
    const session = await stripe.checkout.sessions.retrieve(body.checkout_session.id, {
      expand: ["line_items"],
    });
    expect(session).toMatchObject({
      mode: "subscription",
      client_reference_id: user.id,
      success_url: `${env.APP_URL}/success?session_id={CHECKOUT_SESSION_ID}`,
      cancel_url: `${env.APP_URL}/cancel`,
      amount_total: 1900,
    });
    expect(session.line_items?.data[0]?.price?.id).toBe(starter.stripePriceId);
  });

  it("gives the same session again while it is open", async () => {
    const { call } = await withToken();
    const [first, second] = [await call({ product_id: starter.id }), await call({ product_id: starter.id })];
    expect(second.body.checkout_session.id).toBe(first.body.checkout_session.id);
  });

  it.each([
    ["an unknown key", { product_id: randomUUID(), price: "price_1" }, "unknown_parameter", "price"],
    ["a product that is no UUID", { product_id: "starter" }, "invalid_parameter", "product_id"],
    ["no product", {}, "invalid_parameter", "product_id"],
    [
      "a foreign success_url",
      { product_id: randomUUID(), success_url: "https://evil.example/" },
      "invalid_parameter",
      "success_url",
    ],
    [
      "a foreign cancel_url",
      { product_id: randomUUID(), cancel_url: "//evil.example" },
      "invalid_parameter",
      "cancel_url",
    ],
    ["no object", [], "invalid_parameter", null],
    ["null", null, "invalid_parameter", null],
    ["no JSON", "{", "invalid_json", null],
    ["nothing", "", "invalid_json", null],
    ["a NUL", '{"product_id":"\\u0000"}', "invalid_json", null],
  ])("answers 400 to %s", async (_, input, code, param) => {
    const { call } = await withToken();
    const { status, body } = await call(input);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code, param, message: expect.stringMatching(/\w/) });
  });

  it("answers 404 to a product that is not on sale", async () => {
    const { call } = await withToken();
    const { status, body } = await call({ product_id: randomUUID() });
    expect([status, body.error.code]).toEqual([404, "product_not_found"]);
  });

  it("answers 413 to a large body", async () => {
    const { call } = await withToken();
    expect((await call({ padding: "x".repeat(70_000) })).status).toBe(413);
  });

  it("answers 401 to a missing, malformed, unknown or expired token", async () => {
    const { user, token, call } = await withToken();
    const body = { product_id: starter.id };
    for (const authorization of [
      "",
      "Bearer",
      "Basic abc",
      "Bearer tf_short",
      `Bearer tf_${"x".repeat(43)}`,
    ]) {
      expect((await call(body, authorization)).status).toBe(401);
    }
    await db
      .update(accessTokens)
      .set({ expiresAt: new Date(0) })
      .where(eq(accessTokens.userId, user.id));
    expect((await call(body, `Bearer ${token}`)).status).toBe(401);
  });

  it("answers 401 once a token is revoked, which only its owner can do", async () => {
    const [stranger, owner] = [await someUser(), await withToken()];
    const body = { product_id: starter.id };
    const [row] = await db.select().from(accessTokens).where(eq(accessTokens.userId, owner.user.id));
    await revokeAccessToken(stranger.id, row?.id ?? "");
    expect((await owner.call(body)).status).toBe(200);
    await revokeAccessToken(owner.user.id, row?.id ?? "");
    expect((await owner.call(body)).status).toBe(401);
  });
});

describe("POST /api/v1/access-token", () => {
  const ask = async (email: string, password: string, ip: string = someAddress()) => {
    const response = await requestToken(request({ email, password }, { "x-forwarded-for": ip }));
    return { status: response.status, body: await response.json(), headers: response.headers };
  };

  it("gives a token that works, and stores only its hash", async () => {
    const user = await someUser({ passwordHash: await hashPassword(PASSWORD), stripeCustomerId: null });
    const { status, body } = await ask(user.email.toUpperCase(), PASSWORD);
    expect([status, body]).toEqual([
      200,
      { access_token: expect.stringMatching(/^tf_/), token_type: "bearer", expires_in: 3600 },
    ]);
    expect(requestToken.definition.response.parse(body)).toEqual(body);
    const authorization = `Bearer ${body.access_token}`;
    expect((await createSession(request({ product_id: starter.id }, { authorization }))).status).toBe(200);
    const [row] = await db.select().from(accessTokens).where(eq(accessTokens.userId, user.id));
    expect(JSON.stringify(row)).not.toContain(body.access_token);
    expect(row?.lastUsedAt).not.toBeNull();
  });

  it("answers alike for a wrong password and an unknown address", async () => {
    const user = await someUser({ passwordHash: await hashPassword(PASSWORD) });
    const [wrong, unknown] = [
      await ask(user.email, "wrong"),
      await ask(`${randomUUID()}@example.com`, "wrong"),
    ];
    expect(wrong.status).toBe(401);
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
  });

  it("stops after ten failures from one address, the right password included, and says for how long", async () => {
    const user = await someUser({ passwordHash: await hashPassword(PASSWORD), stripeCustomerId: null });
    const ip = someAddress();
    for (let failure = 0; failure < 10; failure++)
      expect((await ask(user.email, "wrong", ip)).status).toBe(401);
    const { status, body, headers } = await ask(user.email, PASSWORD, ip);
    expect([status, body.error.code]).toEqual([429, "rate_limited"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await ask(user.email, PASSWORD)).status, "from elsewhere").toBe(200);
  });

  it("is counted with the page: there are ten guesses, and not ten of each", async () => {
    const { email } = await someUser({ passwordHash: await hashPassword(PASSWORD) });
    const ip = someAddress();
    for (let failure = 0; failure < 5; failure++) {
      expect((await ask(email, "wrong", ip)).status).toBe(401);
      expect(await authenticate(email, "wrong", { ip, device: null })).toMatchObject({ reason: "wrong" });
    }
    expect((await ask(email, PASSWORD, ip)).status).toBe(429);
    expect(await authenticate(email, PASSWORD, { ip, device: null })).toMatchObject({ reason: "limited" });
  });

  it("answers 503 when too many sign in at once, says when to come again, and logs no failure", async () => {
    const said = vi.spyOn(log, "error");
    const line = Array.from({ length: 61 }, () => hashPassword(PASSWORD));
    const { status, body, headers } = await ask(`${randomUUID()}@example.com`, "wrong");
    expect([status, body.error.code, headers.get("retry-after")]).toEqual([503, "unavailable", "5"]);
    expect(body.error.message).toMatch(/^So many .* has to wait\. Send the request again in a moment\.$/);
    expect(said).not.toHaveBeenCalled();
    await Promise.all(line);
    said.mockRestore();
  }, 60_000);

  it("stops after fifty failures from one address, whichever the account", async () => {
    const ip = someAddress();
    const answers = await Promise.all(
      Array.from({ length: 55 }, () =>
        ask(`${randomUUID()}@example.com`, "wrong", ip).then(({ status }) => status),
      ),
    );
    expect(answers.filter((status) => status === 401)).toHaveLength(50);
    expect(answers.filter((status) => status === 429)).toHaveLength(5);
  });
});
