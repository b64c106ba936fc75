import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { limitBodies } from "./bodies";

/** A server takes in so much of a body; sent as bytes on a socket, since a client library would send all of it. */

const KB = 1024;
const MOST_UNFINISHED = 3 * 1024 * KB;
limitBodies(MOST_UNFINISHED);

/** Answers what it was asked; as Next does, once a body is whole, and without reading one where none belongs. */
const server = createServer(async (request: IncomingMessage, response) => {
  const { method, url, headers } = request;
  let bytes = 0;
  const isRead = method === "POST" && (await readAll(request, (chunk) => (bytes += chunk.length)));
  if (isRead && url === "/slow") {
    server.emit("whole");
    await once(server, "go");
  }
  response.end(JSON.stringify({ method, url, because: headers["x-refused-because"], bytes }));
});
const readAll = async (request: IncomingMessage, read: (chunk: Buffer) => void) => {
  try {
    for await (const chunk of request) read(chunk);
    return true;
  } catch {
    // Its sender is gone.
    return false;
  }
};
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => server.close());

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** @returns a request whose headers have been sent, and everything that comes back until it is closed */
function begin(path: string, ...headers: string[]) {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  sockets.push(socket);
  let got = "";
  socket.on("data", (chunk) => {
    got += chunk;
  });
  // The other end may be gone while this one still sends.
  socket.on("error", () => {});
  const closed = new Promise<string>((resolve) => socket.on("close", () => resolve(got)));
  socket.write(`${[`POST ${path} HTTP/1.1`, "Host: shop.test", ...headers].join("\r\n")}\r\n\r\n`);
  return {
    socket,
    closed,
    answer: async () => {
      while (!got.includes("\r\n\r\n")) await once(socket, "data");
      return got;
    },
  };
}
const connections = (count: number) =>
  expect.poll(() => new Promise((go) => server.getConnections((_, found) => go(found)))).toBe(count);
const announced = (path: string, bytes: number) => begin(path, `Content-Length: ${bytes}`);
const toldIn = (answer: string) => JSON.parse(answer.slice(answer.indexOf("{")).replace(/\}.*$/s, "}"));

describe("a body that is announced", () => {
  it("reaches a page with 1 MB", async () => {
    const { socket, answer } = announced("/login", 1_048_576);
    socket.write("x".repeat(1_048_576));
    const told = await answer();
    expect(toldIn(told)).toEqual({ method: "POST", url: "/login", bytes: 1_048_576 });
    expect(told).toContain("Connection: keep-alive");
  });

  it.each(["/login", "/", "/apix", "/icon.svg", "/_next/static/x"])(
    "with a byte more is refused at %s, before any of it was sent, and its connection ended",
    async (path) => {
      const { answer, closed } = announced(path, 1_048_577);
      const told = await answer();
      expect(toldIn(told)).toEqual({ method: "GET", url: "/api/refused", because: "too-large", bytes: 0 });
      expect(told).toContain("Connection: close");
      await closed;
    },
  );

  it("is a route's own to refuse below /api", async () => {
    const { socket, answer } = announced("/api/v1/stripe-webhook", 1_048_577);
    socket.write("x".repeat(1_048_577));
    expect(toldIn(await answer())).toMatchObject({ url: "/api/v1/stripe-webhook", bytes: 1_048_577 });
  });
});

describe("a body in pieces", () => {
  const inPieces = (path: string, bytes: number) => {
    const sent = begin(path, "Transfer-Encoding: chunked");
    for (const piece of [KB, bytes - KB])
      sent.socket.write(`${piece.toString(16)}\r\n${"x".repeat(piece)}\r\n`);
    return sent;
  };

  it("reaches a page with 1 MB, and is the last of its connection", async () => {
    const { socket, closed } = inPieces("/login", 1_048_576);
    socket.write("0\r\n\r\n");
    const told = await closed;
    expect(toldIn(told)).toEqual({ method: "POST", url: "/login", bytes: 1_048_576 });
    expect(told).toContain("Connection: close");
  });

  it("with a byte more is ended there and then", async () => {
    expect(await inPieces("/login", 1_048_577).closed).toBe("");
  });

  it("is a route's own to refuse below /api", async () => {
    const { socket, closed } = inPieces("/api/v1/stripe-webhook", 1_048_577);
    socket.write("0\r\n\r\n");
    expect(toldIn(await closed)).toMatchObject({ url: "/api/v1/stripe-webhook", bytes: 1_048_577 });
  });
});

describe("bodies without their end", () => {
  it("give way, the oldest first, when there are too many bytes of them", async () => {
    const held = [1_024, 1_023, 1_024].map((kb, n) => {
      const one = announced(`/held-${n}`, kb * KB);
      one.socket.write("x");
      return one;
    });
    await Promise.all(held.map(({ socket }) => once(socket, "connect")));
    // Exactly what is allowed: nobody has to go.
    const last = announced("/last", KB);
    last.socket.write("x".repeat(KB));
    expect(toldIn(await last.answer())).toMatchObject({ url: "/last", bytes: KB });
    expect(held.map(({ socket }) => socket.closed)).toEqual([false, false, false]);

    const larger = announced("/larger", 1_025 * KB - KB);
    larger.socket.write("x".repeat(1_024 * KB));
    expect(toldIn(await larger.answer())).toMatchObject({ url: "/larger", bytes: 1_024 * KB });
    expect(await held[0]?.closed).toBe("");
    // The others can still be finished.
    held[1]?.socket.write("x".repeat(1_023 * KB - 1));
    held[2]?.socket.write("x".repeat(1_024 * KB - 1));
    expect(toldIn((await held[1]?.answer()) ?? "")).toMatchObject({ url: "/held-1", bytes: 1_023 * KB });
    expect(toldIn((await held[2]?.answer()) ?? "")).toMatchObject({ url: "/held-2", bytes: 1_024 * KB });
  });

  it("count for as much as they may become, when they do not say how much", async () => {
    const inPieces = [1, 2].map((n) => begin(`/pieces-${n}`, "Transfer-Encoding: chunked"));
    await Promise.all(inPieces.map(({ socket }) => once(socket, "connect")));
    const webhook = announced("/api/v1/stripe-webhook", 1_025 * KB);
    webhook.socket.write("x".repeat(1_025 * KB));
    await webhook.answer();
    expect(await inPieces[0]?.closed).toBe("");
    expect(inPieces[1]?.socket.closed).toBe(false);
  });

  it("that were given up by their senders count no more", async () => {
    await connections(0);
    const kept = announced("/kept", KB);
    await once(kept.socket, "connect");
    const gone = [1, 2, 3].map(() => announced("/gone", 1_023 * KB));
    await Promise.all(gone.map(({ socket }) => once(socket, "connect")));
    await connections(4);
    for (const { socket } of gone) socket.destroy();
    await connections(1);
    const next = announced("/next", 1_024 * KB);
    next.socket.write("x".repeat(1_024 * KB));
    await next.answer();
    kept.socket.write("x".repeat(KB));
    expect(toldIn(await kept.answer())).toMatchObject({ url: "/kept", bytes: KB });
  });

  it("make nobody go who is waiting for an answer", async () => {
    await connections(0);
    const slow = announced("/slow", 1_024 * KB);
    const isWhole = once(server, "whole");
    slow.socket.write("x".repeat(1_024 * KB));
    await isWhole;
    const held = [1, 2, 3].map((n) => announced(`/held-${n}`, 1_024 * KB));
    await connections(4);
    const next = announced("/next", 1_024 * KB);
    next.socket.write("x".repeat(1_024 * KB));
    await next.answer();
    expect(await held[0]?.closed).toBe("");
    server.emit("go");
    expect(toldIn(await slow.answer())).toMatchObject({ url: "/slow", bytes: 1_024 * KB });
  });
});
