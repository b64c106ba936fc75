import { unstable_doesMiddlewareMatch } from "next/experimental/testing/server";
import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import { config, proxy } from "@/proxy";
import { listPages, pagesIn } from "./support/pages";

/** Under which policy each page of the file tree is served, and everything that is no page. */

const NONCE = /script-src 'self' 'nonce-[\w-]{36}' 'strict-dynamic'/;

async function policyOf(path: string) {
  const { headers } = await proxy(new NextRequest(`http://shop.test${path}`));
  return {
    told: headers.get("content-security-policy") ?? "",
    /** Next reads the nonce from there. */
    handedOn: headers.get("x-middleware-request-content-security-policy"),
  };
}

const pages = listPages();
const publicPages = pages.filter(({ isPublic }) => isPublic);
const otherPages = pages.filter(({ isPublic }) => !isPublic);

describe("the file tree", () => {
  it("is read as Next reads it", () => {
    const address = (...folders: string[]) => pagesIn(folders).map(({ path }) => path);
    expect(address("(public)")).toEqual(["/"]);
    expect(address("(private)", "admin", "(lists)", "customers", "[id]", "notes")).toEqual([
      "/admin/customers/00000000-0000-4000-8000-000000000000/notes",
    ]);
    expect(address("(public)", "pricing", "[[...interval]]")).toEqual(["/pricing", "/pricing/yearly"]);
  });

  it("has pages of each kind", () => {
    const paths = (some: typeof pages) => some.map(({ path }) => path);
    expect(paths(publicPages)).toEqual(expect.arrayContaining(["/", "/cancel", "/pricing"]));
    expect(paths(pages.filter((page) => page.needsSession))).toEqual(
      expect.arrayContaining(["/account", "/account/tokens", "/success"]),
    );
    expect(paths(otherPages)).toEqual(expect.arrayContaining(["/login", "/register"]));
  });
});

it.each(pages)("$path is asked of the proxy first", ({ path }) => {
  expect(unstable_doesMiddlewareMatch({ config, nextConfig: {}, url: path })).toBe(true);
});

it.each(publicPages)(
  "$path is served under the public policy, for a cached page has no nonce",
  async ({ path }) => {
    const { told, handedOn } = await policyOf(path);
    expect(told).toContain("script-src 'self' 'unsafe-inline'");
    expect(told).not.toContain("nonce");
    expect(handedOn).toBeNull();
  },
);

it.each(otherPages)("$path is served under a nonce of its own", async ({ path }) => {
  const [once, again] = [await policyOf(path), await policyOf(path)];
  expect(once.told).toMatch(NONCE);
  expect(once.told).not.toContain("'unsafe-");
  expect(once.handedOn).toBe(once.told);
  expect(again.told).not.toBe(once.told);
});

it.each([
  ...["/nowhere", "/admin", "/cancel/below", "/cancelled", "/pricings", "/account/pricing"],
  // The same pages as only a program spells them.
  ...["/%61ccount", "/%70ricing", "/Pricing", "/pricing%2f..%2faccount", "//account"],
])("%s, which is no public page, is served as a private one", async (path) => {
  expect((await policyOf(path)).told).toMatch(NONCE);
});
