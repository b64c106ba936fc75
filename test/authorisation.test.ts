import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { encode } from "next-auth/jwt";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { db } from "@/db";
import type { User } from "@/db/queries/users";
import { accessTokens, checkoutSessions, sessions, users } from "@/db/schema";
import { env } from "@/env";
import { SCOPES } from "@/lib/auth/scopes";
import { endSession, startSession } from "@/lib/auth/sign-ins";
import { createAccessToken } from "@/lib/auth/tokens";
import { createCheckoutSession } from "@/lib/billing/checkout/session";
import { stripe } from "@/lib/billing/stripe";
import { emptyForm } from "@/lib/form";
import { type Entrance, filesWithHiddenActions, listActions, listRoutes, load } from "./support/entrances";
import { formOf, newVisitor, outcomeOf } from "./support/next-request";
import { listPages, type Page } from "./support/pages";
import { render } from "./support/render";
import { account, productOf } from "./support/visitor";

/**
 * Who may do what: every page, action and route of the file tree × everybody who may come. Each is called by itself, with
 * no proxy.ts and no layout before it, so that whatever refuses somebody stands in it. What is new in the tree is not in
 * the table below, and fails until somebody says there who may.
 */

vi.hoisted(() => {
  process.env.CRON_SECRET = "the secret of the scheduler";
});
vi.mock("next/headers", () => import("./support/next-request"));
vi.mock("next/cache", () => ({ revalidatePath: vi.fn() }));
vi.mock("next/server", async (original) => ({
  ...(await original<object>()),
  connection: async () => {},
}));

const VISITORS = [
  "nobody",
  "customer",
  "another customer",
  "signed-out cookie",
  "owner",
  "token",
  "token without the scope",
] as const;
type Visitor = (typeof VISITORS)[number];
type Row = Record<Visitor, string>;

const everybody = (outcome: string): Row =>
  Object.fromEntries(VISITORS.map((visitor) => [visitor, outcome])) as Row;

/** All of them ask for the customer's things; anybody else has an account of their own, with nothing in it. */
const signedIn = (customer: string, others: string, anybody: string): Row => ({
  ...everybody(anybody),
  customer,
  "another customer": others,
  owner: others,
});

/** Cookies mean nothing to the API. */
const withToken = (outcome: string): Row => ({
  ...everybody("401"),
  token: outcome,
  "token without the scope": "403",
});

const toSignIn = (next: string) => `→ /login?${new URLSearchParams({ next })}`;

const PAGES: Record<string, Row> = {
  "/": everybody("shown"),
  "/cancel": everybody("shown"),
  "/pricing": everybody("shown"),
  "/pricing/yearly": everybody("shown"),
  "/login": signedIn("→ /account", "→ /account", "shown"),
  "/register": signedIn("→ /account", "→ /account", "shown"),
  "/account": signedIn("shown, with what is the customer's", "shown", toSignIn("/account")),
  "/account/tokens": signedIn("shown, with what is the customer's", "shown", toSignIn("/account/tokens")),
  "/success": signedIn("shown, with what is the customer's", "not found", "→ /login?next=%2Fsuccess…"),
};

const AUTH = "app/(private)/(auth)/actions.ts";
const TOKENS = "app/(private)/account/tokens/actions.ts";

const ACTIONS: Record<string, Row> = {
  // They make and end sessions, so whoever asks may; who gets one is decided by the password alone.
  [`login in ${AUTH}`]: everybody("answers"),
  [`register in ${AUTH}`]: everybody("answers"),
  [`signOut in ${AUTH}`]: { ...everybody("→ /"), customer: "→ /, and changes what is the customer's" },
  // Stripe's page is of the customer whom the account names, and the others have none.
  "openBillingPortal in app/(private)/account/actions.ts": signedIn(
    "→ Stripe",
    "→ /pricing",
    toSignIn("/account"),
  ),
  [`createToken in ${TOKENS}`]: signedIn(
    "answers, and changes what is the customer's",
    "answers",
    toSignIn("/account/tokens"),
  ),
  [`revokeToken in ${TOKENS}`]: signedIn(
    "answers, and changes what is the customer's",
    "answers",
    toSignIn("/account/tokens"),
  ),
  "startCheckout in app/_actions/start-checkout.ts": signedIn(
    "→ Stripe, and changes what is the customer's",
    "→ Stripe",
    "→ /login?product=…",
  ),
};

const ROUTES: Record<string, Row> = {
  ...Object.fromEntries(
    ["DELETE", "GET", "PATCH", "POST", "PUT"].map((method) => [`${method} /api/[...path]`, everybody("404")]),
  ),
  "GET /api/canonical-host": everybody("307"),
  "GET /api/health": everybody("200"),
  "GET /api/refused": everybody("400"),
  "GET /api/viewer": signedIn("200, with what is the customer's", "200", "200"),
  "GET /api/cron/reconcile": everybody("401"),
  "POST /api/v1/access-token": everybody("401"),
  "POST /api/v1/billing-portal-session": withToken("200"),
  "POST /api/v1/create-checkout-session": withToken("200"),
  "GET /api/v1/products": everybody("200"),
  "POST /api/v1/stripe-webhook": everybody("400"),
};

const [pages, actions, routes] = [listPages(), await listActions(), await listRoutes()];

describe("the table", () => {
  it("names each page, action and route of the file tree, and nothing else", () => {
    expect(pages.map(({ path }) => path).toSorted()).toEqual(Object.keys(PAGES).toSorted());
    expect(actions.map(({ name }) => name).toSorted()).toEqual(Object.keys(ACTIONS).toSorted());
    expect(routes.map(({ name }) => name).toSorted()).toEqual(Object.keys(ROUTES).toSorted());
  });

  it("misses no action inside another function", () => {
    expect(filesWithHiddenActions()).toEqual([]);
  });
});

/** In all that the customer reads, and in nothing that anybody else does. */
const NAME = `Canary ${randomUUID()}`;
const people = {} as Record<"customer" | "another customer" | "owner", User>;
let job = "";
let checkout = "";
const customersToken = { id: "", text: "" };

beforeAll(async () => {
  const { id } = await stripe.customers.create({ email: "canary@example.com", name: NAME });
  people.customer = await account({ name: NAME, stripeCustomerId: id });
  people["another customer"] = await account();
  people.owner = await account({ role: "owner" });
  job = (await productOf("micro_feature_once")).id;
  checkout = (await createCheckoutSession(people.customer, { productId: job })).id;
});

describe.each(VISITORS)("%s", (visitor) => {
  describe.each(pages)("$path", (page) => {
    it("is a page as the table says", async () => {
      await arrive(visitor);
      expect(await visit(page)).toBe(PAGES[page.path]?.[visitor]);
    });
  });

  describe.each(actions)("$name", ({ name, call }) => {
    it("is an action as the table says", async () => {
      await arrive(visitor);
      expect(await act(call)).toBe(ACTIONS[name]?.[visitor]);
    });
  });

  describe.each(routes)("$name", (route) => {
    it("is a route as the table says", async () => {
      await arrive(visitor, route.call.definition?.scope);
      expect(await ask(route)).toBe(ROUTES[route.name]?.[visitor]);
    });
  });
});

let headers: Record<string, string> = {};

/** The next call comes from a browser or a program of this visitor's. */
async function arrive(visitor: Visitor, scope?: string) {
  const browser = newVisitor();
  await db.delete(accessTokens).where(eq(accessTokens.userId, people.customer.id));
  const text = await createAccessToken(people.customer.id, NAME, {
    scopes: SCOPES.filter((one) => visitor !== "token without the scope" || one !== scope),
  });
  const [row] = await db.select().from(accessTokens).where(eq(accessTokens.userId, people.customer.id));
  Object.assign(customersToken, { id: row?.id ?? "", text });
  if (visitor.startsWith("token")) browser.headers = { authorization: `Bearer ${text}` };
  if (visitor === "signed-out cookie")
    browser.cookies.set("session", await cookieOf(people.customer, "ended"));
  if (visitor in people)
    browser.cookies.set("session", await cookieOf(people[visitor as keyof typeof people]));
  const cookie = [...browser.cookies].map((pair) => pair.join("=")).join("; ");
  headers = { ...browser.headers, cookie, "x-forwarded-for": browser.ip };
}

async function cookieOf({ id, sessionVersion }: User, state?: "ended") {
  const sessionId = await startSession(id);
  if (state) await endSession(sessionId);
  const token = { sub: id, sessionVersion, sessionId };
  return encode({ token, secret: env.AUTH_SECRET, salt: "session" });
}

async function visit({ file, path, params }: Page): Promise<string> {
  const { default: Shown } = (await load(file)) as { default: (props: object) => Promise<never> };
  const searchParams = Promise.resolve(path === "/success" ? { session_id: checkout } : {});
  const shown = async () => render(await Shown({ params: Promise.resolve(params), searchParams }));
  const outcome = await outcomeOf(shown());
  if ("to" in outcome) return leading(outcome.to);
  if ("notFound" in outcome) return "not found";
  const html = outcome.answer;
  return told("shown", path === "/success" ? html.includes(people.customer.email) : html.includes(NAME));
}

async function act(call: Entrance["call"]): Promise<string> {
  const fields = { product_id: job, token_id: customersToken.id };
  const form = formOf({ ...fields, name: "made by somebody", scope_checkout: "on", lifetime: "30" });
  const before = await customersRows();
  const outcome = await outcomeOf(Promise.resolve(call.length === 2 ? call(emptyForm, form) : call(form)));
  const end = "to" in outcome ? leading(outcome.to) : "answers";
  return (await customersRows()) === before ? end : `${end}, and changes what is the customer's`;
}

async function ask({ name, call }: Entrance): Promise<string> {
  const [method = "", path] = name.split(" ");
  const bodies: Record<string, object> = {
    "/api/v1/access-token": { email: people.customer.email, password: "wrong" },
    "/api/v1/create-checkout-session": { product_id: job },
  };
  const body = method === "POST" ? JSON.stringify(bodies[path ?? ""] ?? {}) : undefined;
  const response = (await call(
    new Request(`http://shop.test${path}`, { method, headers, body }),
  )) as Response;
  return told(String(response.status), (await response.text()).includes(NAME));
}

const told = (outcome: string, isCustomers: boolean) =>
  isCustomers ? `${outcome}, with what is the customer's` : outcome;

/** By its path, and the beginning of what it carries. */
function leading(to: string): string {
  if (/\/c\/pay\/|\/p\/session\//.test(to)) return "→ Stripe";
  return `→ ${to.replace(job, "…").replace(/(%2Fsuccess).*/, "$1…")}`;
}

async function customersRows(): Promise<string> {
  const { id } = people.customer;
  const rows = await Promise.all([
    db.select().from(users).where(eq(users.id, id)),
    db.select().from(accessTokens).where(eq(accessTokens.userId, id)),
    db.select().from(sessions).where(eq(sessions.userId, id)),
    db.select().from(checkoutSessions).where(eq(checkoutSessions.userId, id)),
  ]);
  return JSON.stringify(rows);
}
