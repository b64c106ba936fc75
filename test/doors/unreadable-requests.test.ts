import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GET } from "@/app/api/refused/route";
import { env } from "@/env";
import { refuseUnreadableRequests } from "@/lib/http/unreadable";

/** Requests as bytes on a socket, for what no client library would send; the middle is in lib/http. */

refuseUnreadableRequests();

let asked: { method?: string; url?: string; headers: IncomingHttpHeaders } | null = null;
const server = createServer(({ method, url, headers }, response) => {
  asked = { method, url, headers };
  response.end();
});
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => server.close());

/** @returns the request as the server's own listener sees it; null when Node itself refused it */
async function seen(line: string, ...headers: string[]): Promise<typeof asked> {
  asked = null;
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`${[line, ...headers, "Connection: close"].join("\r\n")}\r\n\r\n`);
  socket.resume();
  await once(socket, "close");
  return asked;
}

const UNREADABLE = {
  method: "GET",
  url: "/api/refused",
  headers: { host: "localhost", "x-refused-because": "unreadable" },
};
const LOGIN = { method: "GET", url: "/login" };
const get = (...headers: string[]) => seen("GET /login HTTP/1.1", ...headers);

describe("a method", () => {
  it.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "%s is left alone",
    async (method) => {
      expect(await seen(`${method} /login HTTP/1.1`, "Host: shop.test")).toMatchObject({
        method,
        url: "/login",
      });
    },
  );

  it.each(["TRACE", "PROPFIND", "PURGE", "LINK", "M-SEARCH", "QUERY", "SEARCH"])(
    "%s is not read",
    async (method) => {
      expect(await seen(`${method} /login HTTP/1.1`, "Host: shop.test")).toEqual(UNREADABLE);
    },
  );
});

describe("an address", () => {
  it.each(["/", "//evil.example/x", "/login?next=/account", "/%zz", "/_global", "/a/_global-error"])(
    "%s is left alone",
    async (url) => {
      expect(await seen(`GET ${url} HTTP/1.1`, "Host: shop.test")).toMatchObject({ method: "GET", url });
    },
  );

  it.each(["*", "http://shop.test/login", "/_global-error", "/_global-error/x", "/_global-error?x=1"])(
    "%s is not read",
    async (url) => {
      const method = url === "*" ? "OPTIONS" : "GET";
      expect(await seen(`${method} ${url} HTTP/1.1`, "Host: shop.test")).toEqual(UNREADABLE);
    },
  );
});

describe("a host", () => {
  it.each([
    "shop.test",
    "SHOP.test",
    "shop.test:1",
    "shop.test:65535",
    "shop_1.test",
    "xn--bcher-kva.example",
    "127.0.0.1:3000",
    "[::1]",
    "[2001:db8::1]:443",
  ])("%s is left alone, named directly or by a proxy", async (host) => {
    expect(await get(`Host: ${host}`)).toMatchObject({ ...LOGIN, headers: { host } });
    expect(await get("Host: inner.test", `X-Forwarded-Host: ${host}`)).toMatchObject({
      ...LOGIN,
      headers: { host: "inner.test", "x-forwarded-host": host },
    });
  });

  it.each([
    "",
    "shop.test:65536",
    "shop.test:123456",
    "shop.test:000080",
    "shop.test:",
    "shop.test:x",
    "a:b@shop.test",
    "shop.test/path",
    "shop.test?x",
    "shop.test#x",
    "bücher.example",
    "[::1",
    "[::g]",
    "[]",
    "256.256.256.256",
    "xn--",
    "-->",
  ])("%j is not read, named directly or by a proxy", async (host) => {
    expect(await get(`Host: ${host}`)).toEqual(UNREADABLE);
    expect(await get("Host: inner.test", `X-Forwarded-Host: ${host}`)).toEqual(UNREADABLE);
  });

  it("that is missing is not read, unless a proxy names one beside it", async () => {
    expect(await seen("GET /login HTTP/1.0")).toEqual(UNREADABLE);
    expect(await seen("GET /login HTTP/1.0", "X-Forwarded-Host: shop.test")).toEqual(UNREADABLE);
  });
});

describe("what proxies say", () => {
  it.each(["http", "https"])("%s is a scheme", async (scheme) => {
    expect(await get("Host: shop.test", `X-Forwarded-Proto: ${scheme}`)).toMatchObject({
      ...LOGIN,
      headers: { "x-forwarded-proto": scheme },
    });
  });

  it.each(["", "ws", "HTTPS", "https:", "http://", "javascript"])("%j is none", async (scheme) => {
    expect(await get("Host: shop.test", `X-Forwarded-Proto: ${scheme}`)).toEqual(UNREADABLE);
  });

  it("counts as the one nearest to the browser said it, in one header or in several", async () => {
    const expected = { "x-forwarded-host": "shop.example:8443", "x-forwarded-proto": "https" };
    const one = await get(
      "Host: inner.test",
      "X-Forwarded-Host: shop.example:8443 , middle.test,inner.test",
      "X-Forwarded-Proto: https,http",
    );
    expect(one).toMatchObject({ ...LOGIN, headers: expected });
    const several = await get(
      "Host: inner.test",
      "X-Forwarded-Host: shop.example:8443",
      "X-Forwarded-Host: inner.test",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Proto: http",
    );
    expect(several).toMatchObject({ ...LOGIN, headers: expected });
  });

  it("is not believed when the one nearest to the browser made no sense", async () => {
    expect(await get("Host: inner.test", "X-Forwarded-Host: %, inner.test")).toEqual(UNREADABLE);
    expect(await get("Host: inner.test", "X-Forwarded-Proto: ftp, https")).toEqual(UNREADABLE);
  });

  const chain = "198.51.100.1, 203.0.113.7";
  const clients = async (...lines: string[]) =>
    (await get("Host: shop.test", ...lines))?.headers["x-forwarded-for"];

  it("with a proxy of ours leaves the chain of clients as it is, by which rate limits count", async () => {
    env.TRUSTED_PROXY_HOPS = 1;
    expect(await clients(`X-Forwarded-For: ${chain}`)).toBe(chain);
    env.TRUSTED_PROXY_HOPS = 0;
  });

  it("without one says the socket's address, whatever the client says", async () => {
    for (const lines of [[], [`X-Forwarded-For: ${chain}`], [`X-Forwarded-For: ${"x".repeat(6_000)}`]])
      expect(await clients(...lines)).toBe("127.0.0.1");
  });
});

it.each(["", "x", "%", '["",{},null,null]'])("a router's state is Next's to read: %j", async (text) => {
  expect(await get("Host: shop.test", `Next-Router-State-Tree: ${text}`)).toMatchObject({
    ...LOGIN,
    headers: { "next-router-state-tree": text },
  });
});

describe("the route where refused requests end", () => {
  const SENTENCE =
    "This request cannot be read: check its method, its address, and its Host and X-Forwarded headers.\n";

  it.each([
    ["unreadable", 400, SENTENCE],
    ["too-large", 413, "A form may have at most 64 KB.\n"],
    ["web-socket", 400, "Nothing here speaks WebSocket.\n"],
    // Somebody who was not led there.
    ["__proto__", 400, SENTENCE],
    [null, 400, SENTENCE],
  ])("says why: %s", async (reason, status, sentence) => {
    const headers: HeadersInit = reason === null ? {} : { "x-refused-because": reason };
    const response = GET(new Request("http://localhost/api/refused", { headers }));
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).toBe(sentence);
  });
});
