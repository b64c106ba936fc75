import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { setDefaultHeaders } from "./default-headers";

/** An answer's headers before Next adds to them, on a server that adds nothing. */

setDefaultHeaders();

const server = createServer((_, response) => {
  response.end();
});
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => server.close());

const headersOf = async (path: string) => {
  const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  return Object.fromEntries(headers);
};

it.each(["/", "//evil.example", "/login/", "/api/v1/products", "/_next/static/x.js"])(
  "%s has every security header",
  async (path) => {
    expect(await headersOf(path)).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": "camera=(), microphone=(), geolocation=()",
      "referrer-policy": "strict-origin-when-cross-origin",
      "strict-transport-security": "max-age=63072000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  },
);

it.each([
  "//x",
  "/login/",
  "/account",
  "/pricing/monthly",
  "/pricing/",
  "/api/v1/products",
  "/nowhere",
  "/icon.svgx",
])("%s is not to be kept", async (path) => {
  expect((await headersOf(path))["cache-control"]).toBe("no-store");
});

it.each([
  "/",
  "/?x=1",
  "/pricing",
  "/pricing/yearly?x",
  "/cancel",
  "/icon.svg",
  "/robots.txt",
  "/_next/static/x.js",
])("%s may be kept for as long as Next says", async (path) => {
  expect(await headersOf(path)).not.toHaveProperty("cache-control");
});
