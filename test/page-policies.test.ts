import {
  unstable_doesMiddlewareMatch,
  unstable_getResponseFromNextConfig,
} from "next/experimental/testing/server";
import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import { PUBLIC_PAGES } from "@/lib/http/public-pages";
import nextConfig from "@/next.config";
import { config, proxy } from "@/proxy";
import { listPages, pagesIn } from "./support/pages";

/** Under which policy each page of the file tree is served, and everything that is no page. */

const NONCE = /script-src 'self' 'nonce-[\w-]{36}' 'strict-dynamic'/;

const isSeen = (url: string, headers: Record<string, string> = {}) =>
  // Whole, for what begins with two slashes is no path otherwise.
  unstable_doesMiddlewareMatch({ config, nextConfig: {}, url: `http://shop.test${url}`, headers });

/** As Next has it: the proxy's answer, if its matcher lets the request through to it, over next.config.ts'. */
async function policyOf(path: string) {
  const configured = await unstable_getResponseFromNextConfig({
    url: `http://shop.test${path}`,
    nextConfig,
  });
  const own = isSeen(path) ? (await proxy(new NextRequest(`http://shop.test${path}`))).headers : null;
  return {
    told: (own ?? configured.headers).get("content-security-policy") ?? "",
    configured: configured.headers.get("content-security-policy"),
    /** Next reads the nonce from there. */
    handedOn: own?.get("x-middleware-request-content-security-policy") ?? null,
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

it("the public pages are those of the file tree, and no others", () => {
  expect(PUBLIC_PAGES.toSorted()).toEqual(publicPages.map(({ path }) => path).toSorted());
});

it.each(otherPages)("$path is asked of the proxy first", ({ path }) => {
  for (const url of [path, `${path}?x=1`, `${path}/`, `${path}/below`])
    expect([url, isSeen(url)]).toEqual([url, true]);
});

/** Whatever calls an action has one of these: a body has a type and a length, and React names the action. */
const CALLS: Record<string, string>[] = [
  { "next-action": "x" },
  { "content-type": "multipart/form-data; boundary=x" },
  { "content-length": "0" },
  { "transfer-encoding": "chunked" },
];

it.each(publicPages)(
  "$path costs no proxy when it is looked at, and none can be called past it",
  ({ path }) => {
    for (const url of [path, `${path}?x=1`]) {
      expect(isSeen(url)).toBe(false);
      expect(isSeen(url, { cookie: "a=b", accept: "text/html", rsc: "1" })).toBe(false);
      for (const headers of CALLS) expect([url, headers, isSeen(url, headers)]).toEqual([url, headers, true]);
    }
  },
);

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
  expect(once.configured, "no other policy could take its place").toBeNull();
  expect(once.handedOn).toBe(once.told);
  expect(again.told).not.toBe(once.told);
});

it.each([
  ...["/nowhere", "/admin", "/cancel/below", "/cancelled", "/pricings", "/account/pricing", "/pricing/x"],
  // The same pages as only a program spells them.
  ...["/%61ccount", "/%70ricing", "/Pricing", "/pricing%2f..%2faccount", "//account"],
])("%s, which is no public page, is served as a private one", async (path) => {
  const { told, configured } = await policyOf(path);
  expect(told).toMatch(NONCE);
  expect(configured).toBeNull();
});
