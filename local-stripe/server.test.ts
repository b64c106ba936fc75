import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Stripe from "stripe";
import { afterEach, expect, test } from "vitest";

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

function start(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ["local-stripe/start.mjs"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  return child;
}

async function lineFrom(stream: NodeJS.ReadableStream | null): Promise<string> {
  const [data] = await once(stream as NodeJS.ReadableStream, "data");
  return String(data);
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

test("state and secret survive a restart, and the default endpoint moves", async () => {
  const port = await freePort();
  const env = {
    PORT: String(port),
    DATA_FILE: join(mkdtempSync(join(tmpdir(), "local-stripe-")), "state.json"),
  };
  const stripe = new Stripe("sk_test_local", { host: "127.0.0.1", port, protocol: "http" });

  const first = start({ ...env, WEBHOOK_URL: "http://127.0.0.1:1/a" });
  const line = await lineFrom(first.stdout);
  expect(line).toMatch(
    new RegExp(`^Local Stripe http://127.0.0.1:${port} {2}webhook secret whsec_\\w{32}\\n$`),
  );
  const { id } = await stripe.customers.create({ name: "Ada" });
  await stop(first);

  const second = start({ ...env, WEBHOOK_URL: "http://127.0.0.1:1/b" });
  expect(await lineFrom(second.stdout)).toBe(line);
  expect(await stripe.customers.retrieve(id)).toMatchObject({ name: "Ada" });
  const endpoints = await stripe.webhookEndpoints.list();
  expect(endpoints.data.map((endpoint) => endpoint.url)).toEqual(["http://127.0.0.1:1/b"]);
  await stop(second);
}, 20_000);

test("a taken port is one readable sentence", async () => {
  const squatter = createServer().listen(0, "127.0.0.1");
  await once(squatter, "listening");
  const { port } = squatter.address() as { port: number };
  const child = start({ PORT: String(port) });
  const said = lineFrom(child.stderr);
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
  expect(await said).toBe(`Local Stripe cannot start: port ${port} is taken. Set PORT to another one.\n`);
  squatter.close();
}, 20_000);
