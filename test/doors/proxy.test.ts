import { readdirSync } from "node:fs";
import { unstable_doesMiddlewareMatch } from "next/experimental/testing/server";
import { NextRequest } from "next/server";
import { afterAll, describe, expect, it, vi } from "vitest";

/** The proxy stands before every page: it refuses foreign forms, and says what a page may load and run. */

afterAll(() => {
  vi.unstubAllEnvs();
});

async function load(appUrl = "https://shop.example") {
  vi.resetModules();
  vi.stubEnv("APP_URL", appUrl);
  return import("@/proxy");
}
const { proxy, config } = await load();

const get = (path: string, headers: Record<string, string> = {}) =>
  proxy(new NextRequest(new URL(path, "http://inner.test:3000"), { headers }));
const post = (headers: Record<string, string>, body: BodyInit | null = null, through = proxy) =>
  through(new NextRequest("http://inner.test:3000/login", { method: "POST", headers, body }));

const policyOf = (response: Response) => response.headers.get("content-security-policy") ?? "";
/** Next's proxy hands headers on to the page under these names. */
const handedOn = (response: Response) => response.headers.get("x-middleware-request-content-security-policy");
const NONCE = /'nonce-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'/;

/** Public pages are cached by their address, so theirs are few and real. */
const VALUES: Record<string, string> = { "[[...interval]]": "yearly" };

/** The addresses of the pages below a folder, as its files say: groups are no part of one, a rest may be empty. */
function addressesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)page\.tsx$/.test(file))
    .flatMap((file) => {
      const parts = file.split("/").slice(0, -1);
      const shown = parts.filter((part) => !/^\(.*\)$/.test(part));
      const whole = shown.map((part) => VALUES[part] ?? part.replace(/^\[.*\]$/, "anything"));
      const short = shown.at(-1)?.startsWith("[[") ? [shown.slice(0, -1)] : [];
      return [whole, ...short].map((segments) => `/${segments.join("/")}`);
    });
}
const privatePages = addressesIn("app/(private)");
const publicPages = addressesIn("app/(public)");

describe("the pages in the file tree", () => {
  it("are found", () => {
    expect(privatePages).toEqual(
      expect.arrayContaining(["/login", "/register", "/account", "/account/tokens", "/success"]),
    );
    expect(publicPages).toEqual(expect.arrayContaining(["/", "/cancel", "/pricing", "/pricing/yearly"]));
  });

  it("lie in one of the two zones, each of them", () => {
    const all = readdirSync("app", { recursive: true, encoding: "utf8" }).filter((file) =>
      /(^|\/)page\.\w+$/.test(file),
    );
    expect(all.filter((file) => !/^\((private|public)\)\/(.+\/)?page\.tsx$/.test(file))).toEqual([]);
  });

  it.each(privatePages)("%s runs only scripts with this request's nonce", async (path) => {
    for (const address of [path, `${path}?x=1`, `${path}/`, `${path}/below`]) {
      const response = await get(address);
      expect(policyOf(response)).toMatch(NONCE);
      expect(policyOf(response)).toContain("'strict-dynamic'");
      expect(policyOf(response)).not.toContain("'unsafe-inline'");
    }
  });

  it.each(publicPages)(
    "%s has its policy from next.config.ts, even where an action is called",
    async (path) => {
      const response = await get(path);
      expect(policyOf(response)).toBe("");
      expect(handedOn(response), "nothing about the request is changed").toBeNull();
      expect(response.headers.get("x-middleware-override-headers")).toBeNull();
    },
  );
});

describe("the two policies", () => {
  it.each(["/admin", "/admin/metrics"])("%s is private before it is there", async (path) => {
    expect(policyOf(await get(path))).toMatch(NONCE);
  });

  it.each([
    "/loginx",
    "/accounts",
    "/x/login",
    "/successful",
    "/pricingx",
    "/pricing/account",
    "/cancelled",
    "/nowhere",
  ])("%s is no public page, so it gets the stricter policy", async (path) => {
    expect(policyOf(await get(path))).toMatch(NONCE);
  });

  it("have a nonce that is new with each request, and that reaches Next with it", async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => get("/login")));
    const nonces = responses.map((response) => policyOf(response).match(NONCE)?.[1]);
    expect(new Set(nonces).size).toBe(20);
    for (const response of responses) expect(handedOn(response)).toBe(policyOf(response));
  });

  it("are ours, whatever the request brings along", async () => {
    const given = { "content-security-policy": "script-src 'nonce-known' *", accept: "text/html" };
    const response = await get("/login", given);
    expect(handedOn(response)).toBe(policyOf(response));
    expect(policyOf(response)).not.toContain("known");
    expect(response.headers.get("x-middleware-request-accept"), "the rest is handed on").toBe("text/html");
  });

  it("stand on what passes of a form, too", async () => {
    const response = await post({ origin: "https://shop.example", "content-type": "text/plain" }, "x");
    expect(response.status).toBe(200);
    expect(handedOn(response)).toBe(policyOf(response));
    expect(policyOf(response)).toMatch(NONCE);
  });
});

describe("a form", () => {
  it.each([
    ["of the site's address", { origin: "https://shop.example" }],
    ["of the host it is sent to", { origin: "https://inner.test:3000", host: "inner.test:3000" }],
    [
      "of that host with the port that goes without saying",
      { origin: "https://a.example", host: "a.example:443" },
    ],
    [
      "of the host and the scheme that a proxy was asked by",
      { origin: "http://inner.test", host: "inner.test", "x-forwarded-proto": "http , https" },
    ],
    [
      "of the host that a proxy was asked for",
      { origin: "https://www.example:8443", host: "inner.test", "x-forwarded-host": "www.example:8443" },
    ],
    [
      "of the host that the first of several proxies was asked for",
      { origin: "https://www.example", host: "inner.test", "x-forwarded-host": "www.example , middle.test" },
    ],
    [
      "of the host it is sent to, when a proxy names none",
      { origin: "https://other.example", host: "other.example", "x-forwarded-host": "" },
    ],
  ])("passes %s", async (_, headers) => {
    expect((await post(headers)).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ["of nobody", {}],
    ["of an empty origin", { origin: "" }],
    ["of an origin that browsers keep to themselves", { origin: "null" }],
    ["of what is no origin", { origin: "shop.example" }],
    ["of another site", { origin: "https://evil.example" }],
    ["of our name below another's", { origin: "https://shop.example.evil.example" }],
    ["of a name below ours", { origin: "https://a.shop.example" }],
    ["of our name by another scheme", { origin: "http://shop.example" }],
    ["of our name by http, sent to it", { origin: "http://shop.example", host: "shop.example" }],
    [
      "of our name by http, as a proxy was asked",
      { origin: "http://shop.example", host: "inner.test", "x-forwarded-host": "shop.example" },
    ],
    [
      "of the host that a proxy was asked for by https",
      { origin: "http://www.example", host: "www.example", "x-forwarded-proto": "https, http" },
    ],
    [
      "of the host it is sent to by another scheme",
      { origin: "http://inner.test:3000", host: "inner.test:3000" },
    ],
    ["of no host", { origin: "https://shop", host: "" }],
    ["of another port", { origin: "https://shop.example:8443" }],
    [
      "of another port of the host it is sent to",
      { origin: "https://inner.test:3001", host: "inner.test:3000" },
    ],
    ["of the host without its port", { origin: "https://inner.test", host: "inner.test:3000" }],
    [
      "of the host behind the proxy",
      { origin: "https://inner.test", host: "inner.test", "x-forwarded-host": "www.example" },
    ],
    [
      "of a later proxy's host",
      { origin: "https://middle.test", host: "inner.test", "x-forwarded-host": "www.example, middle.test" },
    ],
    [
      "of another site, which says whose it is",
      { origin: "https://evil.example", host: "evil.example.shop.example" },
    ],
  ])("is refused %s", async (_, given) => {
    const response = await post({ host: "inner.test:3000", ...given });
    expect(response.status).toBe(403);
    expect(await response.text()).toBe("This form was sent from another site.");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-middleware-next"), "no page is asked").toBeNull();
  });

  it("of a site with a port is held against it", async () => {
    const { proxy: local } = await load("http://localhost:4000");
    const sent = async (origin: string) => (await post({ origin, host: "inner.test" }, null, local)).status;
    expect(await sent("http://localhost:4000")).toBe(200);
    expect(await sent("http://localhost")).toBe(403);
    expect(await sent("http://localhost:4001")).toBe(403);
    expect(await sent("https://localhost:4000")).toBe(403);
  });

  it.each(["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])(
    "is none when it is sent by %s",
    async (method) => {
      const request = new NextRequest("http://inner.test/login", {
        method,
        headers: { origin: "https://evil.example", "next-action": "1f" },
      });
      expect((await proxy(request)).status).toBe(200);
    },
  );

  const OWN = { origin: "https://shop.example", "next-action": "1f" };
  const fields = (count: number) => {
    const form = new FormData();
    for (let n = 0; n < count; n++) form.append(`f${n}`, "x");
    return form;
  };
  const withFile = () => {
    const form = fields(1);
    form.append("picture", new Blob(["x"]), "x.png");
    return form;
  };
  const ofBytes = (count: number) => "x".repeat(count);

  it.each([
    ["64 KB", ofBytes(65_536), null],
    ["a byte more", ofBytes(65_537), [413, "A form may have at most 64 KB."]],
    ["100 fields", fields(100), null],
    ["101 fields", fields(101), [413, "A form may have at most 100 fields."]],
    ["a file", withFile(), [400, "This shop takes no files: send every field as plain text."]],
    ["an encoding that React may have tomorrow", '{"$new":["$@1","$~x"]}', null],
  ] as const)("of our own with %s passes, or is refused with the reason", async (_, body, refused) => {
    const response = await post(OWN, body);
    expect(response.status).toBe(refused?.[0] ?? 200);
    if (refused) expect(await response.text()).toBe(refused[1]);
    else expect(response.headers.get("x-middleware-next")).toBe("1");
  });

  it("of another site is refused as that, before it is read", async () => {
    expect((await post({ ...OWN, origin: "https://evil.example" }, fields(101))).status).toBe(403);
  });
});

describe("the matcher", () => {
  const matches = (url: string) => unstable_doesMiddlewareMatch({ config, nextConfig: {}, url });

  it.each(privatePages)("has the page %s", (path) => {
    expect(matches(path)).toBe(true);
    expect(matches(`${path}?x=1`)).toBe(true);
  });

  it.each([
    ...[
      "/nowhere",
      "/api",
      "/apix",
      "/api-docs",
      "/API/v1/products",
      "/_next",
      "/_next/image",
      "/_next/staticx/a.js",
    ],
    ...[
      "/_NEXT/static/a.js",
      "/icon",
      "/iconx",
      "/icon.svgx",
      "/icon.svg/x",
      "/icon.png",
      "/x/icon.svg",
      "/Icon.svg",
    ],
    ...["/favicon.ico", "/icon.svg", "/x/api/", "/x/_next/static/a.js", "/login/api/"],
  ])("has %s, which may lead to a page", (path) => {
    expect(matches(path)).toBe(true);
  });

  it.each([
    ...["/api/v1/stripe-webhook", "/api/v1/products", "/api/health", "/api/cron/reconcile", "/api/refused"],
    ...["/api/nowhere", "/_next/static/chunks/a.js"],
  ])("leaves out %s, a route or a file", (path) => {
    expect(matches(path)).toBe(false);
  });
});
