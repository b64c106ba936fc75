import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ignoreUpgrades } from "./upgrades";

/** Requests for another protocol, to a server that takes them from Node and forgets them, as Next's does. */

ignoreUpgrades();

const server = createServer((request, response) => {
  const { method, url, headers } = request;
  response.end(JSON.stringify({ method, url, because: headers["x-refused-because"] }));
}).on("upgrade", () => {});
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => server.close());

/** @returns all that comes back until the server ends the connection */
async function asked(line: string, ...headers: string[]): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`${[line, "Host: shop.test", ...headers].join("\r\n")}\r\n\r\n`);
  let got = "";
  socket.on("data", (chunk) => {
    got += chunk;
  });
  // A tunnel may end with a reset.
  socket.on("error", () => {});
  await new Promise((resolve) => socket.on("close", resolve));
  return got;
}

it.each(["websocket", "WebSocket", "foo, websocket"])(
  "%s is refused and its connection ended",
  async (protocol) => {
    const answer = await asked("GET /nobody HTTP/1.1", "Connection: Upgrade", `Upgrade: ${protocol}`);
    expect(answer).toContain("Connection: close");
    expect(answer).toContain('{"method":"GET","url":"/api/refused","because":"web-socket"}');
  },
);

it.each(["h2c", "TLS/1.2", "foo"])("%s is answered as if nobody had asked for it", async (protocol) => {
  const answer = await asked(
    "GET /login HTTP/1.1",
    "Connection: Upgrade, HTTP2-Settings",
    `Upgrade: ${protocol}`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain("Connection: close");
  expect(answer).toContain('{"method":"GET","url":"/login"}');
});

it("a tunnel is nothing that Node would give", async () => {
  expect(await asked("CONNECT evil.example:443 HTTP/1.1")).toBe("");
});
