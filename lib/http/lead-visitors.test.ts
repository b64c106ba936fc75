import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, vi } from "vitest";

/** Leads visitors of the pages that the proxy does not see; test/doors/canonical-host.test.ts has the names. */

vi.stubEnv("APP_URL", "http://localhost:3000");
const { leadVisitorsOfPublicPages } = await import("./lead-visitors");
leadVisitorsOfPublicPages();

/** @returns the request as a server's own listener sees it */
async function seen(path: string, host: string, method = "GET") {
  const server = createServer(({ url, headers }, response) => {
    response.setHeader("x-seen", JSON.stringify([url, headers["x-canonical-path"] ?? null]));
    response.end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, method, path, headers: { Host: host } });
  sent.end();
  const [response] = await once(sent, "response");
  server.close();
  return JSON.parse(response.headers["x-seen"]);
}

it.each(["/", "/pricing", "/pricing/yearly?x=/login", "/cancel?a=b"])(
  "leads a visitor of %s by another name to the host of the shop",
  async (path) => {
    for (const method of ["GET", "HEAD"])
      expect(await seen(path, "127.0.0.1:3000", method)).toEqual(["/api/canonical-host", path]);
  },
);

it.each([
  ["/pricing", "localhost:3000", "GET"],
  ["/pricing", "127.0.0.1:3000", "POST"],
  ["/login", "127.0.0.1:3000", "GET"],
  ["/api/health", "127.0.0.1:3000", "GET"],
  ["/pricing/x", "127.0.0.1:3000", "GET"],
])("leaves %s at %s by %s alone", async (path, host, method) => {
  expect(await seen(path, host, method)).toEqual([path, null]);
});
