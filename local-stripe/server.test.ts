import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import Stripe from "stripe";
import { afterEach, expect, test } from "vitest";
import { readEnvironment } from "./environment";
import { Receiver } from "./test/receiver";

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

test("state and secret survive a restart, the secret a reset as well, and the default endpoint moves", async () => {
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
  await fetch(`http://127.0.0.1:${port}/__local/reset`, { method: "POST" });
  await stop(second);

  const third = start(env);
  expect(await lineFrom(third.stdout)).toBe(line);
  await stop(third);
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

const WAIT = { timeout: 10_000 };

interface Kept {
  readonly customer: string;
  readonly session: string;
  readonly subscription: string;
  readonly answer: string;
}

/** Something of everything that a restart could lose. */
async function makeHistory(stripe: Stripe, post: () => Promise<Response>): Promise<Kept> {
  const customer = await stripe.customers.create({ name: "Ada" });
  const item = {
    price_data: { currency: "usd", unit_amount: 2000, product_data: { name: "Pro" } },
    quantity: 1,
  };
  const recurring = {
    ...item,
    price_data: { ...item.price_data, recurring: { interval: "month" as const } },
  };
  const bought = await stripe.checkout.sessions.create({
    customer: customer.id,
    line_items: [recurring],
    mode: "subscription",
    success_url: "http://127.0.0.1:1/",
  });
  await stripe.rawRequest("POST", `/v1/payment_pages/${bought.id}/confirm`, {
    payment_method: "pm_card_visa",
  });
  const open = await stripe.checkout.sessions.create({
    line_items: [item],
    mode: "payment",
    success_url: "http://127.0.0.1:1/",
  });
  const { subscription } = await stripe.checkout.sessions.retrieve(bought.id);
  const answer = await (await post()).text();
  return { customer: customer.id, session: open.id, subscription: String(subscription), answer };
}

test("a kill without warning loses nothing that the file has seen", async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const file = join(mkdtempSync(join(tmpdir(), "local-stripe-")), "folder", "state.json");
  const env = { PORT: String(port), DATA_FILE: file, WEBHOOK_SECRET: "whsec_test", RETRY_SCALE: "0.5" };
  const stripe = new Stripe("sk_test_local", { host: "127.0.0.1", port, protocol: "http" });
  const post = () =>
    fetch(`${origin}/v1/customers`, {
      method: "POST",
      headers: { Authorization: "Bearer sk_test_x", "Idempotency-Key": "once" },
      body: "name=Grace",
    });

  const first = start({ ...env, WEBHOOK_URL: "http://127.0.0.1:1/" });
  await lineFrom(first.stdout);
  await fetch(`${origin}/__local/clock/advance?seconds=86400`, { method: "POST" });
  const kept = await makeHistory(stripe, post);
  await expect.poll(() => existsSync(file) && readFileSync(file, "utf8").includes("once"), WAIT).toBe(true);
  const gone = once(first, "exit");
  first.kill("SIGKILL");
  await gone;

  const receiver = new Receiver();
  await receiver.listen();
  const second = start({ ...env, WEBHOOK_URL: receiver.url });
  await lineFrom(second.stdout);
  expect(await stripe.customers.retrieve(kept.customer)).toMatchObject({ name: "Ada" });
  expect(await stripe.subscriptions.retrieve(kept.subscription)).toMatchObject({ status: "active" });
  const { now } = await (await fetch(`${origin}/__local/clock`)).json();
  expect(now - Date.now() / 1000).toBeGreaterThan(86_000);
  const replayed = await post();
  expect([replayed.headers.get("Idempotent-Replayed"), await replayed.text()]).toEqual(["true", kept.answer]);
  expect((await stripe.customers.list()).data).toHaveLength(2);
  // An event that nobody had answered arrives now, signed for who answers now.
  await receiver.until(() => receiver.types().includes("customer.subscription.created"));
  // Work that was due is still due.
  await fetch(`${origin}/__local/clock/advance?seconds=90000`, { method: "POST" });
  expect(await stripe.checkout.sessions.retrieve(kept.session)).toMatchObject({ status: "expired" });
  receiver.close();
  await stop(second);
  expect(readdirSync(join(file, ".."))).toEqual(["state.json"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
}, 60_000);

test("without a file it begins anew every time", async () => {
  const port = await freePort();
  const stripe = new Stripe("sk_test_local", { host: "127.0.0.1", port, protocol: "http" });
  const first = start({ PORT: String(port), DATA_FILE: "" });
  await lineFrom(first.stdout);
  await stripe.customers.create({});
  await stop(first);
  const second = start({ PORT: String(port), DATA_FILE: "" });
  await lineFrom(second.stdout);
  expect((await stripe.customers.list()).data).toEqual([]);
  await stop(second);
}, 20_000);

test("a file that is no state is left alone", async () => {
  const child = start({ DATA_FILE: "package.json", PORT: "0" });
  const said = lineFrom(child.stderr);
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
  expect(await said).toMatch(/^Local Stripe cannot start: package.json holds no state of Local Stripe/);
}, 20_000);

test.each([
  ["PORT", "http", "PORT must be a number from 0 to 65535, not http."],
  ["PORT", "65536", "PORT must be a number from 0 to 65535, not 65536."],
  ["RETRY_SCALE", "-1", "RETRY_SCALE must be a number above 0, not -1."],
  [
    "WEBHOOK_URL",
    "file:///etc/passwd",
    "WEBHOOK_URL must begin with http:// or https://, not be file:///etc/passwd.",
  ],
  [
    "WEBHOOK_URL",
    "127.0.0.1:3000",
    "WEBHOOK_URL must begin with http:// or https://, not be 127.0.0.1:3000.",
  ],
])("%s=%s is one readable sentence", (name, value, sentence) => {
  expect(() => readEnvironment({ [name]: value } as NodeJS.ProcessEnv)).toThrow(sentence);
});

test("only this machine reaches it", async () => {
  const child = start({ PORT: "0" });
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(await lineFrom(child.stdout)) ?? [];
  const elsewhere = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, scopeid }) => address !== "127.0.0.1" && !scopeid)
    .map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address));
  expect((await fetch(`http://127.0.0.1:${port}/__local/health`)).status).toBe(200);
  // On Linux every address of 127.0.0.0/8 is this machine, but it must be the one.
  for (const address of ["127.0.0.2", ...elsewhere]) {
    await expect(fetch(`http://${address}:${port}/__local/health`), address).rejects.toThrow("fetch failed");
  }
}, 30_000);

test("nothing but the delivery of webhooks calls anybody", () => {
  const sources = readdirSync("local-stripe", { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ts$/.test(name) && !/\.test\.ts$|^test\//.test(name))
    .map((name) => [name, readFileSync(join("local-stripe", name), "utf8")] as const);
  const reachingOut = /\bfetch\(|node:(http2?|https|net|tls|dgram|dns)"|XMLHttpRequest|WebSocket|undici/;
  const typesOnly = /import type .*\n/g;
  expect(
    sources.filter(([, text]) => reachingOut.test(text.replaceAll(typesOnly, ""))).map(([name]) => name),
  ).toEqual(["webhooks/send.ts"]);
});

test("the bundle finds its stylesheets and makes its PDF", async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const stripe = new Stripe("sk_test_local", { host: "127.0.0.1", port, protocol: "http" });
  await lineFrom(start({ PORT: String(port) }).stdout);
  for (const sheet of ["pages", "dashboard"]) {
    expect(await (await fetch(`${origin}/assets/${sheet}.css`)).text()).toContain("body");
  }
  await makeHistory(stripe, () => fetch(`${origin}/__local/health`));
  const [invoice] = (await stripe.invoices.list()).data;
  const pdf = await fetch(String(invoice?.invoice_pdf));
  expect(pdf.headers.get("Content-Type")).toBe("application/pdf");
  expect((await pdf.text()).slice(0, 5)).toBe("%PDF-");
}, 20_000);
