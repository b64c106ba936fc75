import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loopLateness, paceOverload } from "./overload";

/** A server that is as late as the test says. Its line moves when the test lets a turn of the loop pass. */

let late = 0;
paceOverload(() => late);

const turns: (() => void)[] = [];
const served: string[] = [];
let server: ReturnType<typeof createServer>;
beforeEach(async () => {
  vi.spyOn(globalThis, "setImmediate").mockImplementation(((next: () => void) => turns.push(next)) as never);
  server = createServer(({ url = "" }, response) => {
    served.push(url);
    response.end("by Next");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
  while (turns.length) turns.shift()?.();
  server.closeAllConnections();
  server.close();
  served.length = 0;
  late = 0;
});

function begin(path: string, method = "GET", headers: Record<string, string> = {}) {
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, path, method, headers, agent: false });
  sent.on("error", () => {});
  sent.end();
  return sent;
}

async function ask(path: string, method?: string, headers?: Record<string, string>) {
  const [response] = (await once(begin(path, method, headers), "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

/** The answer to a spared request comes after whatever the server has got before it. */
const untilGot = () => ask("/api/health");

/** So many wait, in the order of their numbers. */
async function fillLine(count: number) {
  late = 20.1;
  for (let index = 0; index < count; index++) {
    const sent = begin(`/held-${index}`);
    await once(sent, "socket").then(([socket]) => socket.connecting && once(socket, "connect"));
    await untilGot();
  }
  served.length = 0;
}

describe("at a late server", () => {
  it.each([
    ["GET", "/account"],
    ["POST", "/pricing"],
    ["POST", "/api/health"],
    ["GET", "/api/v1/products"],
    ["GET", "/api/healthy"],
    ["GET", "/pricing/weekly"],
    ["GET", "/x/_next/static/x.js"],
    ["PUT", "/_next/static/x.js"],
  ])("%s %s waits for its turn", async (method, path) => {
    late = 20.1;
    const answer = ask(path, method);
    await expect.poll(() => turns.length).toBe(1);
    expect(served).toEqual([]);
    turns.shift()?.();
    expect((await answer).body).toBe("by Next");
    expect(turns).toEqual([]);
  });

  it.each(["Next-Action", "Content-Type", "Content-Length"])(
    "a cached page with %s, which costs as much as any other, waits",
    async (name) => {
      late = 20.1;
      const answer = ask("/pricing", "GET", { [name]: "0" });
      await expect.poll(() => turns.length).toBe(1);
      turns.shift()?.();
      expect((await answer).status).toBe(200);
    },
  );

  it.each([
    ["POST", "/api/v1/stripe-webhook"],
    ["GET", "/api/health"],
    ["HEAD", "/api/health"],
    ["GET", "/"],
    ["GET", "/pricing?x=/login"],
    ["GET", "/pricing/yearly"],
    ["GET", "/_next/static/x.js"],
  ])("%s %s is served, whoever waits", async (method, path) => {
    await fillLine(1);
    expect((await ask(path, method)).status).toBe(200);
    expect(served).toEqual([path]);
  });

  it("each turn takes one, first come, first served, and who comes in time waits behind them", async () => {
    await fillLine(2);
    late = 20;
    const last = ask("/login");
    await untilGot();
    served.length = 0;
    for (const expected of [["/held-0"], ["/held-0", "/held-1"], ["/held-0", "/held-1", "/login"]]) {
      expect(turns).toHaveLength(1);
      turns.shift()?.();
      expect(served).toEqual(expected);
    }
    expect((await last).status).toBe(200);
    expect(turns).toEqual([]);
    expect((await ask("/account")).status).toBe(200);
  });

  it("nothing is done for whoever has left", async () => {
    late = 20.1;
    const left = begin("/left");
    await expect.poll(() => turns.length).toBe(1);
    left.destroy();
    await expect
      .poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count))))
      .toBe(0);
    turns.shift()?.();
    expect(served).toEqual([]);
  });

  it("the hundredth waits, and the next is told to come again", async () => {
    await fillLine(99);
    const hundredth = ask("/hundredth");
    await untilGot();
    const { status, headers, body } = await ask("/login");
    expect(status).toBe(503);
    expect(headers).toMatchObject({
      "retry-after": "5",
      connection: "close",
      "cache-control": "no-store",
      "content-type": "text/plain; charset=utf-8",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
    expect(body).toBe(
      "So much is asked of the shop at this moment that this has to wait. Try again in a few seconds.\n",
    );
    const program = await ask("/api/v1/access-token", "POST");
    expect([program.status, program.headers["content-type"]]).toEqual([503, "application/json"]);
    expect(JSON.parse(program.body)).toEqual({
      error: {
        code: "unavailable",
        message:
          "So much is asked of the shop at this moment that this has to wait. Try again in a few seconds.",
        param: null,
      },
    });
    while (turns.length) turns.shift()?.();
    expect((await hundredth).status).toBe(200);
  });
});

it("a server in time serves everything at once", async () => {
  late = 20;
  expect((await ask("/login")).status).toBe(200);
  expect(turns).toEqual([]);
});

it("a turn that lasts makes the loop late while it lasts, and until the next tick", async () => {
  const lateness = loopLateness();
  const until = performance.now() + 100;
  while (performance.now() < until);
  expect(lateness()).toBeGreaterThanOrEqual(79);
  await turn();
  expect(lateness()).toBeGreaterThanOrEqual(79);
});
