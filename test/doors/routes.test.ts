import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { DELETE, GET, PATCH, POST, PUT } from "@/app/api/[...path]/route";
import { POST as requestToken } from "@/app/api/v1/access-token/route";
import { POST as openPortal } from "@/app/api/v1/billing-portal-session/route";
import { POST as createSession } from "@/app/api/v1/create-checkout-session/route";
import { GET as products } from "@/app/api/v1/products/route";
import { db } from "@/db";
import { listProducts } from "@/db/queries/products";
import {
  accessTokens,
  checkoutSessions,
  products as productRows,
  rateLimits,
  subscriptions,
  users,
} from "@/db/schema";
import { env } from "@/env";
import { hashPassword } from "@/lib/auth/passwords";
import { createAccessToken } from "@/lib/auth/tokens";
import { stripe } from "@/lib/billing/stripe";
import { someAddress } from "../support/addresses";
import { someUser } from "../support/rows";
import { stripeId } from "../support/stripe-objects";

/** Answers of the API's routes in full; how they treat bodies and tokens is the wrapper's, tested beside this. */

const isConnected = vi.hoisted(() => vi.fn(async () => {}));
vi.mock("next/server", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  connection: isConnected,
}));

const send = (body: unknown, headers: Record<string, string> = {}) =>
  new Request("http://shop.test/api", { method: "POST", headers, body: JSON.stringify(body) });
const read = async (response: Response) => ({
  status: response.status,
  body: await response.json(),
  headers: response.headers,
});

describe("an address where there is nothing", () => {
  it.each(Object.entries({ GET, POST, PUT, PATCH, DELETE }))("says so to %s", async (_, answer) => {
    const { status, body } = await read(answer());
    expect(status).toBe(404);
    expect(body).toEqual({
      error: {
        code: "not_found",
        message: "There is nothing at this address; the README lists the API.",
        param: null,
      },
    });
  });
});

describe("GET /api/v1/products", () => {
  // As in catalog.json, in its order.
  const CATALOG = [
    ["starter", "AIaaS Starter", "month", 1900, "usd", "aiaas_starter_monthly"],
    ["starter", "AIaaS Starter", "year", 19900, "usd", "aiaas_starter_yearly"],
    ["pro", "AIaaS Pro", "month", 9900, "usd", "aiaas_pro_monthly"],
    ["pro", "AIaaS Pro", "year", 99900, "usd", "aiaas_pro_yearly"],
    ["micro-feature", "Micro-Feature Development", null, 49900, "usd", "micro_feature_once"],
  ].map(([plan, name, interval, unit_amount, currency, lookup_key]) => ({
    id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    plan,
    name,
    interval,
    interval_count: 1,
    unit_amount,
    currency,
    lookup_key,
  }));

  it("has what is on sale, in the catalog's order, and of each what a program needs", async () => {
    const { status, body, headers } = await read(
      await products(new Request("http://shop.test/api/v1/products")),
    );
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toEqual({ products: CATALOG });
    expect(isConnected, "or Next would read the rows while it builds").toHaveBeenCalled();
  });

  it.each([
    ["is not on sale any more", { active: false }],
    ["is of the other mode", { livemode: true }],
  ])("has nothing that %s", async (_, over) => {
    const [sample] = await listProducts();
    if (!sample) throw new Error("The catalog is empty.");
    const { id: __, ...columns } = sample;
    const [hidden] = await db
      .insert(productRows)
      .values({
        ...columns,
        stripeProductId: stripeId("prod"),
        stripePriceId: stripeId("price"),
        lookupKey: null,
        ...over,
      })
      .returning();
    const { body } = await read(await products(new Request("http://shop.test/api/v1/products")));
    expect(body).toEqual({ products: CATALOG });
    const user = await someUser({ stripeCustomerId: null });
    const authorization = `Bearer ${await createAccessToken(user.id, "test")}`;
    const refused = await read(await createSession(send({ product_id: hidden?.id }, { authorization })));
    expect([refused.status, refused.body.error.code]).toEqual([404, "product_not_found"]);
    await db.delete(productRows).where(eq(productRows.id, hidden?.id ?? ""));
  });
});

describe("POST /api/v1/access-token", () => {
  const PASSWORD = "correct horse battery";
  let passwordHash = "";
  beforeAll(async () => {
    passwordHash = await hashPassword(PASSWORD);
  });
  const ask = async (body: unknown, ip: string = someAddress()) =>
    read(await requestToken(send(body, { "x-forwarded-for": ip })));

  it("gives a token for an hour, and says so", async () => {
    const { id, email } = await someUser({ passwordHash });
    const { status, body, headers } = await ask({ email, password: PASSWORD });
    expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^tf_[A-Za-z0-9_-]{43}$/),
      token_type: "bearer",
      expires_in: 3600,
    });
    const [row] = await db
      .select({
        name: accessTokens.name,
        prefix: accessTokens.prefix,
        isForAnHour: sql`abs(extract(epoch from ${accessTokens.expiresAt} - ${accessTokens.createdAt}) - 3600) < 60`,
      })
      .from(accessTokens)
      .where(eq(accessTokens.userId, id));
    expect(row).toEqual({
      name: "Requested with e-mail and password",
      prefix: body.access_token.slice(0, 10),
      isForAnHour: true,
    });
  });

  it.each([
    ["no e-mail", { password: PASSWORD }, "invalid_parameter", "email"],
    ["no password", { email: "ada@example.com" }, "invalid_parameter", "password"],
    [
      "255 characters of an e-mail",
      { email: "e".repeat(255), password: PASSWORD },
      "invalid_parameter",
      "email",
    ],
    [
      "513 characters of a password",
      { email: "ada@example.com", password: "p".repeat(513) },
      "invalid_parameter",
      "password",
    ],
    [
      "more than it asks for",
      { email: "ada@example.com", password: PASSWORD, grant_type: "password" },
      "unknown_parameter",
      "grant_type",
    ],
  ])("answers 400 to %s, and counts nothing", async (_, body, code, param) => {
    const ip = someAddress();
    const answer = await ask(body, ip);
    expect(answer).toMatchObject({ status: 400, body: { error: { code, param } } });
    expect(
      await db
        .select()
        .from(rateLimits)
        .where(eq(rateLimits.key, `sign-in:ip:${ip}`)),
    ).toEqual([]);
  });

  it.each([
    [{ scope: "portal" }, "portal", 3600],
    [{ scope: "portal checkout", expires_in: 60 }, "checkout portal", 60],
    [{ expires_in: 31_536_000 }, undefined, 31_536_000],
  ])("gives a token that may do and lasts as was asked: %j", async (over, scope, seconds) => {
    const { id, email } = await someUser({ passwordHash });
    const { status, body } = await ask({ email, password: PASSWORD, ...over });
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^tf_/),
      token_type: "bearer",
      expires_in: seconds,
      ...(scope && { scope }),
    });
    const [row] = await db.select().from(accessTokens).where(eq(accessTokens.userId, id));
    expect(row?.scope).toBe(scope ?? "checkout");
    const lasts = ((row?.expiresAt?.getTime() ?? 0) - (row?.createdAt.getTime() ?? 0)) / 1000;
    expect(Math.abs(lasts - seconds)).toBeLessThan(30);
  });

  it.each([
    ["scope", ""],
    ["scope", "admin"],
    ["scope", "checkout admin"],
    ["scope", "checkout  portal"],
    ["scope", "Checkout"],
    ["scope", ["checkout"]],
    ["expires_in", 59],
    ["expires_in", 31_536_001],
    ["expires_in", 90.5],
    ["expires_in", "3600"],
    ["expires_in", null],
  ])("refuses a %s of %j", async (param, value) => {
    const body = { email: `${randomUUID()}@example.com`, password: PASSWORD, [param]: value };
    const refused = await ask(body);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "invalid_parameter", param } } });
  });

  it("gives an account thirty in a quarter of an hour, those of its forms among them, and says when to go on", async () => {
    const [{ id, email }, other] = [await someUser({ passwordHash }), await someUser({ passwordHash })];
    const window = { count: 29, resetsAt: sql`now() + interval '5 minutes'` };
    await db.insert(rateLimits).values({ key: `token:account:${id}`, ...window });
    expect((await ask({ email, password: PASSWORD })).status).toBe(200);
    const limited = await ask({ email, password: PASSWORD });
    expect(limited).toMatchObject({ status: 429, body: { error: { code: "rate_limited" } } });
    expect(limited.headers.get("retry-after")).toMatch(/^(29\d|300)$/);
    expect((await ask({ email: other.email, password: PASSWORD })).status).toBe(200);
  });

  it("answers 409 to who has as many as there can be", async () => {
    const { id, email } = await someUser({ passwordHash });
    const row = () => ({ userId: id, name: "one", tokenHash: randomUUID(), prefix: "tf_1234567" });
    await db.insert(accessTokens).values(Array.from({ length: 50 }, row));
    expect(await ask({ email, password: PASSWORD })).toMatchObject({
      status: 409,
      body: {
        error: { code: "too_many_tokens", message: expect.stringContaining("50 tokens"), param: null },
      },
    });
  });

  it("reads the longest e-mail and password there can be", async () => {
    const answer = await ask({ email: "e".repeat(254), password: "p".repeat(512) });
    expect(answer).toMatchObject({
      status: 401,
      body: {
        error: {
          code: "unauthorized",
          message: "There is no account with this e-mail and password.",
          param: null,
        },
      },
    });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });

  it("counts with the pages, by the address that the last proxy saw, and says when to come again", async () => {
    const [email, ip] = [`${randomUUID()}@example.com`, someAddress()];
    const window = { count: 50, resetsAt: sql`now() + interval '5 minutes'` };
    await db.insert(rateLimits).values({ key: `sign-in:ip:${ip}`, ...window });
    const limited = await ask({ email, password: PASSWORD }, `198.51.100.1, ${ip}`);
    expect(limited).toMatchObject({ status: 429, body: { error: { code: "rate_limited", param: null } } });
    expect(limited.headers.get("retry-after")).toMatch(/^(29\d|300)$/);
    expect((await ask({ email, password: PASSWORD }, `${ip}, 198.51.100.1`)).status).toBe(401);
    const account = eq(rateLimits.key, `sign-in:account:${email}`);
    expect(await db.select().from(rateLimits).where(account)).toMatchObject([{ count: 1 }]);
  });
});

describe("POST /api/v1/create-checkout-session", () => {
  const productOf = async (lookupKey: string) => {
    const product = (await listProducts()).find((one) => one.lookupKey === lookupKey);
    if (!product) throw new Error(`The catalog has no ${lookupKey}.`);
    return product;
  };
  const withToken = async () => {
    const user = await someUser({ stripeCustomerId: null });
    const authorization = `Bearer ${await createAccessToken(user.id, "test")}`;
    return { user, call: async (body: unknown) => read(await createSession(send(body, { authorization }))) };
  };

  it("leads back to where the program says, on this site", async () => {
    const { call } = await withToken();
    const { id: product_id } = await productOf("aiaas_pro_yearly");
    const success_url = `${env.APP_URL}/success?of=program&session_id={CHECKOUT_SESSION_ID}`;
    const cancel_url = `${env.APP_URL}/pricing/yearly`;
    // Braces as they are: Stripe replaces them.
    const { status, body } = await call({ product_id, success_url, cancel_url });
    expect(status).toBe(200);
    const session = await stripe.checkout.sessions.retrieve(body.checkout_session.id);
    expect(session).toMatchObject({ success_url, cancel_url, amount_total: 99900 });
    expect(body.checkout_session).toEqual({
      id: session.id,
      url: session.url,
      expires_at: session.expires_at,
    });
  });

  it("begins sixty for one account in a quarter of an hour, whichever of its tokens asks, and says when to go on", async () => {
    const [{ user, call }, other] = [await withToken(), await withToken()];
    const { id: product_id } = await productOf("micro_feature_once");
    const window = { count: 59, resetsAt: sql`now() + interval '5 minutes'` };
    await db.insert(rateLimits).values({ key: `checkout:account:${user.id}`, ...window });
    expect((await call({ product_id: "not a product" })).status, "a mistake begins nothing").toBe(400);
    expect((await call({ product_id })).status).toBe(200);
    const authorization = `Bearer ${await createAccessToken(user.id, "a second one")}`;
    const limited = await read(await createSession(send({ product_id }, { authorization })));
    expect(limited).toMatchObject({ status: 429, body: { error: { code: "rate_limited", param: null } } });
    expect(limited.headers.get("retry-after")).toMatch(/^(29\d|300)$/);
    expect((await other.call({ product_id })).status).toBe(200);
  });

  it("is not begun by a token that may do something else", async () => {
    const { user } = await withToken();
    const token = await createAccessToken(user.id, "portal", { scopes: ["portal"] });
    const { id: product_id } = await productOf("micro_feature_once");
    const refused = await read(
      await createSession(send({ product_id }, { authorization: `Bearer ${token}` })),
    );
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({
      error: {
        code: "insufficient_scope",
        message: "This access token lacks the scope checkout.",
        param: null,
      },
    });
    expect(refused.headers.get("www-authenticate")).toBe(
      'Bearer error="insufficient_scope", scope="checkout"',
    );
    expect(await db.select().from(checkoutSessions).where(eq(checkoutSessions.userId, user.id))).toEqual([]);
  });

  it.each(["success_url", "cancel_url"])("takes 2,000 characters of a %s and not one more", async (name) => {
    const { call } = await withToken();
    const sized = (length: number) => `${env.APP_URL}/`.padEnd(length, "x");
    // The product is not looked for before the whole body is right.
    expect((await call({ product_id: randomUUID(), [name]: sized(2_000) })).status).toBe(404);
    const refused = await call({ product_id: randomUUID(), [name]: sized(2_001) });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_parameter", param: name } },
    });
    const foreign = await call({ product_id: randomUUID(), [name]: "https://evil.example/" });
    expect(foreign.body.error.message).toBe(
      `${name}: must lead to this site or to an origin in ALLOWED_REDIRECT_ORIGINS`,
    );
  });

  it("answers 409 to who has a subscription of that family already, and not to another", async () => {
    const [{ user, call }, other] = [await withToken(), await withToken()];
    const { stripePriceId } = await productOf("aiaas_starter_monthly");
    const { id: product_id } = await productOf("aiaas_pro_monthly");
    const [row] = await db
      .insert(subscriptions)
      .values({
        userId: user.id,
        stripeId: stripeId("sub"),
        stripeCustomerId: stripeId("cus"),
        stripePriceId,
        status: "active",
        quantity: 1,
        currency: "usd",
        startedAt: new Date("2026-01-01T00:00:00Z"),
        currentPeriodStart: new Date("2026-02-01T00:00:00Z"),
        currentPeriodEnd: new Date("2036-03-01T00:00:00Z"),
        cancelAtPeriodEnd: false,
        livemode: false,
      })
      .returning();
    await db
      .update(users)
      .set({ currentSubscriptionId: row?.id ?? null })
      .where(eq(users.id, user.id));
    expect(await call({ product_id })).toMatchObject({
      status: 409,
      body: {
        error: { code: "already_subscribed", param: "product_id", message: expect.stringMatching(/\w/) },
      },
    });
    expect((await other.call({ product_id })).status).toBe(200);
  });
});

describe("POST /api/v1/billing-portal-session", () => {
  const ask = async (userId: string, body: unknown = {}) => {
    const token = await createAccessToken(userId, "test", { scopes: ["portal"] });
    return read(await openPortal(send(body, { authorization: `Bearer ${token}` })));
  };

  it("gives a link to Stripe's page of the token's own customer", async () => {
    const customer = await stripe.customers.create({ email: "program@example.com", name: "Program" });
    const { id } = await someUser({ stripeCustomerId: customer.id });
    const { status, body } = await ask(id);
    expect(status).toBe(200);
    expect(openPortal.definition.response.parse(body)).toEqual(body);
    expect(await (await fetch(body.billing_portal_session.url)).text()).toContain("program@example.com");
  });

  it("answers 409 to who has bought nothing, or whose customer was deleted", async () => {
    const nobody = await someUser({ stripeCustomerId: null });
    const { id: customer } = await stripe.customers.create({ email: "gone@example.com" });
    const gone = await someUser({ stripeCustomerId: customer });
    await stripe.customers.del(customer);
    for (const { id } of [nobody, gone]) {
      expect(await ask(id)).toMatchObject({
        status: 409,
        body: {
          error: {
            code: "nothing_to_manage",
            message:
              "There is nothing to manage: nothing was bought yet, or the billing account was deleted.",
          },
        },
      });
    }
  });

  it("takes no customer from the request", async () => {
    const { id } = await someUser();
    const refused = await ask(id, { customer: "cus_another" });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "unknown_parameter" } } });
  });

  it("is opened thirty times in a quarter of an hour, and says when again", async () => {
    const customer = await stripe.customers.create({ email: "often@example.com" });
    const { id } = await someUser({ stripeCustomerId: customer.id });
    const window = { count: 29, resetsAt: sql`now() + interval '5 minutes'` };
    await db.insert(rateLimits).values({ key: `portal:account:${id}`, ...window });
    expect((await ask(id)).status).toBe(200);
    const limited = await ask(id);
    expect(limited.status).toBe(429);
    expect(limited.headers.get("retry-after")).toMatch(/^(29\d|300)$/);
  });
});
