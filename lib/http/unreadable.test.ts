import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { refuseUnreadableRequests } from "./unreadable";

refuseUnreadableRequests();

interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
}

/** @returns the request as a server's own listener sees it */
async function seen({ method = "GET", path = "/login", headers = {} }: Asked) {
  const server = createServer((asked, response) => {
    const { host, "x-forwarded-host": forwardedHost } = asked.headers;
    const conditions = Object.fromEntries(
      Object.entries(asked.headers).filter(([name]) => /^(if-|range)/.test(name)),
    );
    response.end(JSON.stringify({ method: asked.method, url: asked.url, host, forwardedHost, conditions }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const sent = request({
    port: (server.address() as AddressInfo).port,
    method,
    path,
    headers: { Host: "shop.test", ...headers },
  });
  sent.end();
  const [response] = await once(sent, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  server.close();
  return JSON.parse(Buffer.concat(chunks).toString());
}

it.each<Asked>([
  {},
  { method: "PATCH", path: "/api/v1/products?a=%zz" },
  { path: "/api/%20/%C3%A9" },
  { headers: { Host: "[::1]:3000" } },
  { headers: { "X-Forwarded-Host": "shop.example:8443", "X-Forwarded-Proto": "https" } },
  // The router's own headers are Next's to read, whatever an upgrade makes of them.
  { headers: { "Next-Router-State-Tree": "{}" } },
])("leaves alone what Next can read: %j", async (asked) => {
  const { method, url } = await seen(asked);
  expect({ method, url }).toEqual({ method: asked.method ?? "GET", url: asked.path ?? "/login" });
});

it.each<Asked>([
  { method: "TRACE" },
  { method: "PROPFIND" },
  { method: "OPTIONS", path: "*" },
  { path: "/_global-error" },
  { path: "/api/%zz" },
  { path: "/api/v1/%ff?x=1" },
  { headers: { Host: "%" } },
  { headers: { Host: "localhost:99999" } },
  { headers: { "X-Forwarded-Host": "[" } },
  { headers: { "X-Forwarded-Host": "evil.example/path" } },
  { headers: { "X-Forwarded-Proto": "x" } },
])("leads what it cannot read to the route that says so: %j", async (asked) => {
  expect(await seen(asked)).toEqual({
    method: "GET",
    url: "/api/refused",
    host: "localhost",
    conditions: {},
  });
});

it.each([
  ["Range", "bytes=9999999-"],
  ["If-Match", '"x"'],
  ["If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"],
])("%s, which Next fails at where a file has no such thing, does not reach it", async (name, value) => {
  const kept = { "If-None-Match": '"x"' };
  const { conditions } = await seen({ path: "/icon.svg", headers: { [name]: value, ...kept } });
  expect(conditions).toEqual({ "if-none-match": '"x"' });
});

it("of a row of proxies the one nearest to the browser counts", async () => {
  const headers = { "X-Forwarded-Host": "shop.example, inner.example", "X-Forwarded-Proto": "https, http" };
  expect(await seen({ headers })).toMatchObject({ url: "/login", forwardedHost: "shop.example" });
});
