import { unstable_doesMiddlewareMatch } from "next/experimental/testing/server";
import { NextRequest } from "next/server";
import { afterAll, describe, expect, it, vi } from "vitest";
import { config } from "@/proxy";

/** A page has one host: whoever comes by another name of the shop is led to APP_URL before anything else happens. */

afterAll(() => {
  vi.unstubAllEnvs();
});

/** The proxy and the route that it sends to, as Next calls one after the other. @returns where the visitor is led */
async function shopAt(appUrl: string) {
  vi.resetModules();
  vi.stubEnv("APP_URL", appUrl);
  const { proxy } = await import("@/proxy");
  const { GET } = await import("@/app/api/canonical-host/route");
  return async (path: string, headers: Record<string, string>, method = "GET") => {
    // As Next has it: whatever the request's Host says, the address is one on localhost.
    const asked = new NextRequest(`http://localhost:3000${path}`, { headers, method });
    const response = await proxy(asked);
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(response.headers.get("location"), "Next would make it relative").toBeNull();
    const rewritten = response.headers.get("x-middleware-rewrite");
    if (!rewritten) return null;
    // Next gives the route what was asked at first, with the headers that the proxy has set.
    const handedOn = response.headers.get("x-middleware-request-x-canonical-path") ?? "";
    expect(new URL(rewritten).pathname).toBe("/api/canonical-host");
    const answer = GET(new Request(asked.url, { headers: { "x-canonical-path": handedOn } }));
    expect(answer.status).toBe(307);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    return answer.headers.get("location");
  };
}

const atLocalhost = await shopAt("http://localhost:3000");
const atAddress = await shopAt("http://127.0.0.1:3000");
const atDomain = await shopAt("https://shop.example");
const atWww = await shopAt("https://www.shop.example");

const LOOPBACK = [
  "127.0.0.1:3000",
  "127.0.0.1",
  "127.1.2.3:3000",
  "0.0.0.0:3000",
  "[::1]:3000",
  "[::]:3000",
  "[0:0:0:0:0:0:0:1]:3000",
  "[::ffff:127.0.0.1]:3000",
  "shop.localhost:3000",
  "localhost.:3000",
];

describe("a shop on this machine", () => {
  it.each([...LOOPBACK, "www.localhost:3000"])("leads from %s to localhost", async (host) => {
    expect(await atLocalhost("/register", { host })).toBe("http://localhost:3000/register");
  });

  it("leads from localhost to its address, if that is its name", async () => {
    expect(await atAddress("/", { host: "localhost:3000" })).toBe("http://127.0.0.1:3000/");
    expect(await atAddress("/", { host: "127.0.0.1:3000" })).toBeNull();
  });

  // Another port: cookies know none, and a tunnel or a container may have another outside.
  it.each(["localhost:3000", "LOCALHOST:3000", "localhost", "localhost:8080"])(
    "is at home at %s",
    async (host) => {
      expect(await atLocalhost("/register", { host })).toBeNull();
    },
  );

  it("is seen by a telephone in the same network", async () => {
    expect(await atLocalhost("/", { host: "192.168.1.5:3000" })).toBeNull();
  });
});

describe("a public shop", () => {
  it.each([
    ["www", { host: "www.shop.example" }],
    [
      "www, behind a proxy that leaves Host alone",
      { host: "www.shop.example", "x-forwarded-for": "192.0.2.1" },
    ],
    ["www, as the proxy was asked", { host: "10.0.0.5:3000", "x-forwarded-host": "www.shop.example" }],
    ["the first of several", { host: "inner", "x-forwarded-host": "shop.example.net , inner.example" }],
    ["a name of the platform's", { host: "shop.platform.example" }],
    ["a name of its own with a port", { host: "old-shop.example:8443" }],
  ])("leads from %s to its own name", async (_, headers) => {
    expect(await atDomain("/pricing", headers)).toBe("https://shop.example/pricing");
  });

  it.each([
    ["its own name", { host: "shop.example" }],
    ["its own name in capitals, with the port", { host: "SHOP.example:443" }],
    ["its own name, as the proxy was asked", { host: "10.0.0.5:3000", "x-forwarded-host": "shop.example" }],
    [
      "its own name, as the first proxy was asked",
      { host: "inner", "x-forwarded-host": "shop.example, inner" },
    ],
    ["a name that a proxy put there", { host: "d1.cdn.example", via: "1.1 cdn.example" }],
    ["another such name", { host: "shop.backend.example", "x-forwarded-for": "192.0.2.1" }],
    ["the name of a container", { host: "app:3000" }],
    ["an address in the network behind", { host: "10.0.0.5:3000" }],
    ["the loopback address that a proxy asks", { host: "127.0.0.1:3000" }],
    ["a name in the network behind", { host: "shop.prod.internal:3000" }],
    ["no name at all", {}],
    ["what is no host", { host: "a b" }],
  ])("stays where it is for %s", async (_, headers) => {
    expect(await atDomain("/pricing", headers as Record<string, string>)).toBeNull();
  });

  it("leads from the bare domain to www, if that is its name", async () => {
    expect(await atWww("/", { host: "shop.example", via: "1.1 proxy" })).toBe("https://www.shop.example/");
  });
});

describe("the way there", () => {
  const host = "127.0.0.1:3000";
  it.each([
    ["/", "/"],
    ["/pricing/yearly", "/pricing/yearly"],
    ["/login?next=%2Faccount&x=a+b", "/login?next=%2Faccount&x=a+b"],
    ["/success?session_id=cs_test_1", "/success?session_id=cs_test_1"],
    ["/n%C3%A4", "/n%C3%A4"],
    ["//evil.example/x", "//evil.example/x"],
    ["/\\evil.example", "//evil.example"],
    ["/@evil.example", "/@evil.example"],
    ["/?path=//evil.example&search=?x", "/?path=//evil.example&search=?x"],
  ])("%s leads to %s, on this shop", async (path, expected) => {
    expect(await atLocalhost(path, { host })).toBe(`http://localhost:3000${expected}`);
  });

  it("is the same for HEAD", async () => {
    expect(await atLocalhost("/login", { host }, "HEAD")).toBe("http://localhost:3000/login");
  });

  it.each(["OPTIONS", "PUT", "DELETE"])("is none for %s", async (method) => {
    expect(await atLocalhost("/login", { host }, method)).toBeNull();
  });

  it("is none for a form, which is foreign", async () => {
    const { proxy } = await import("@/proxy");
    const foreign = { host: "www.shop.example", origin: "https://evil.example" };
    const request = new NextRequest("http://localhost:3000/login", { method: "POST", headers: foreign });
    expect((await proxy(request)).status).toBe(403);
  });

  it.each(["/favicon.ico", "/robots.txt", "/icon.svg"])("is none for %s, a file", async (path) => {
    expect(await atLocalhost(path, { host })).toBeNull();
  });

  it.each(["/api/health", "/api/v1/stripe-webhook", "/api/v1/products", "/_next/static/a.js"])(
    "is none for %s, which the proxy does not see",
    (url) => {
      expect(unstable_doesMiddlewareMatch({ config, nextConfig: {}, url })).toBe(false);
    },
  );
});

describe("the route", () => {
  it.each([
    ["//evil.example", "http://localhost:3000//evil.example"],
    ["@evil.example", "http://localhost:3000/@evil.example"],
    ["https://evil.example", "http://localhost:3000/https://evil.example"],
    ["/a\\b?x#y", "http://localhost:3000/a/b?x%23y"],
    ["?@evil.example", "http://localhost:3000/?@evil.example"],
    [null, "http://localhost:3000/"],
  ])("leads to no other site by %s", async (path, expected) => {
    vi.resetModules();
    vi.stubEnv("APP_URL", "http://localhost:3000");
    const { GET } = await import("@/app/api/canonical-host/route");
    const headers: Record<string, string> = path === null ? {} : { "x-canonical-path": path };
    const answer = GET(new Request("http://any.example/api/canonical-host", { headers }));
    expect(answer.headers.get("location")).toBe(expected);
  });
});
