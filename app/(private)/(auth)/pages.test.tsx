import { beforeEach, describe, expect, it, vi } from "vitest";
import { signNobodyIn } from "@/lib/auth";
import { newVisitor, outcomeOf } from "@/test/support/next-request";
import { element, fieldOf, links, render, textOf } from "@/test/support/render";
import { productOf, productOffSale, signedIn } from "@/test/support/visitor";
import LoginPage, { metadata as login } from "./login/page";
import RegisterPage, { metadata as registration } from "./register/page";

vi.mock("next/headers", () => import("@/test/support/next-request"));
vi.mock("./actions", async (original) => {
  const { namedActions } = await import("@/test/support/server-action");
  return namedActions(await original());
});
vi.mock("@/app/_actions/start-checkout", async (original) => {
  const { namedActions } = await import("@/test/support/server-action");
  return namedActions(await original());
});

type Query = { next?: string | string[]; product?: string | string[] };
const pages = {
  "/login": (query: Query) => LoginPage({ searchParams: Promise.resolve(query) }),
  "/register": (query: Query) => RegisterPage({ searchParams: Promise.resolve(query) }),
};
const read = async (path: keyof typeof pages, query: Query = {}) => render(await pages[path](query));

beforeEach(() => {
  newVisitor();
});

it("the pages are called by what is done there", () => {
  expect([login.title, registration.title]).toEqual(["Sign in", "Create an account"]);
});

it("the pages may be found, each under one address, unlike the others of their zone", () => {
  const found = (path: string) => ({ robots: { index: true }, alternates: { canonical: path } });
  expect(login).toMatchObject(found("/login"));
  expect(registration).toMatchObject(found("/register"));
});

describe.each([
  {
    path: "/login",
    title: "Sign in",
    action: "login",
    fields: ["Email", "Password", "Show what I typed", "Sign in"],
    other: ["New here? Create an account", "Create an account → /register"],
  },
  {
    path: "/register",
    title: "Create an account",
    action: "register",
    fields: ["Name", "Email", "Password", "Show what I typed", "At least 12 characters", "Create account"],
    other: ["Been here before? Sign in instead", "Sign in instead → /login"],
  },
] as const)("$path", ({ path, title, action, fields, other: [words, link] }) => {
  it("asks who somebody is, and knows the way to the other page of the two", async () => {
    const html = await read(path);
    expect(textOf(html).split("\n")).toEqual([title, ...fields, words]);
    expect(element(html, "form").attributes.action).toBe(action);
    expect(links(html)).toEqual([link]);
    expect(fieldOf(html, "next")).toBeUndefined();
    expect(fieldOf(html, "product_id")).toBeUndefined();
  });

  it("keeps what somebody wanted, in the form and on the way to the other page", async () => {
    const { id } = await productOf("aiaas_pro_yearly");
    const html = await read(path, { next: "/account/tokens?a=1&b=2", product: id });
    expect(textOf(html).split("\n")[1]).toBe(
      "After this you go straight to Checkout for AIaaS Pro, yearly: $999.00 a year.",
    );
    expect(fieldOf(html, "next")?.value).toBe("/account/tokens?a=1&b=2");
    expect(fieldOf(html, "product_id")?.value).toBe(id);
    expect(links(html)).toEqual([`${link}?next=%2Faccount%2Ftokens%3Fa%3D1%26b%3D2&product=${id}`]);
  });

  it("keeps each of the two without the other", async () => {
    const { id } = await productOf("micro_feature_once");
    expect(links(await read(path, { next: "/account" }))).toEqual([`${link}?next=%2Faccount`]);
    expect(links(await read(path, { product: id }))).toEqual([`${link}?product=${id}`]);
  });

  it("forgets what cannot be: a product off sale, an odd id, two of one", async () => {
    const { id } = await productOffSale();
    for (const query of [{ product: id }, { product: "pro" }, { next: ["/a", "/b"], product: [id, id] }]) {
      const html = await read(path, query);
      expect(links(html)).toEqual([link]);
      expect(html).not.toContain("straight to Checkout");
    }
  });

  it("leads somebody who is signed in already on, on this site only", async () => {
    await signedIn();
    const open = async (query: Query) => outcomeOf(render(await pages[path](query)));
    expect(await open({})).toEqual({ to: "/account" });
    expect(await open({ next: "/account/tokens" })).toEqual({ to: "/account/tokens" });
    expect(await open({ next: "//evil.example" })).toEqual({ to: "/account" });
  });

  it("offers somebody who is signed in already the checkout they came for", async () => {
    await signedIn();
    const { id } = await productOf("micro_feature_once");
    const html = await read(path, { product: id, next: "/account" });
    expect(textOf(html).split("\n")).toEqual([
      "You are signed in.",
      "Next is Checkout for Micro-Feature Development: $499.00 once.",
      "Continue to Checkout",
    ]);
    expect(element(html, "form").attributes.action).toBe("startCheckout");
    expect(fieldOf(html, "product_id")).toMatchObject({ type: "hidden", value: id });
  });
});

it("/login tells whoever just registered with an address that had an account, and nobody else", async () => {
  const SENTENCE =
    "The address that you registered with had an account already, with another password. Nothing was changed: sign in with the password of that account.";
  expect(await read("/login")).not.toContain("had an account");
  await signNobodyIn("ada@example.com", "Ada");
  const html = await read("/login", { next: "/account" });
  expect(textOf(html).split("\n")).toContain(SENTENCE);
  expect(html).toMatch(/role="alert"/);
  expect(await read("/register")).not.toContain("had an account");
});
