import { beforeEach, describe, expect, it, vi } from "vitest";
import { env } from "@/env";
import { newVisitor } from "@/test/support/next-request";
import { element, elements, links, render, textOf } from "@/test/support/render";
import { signedIn } from "@/test/support/visitor";
import Failure from "./error";
import PrivateLayout, { metadata, viewport } from "./layout";
import NotFound, { metadata as notFound } from "./not-found";

vi.mock("next/headers", () => import("@/test/support/next-request"));
// Next waits for a request there, and there is none.
vi.mock("next/server", async (original) => ({
  ...(await original<typeof import("next/server")>()),
  connection: vi.fn(async () => {}),
}));
// Next's compiler puts the fonts into the page; there is nothing to run without it.
vi.mock("next/font/local", () => ({ default: () => ({ variable: "the-sans" }) }));
vi.mock("./(auth)/actions", async (original) => {
  const { namedActions } = await import("@/test/support/server-action");
  return namedActions(await original());
});

// It does its work in the browser; here it is seen that it is there.
vi.mock("@/components/stripe-js", () => ({
  StripeJs: ({ publishableKey }: { publishableKey: string }) => <i>{publishableKey}</i>,
}));

const read = async () => render(await PrivateLayout({ children: <p>The page.</p> }));

beforeEach(() => {
  newVisitor();
});

describe("the private sheet", () => {
  it("offers somebody unknown to sign in", async () => {
    const html = await read();
    expect(element(html, "main").text).toBe("The page.");
    expect(links(html).slice(0, 4)).toEqual([
      "Skip to the content → #main",
      "TitanForge → /",
      "Pricing → /pricing",
      "Sign in → /login",
    ]);
    expect(elements(html, "form")).toEqual([]);
  });

  it("offers somebody who is signed in their account and the way out", async () => {
    await signedIn();
    const html = await read();
    expect(links(html)[3]).toBe("Account → /account");
    expect(html).not.toContain("/login");
    expect(element(html, "form").attributes.action).toBe("signOut");
    expect(element(html, "button")).toMatchObject({ text: "Sign out", attributes: { type: "submit" } });
  });

  it("holds Stripe's own script where the shop has a key for it", async () => {
    expect(elements(await read(), "i")).toEqual([]);
    env.STRIPE_PUBLISHABLE_KEY = "pk_test_1";
    expect(element(await read(), "i").text).toBe("pk_test_1");
    env.STRIPE_PUBLISHABLE_KEY = undefined;
  });

  it("is rendered for a request, never before", async () => {
    const { connection } = await import("next/server");
    vi.mocked(connection).mockRejectedValueOnce(new Error("There is no request."));
    await expect(read()).rejects.toThrow("There is no request.");
  });

  it("is for no search engine", () => {
    expect(metadata.robots).toEqual({ index: false });
    expect(metadata.title).toMatchObject({ template: "%s · TitanForge" });
    expect(viewport.colorScheme).toBe("light dark");
  });

  it("has a page for what is not there and one for what broke", async () => {
    expect(notFound.title).toBe("Not found");
    expect(textOf(await render(<NotFound />))).toContain("Not in the catalogue.");
    expect(textOf(await render(<Failure retry={() => {}} />))).toContain("Something broke on our side.");
  });
});
