import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { freePort, isFree } from "./ports";

const servers: Server[] = [];

async function taken(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, "close");
  }
});

describe("isFree", () => {
  it("tells a port that somebody has from one that nobody has", async () => {
    const port = await taken("127.0.0.1");
    expect(await isFree(port, "127.0.0.1")).toBe(false);
    servers.pop()?.close();
    expect(await isFree(port, "127.0.0.1")).toBe(true);
  });

  const outward = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal)?.address;

  it.runIf(outward)("asks for all addresses of the machine when it is told none", async () => {
    const port = await taken(outward ?? "");
    expect(await isFree(port)).toBe(false);
    expect(await isFree(port, "127.0.0.1")).toBe(true);
  });
});

describe("freePort", () => {
  it("is the preferred one while nobody has it, and leaves it free", async () => {
    const port = await taken("127.0.0.1");
    expect(await freePort(port)).not.toBe(port);
    servers.pop()?.close();
    expect(await freePort(port)).toBe(port);
    expect(await isFree(port, "127.0.0.1")).toBe(true);
  });

  it("is one that the system picks when none is preferred, and when the preferred one is taken", async () => {
    const port = await taken("127.0.0.1");
    for (const picked of [await freePort(), await freePort(0), await freePort(port)]) {
      expect(picked).toBeGreaterThan(1023);
      expect(picked).not.toBe(port);
      expect(await isFree(picked, "127.0.0.1")).toBe(true);
    }
  });
});
