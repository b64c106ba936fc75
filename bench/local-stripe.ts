import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { cpus } from "node:os";
import { text } from "node:stream/consumers";
import Stripe from "stripe";

/**
 * How fast the local Stripe is, seen from another process: `npm run bench:stripe [subscriptions]`. The renewals
 * (10,000 unless told otherwise) are made through the public API and brought about by one advance of the clock.
 */

const SUBSCRIPTIONS = Number(process.argv[2] ?? 10_000);
const STARTS = 7;
const CALLS = 2000;
const AT_ONCE = 8;

const rows: [string, string, string][] = [];
const report = (what: string, figure: string, wanted: string) => {
  rows.push([what, figure, wanted]);
  console.log(`${what}: ${figure}`);
};

const seconds = (since: number) => (performance.now() - since) / 1000;

async function startServer(): Promise<{ server: ChildProcess; origin: string; took: number }> {
  const began = performance.now();
  const server = spawn(process.execPath, ["local-stripe/start.mjs"], {
    env: { ...process.env, PORT: "0", DATA_FILE: "", WEBHOOK_URL: "", EXIT_WITH_PARENT: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const took = performance.now() - began;
  return { server, origin: /http:\S+/.exec(String(line))?.[0] ?? "", took };
}

async function stop(server: ChildProcess): Promise<void> {
  const gone = once(server, "exit");
  server.kill();
  await gone;
}

async function measureStart(): Promise<void> {
  const times: number[] = [];
  for (let count = 0; count < STARTS; count++) {
    const { server, took } = await startServer();
    times.push(took);
    await stop(server);
  }
  times.sort((a, b) => a - b);
  report(
    `start until it prints its address, median of ${STARTS}`,
    `${Math.round(times[3] as number)} ms`,
    "500 ms",
  );
}

/** Runs `call` this often, some at once, and says how many there were in a second. */
async function rate(calls: number, atOnce: number, call: () => Promise<unknown>): Promise<number> {
  let left = calls;
  const began = performance.now();
  const worker = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return calls / seconds(began);
}

async function measureCalls(origin: string): Promise<void> {
  const { hostname: host, port } = new URL(origin);
  const stripe = new Stripe("sk_test_bench", { host, port, protocol: "http" });
  const agent = new Agent({ keepAlive: true });
  const raw = async (method: string, path: string, body?: string) => {
    const headers = {
      Authorization: "Bearer sk_test_bench",
      ...(body ? { "Content-Length": body.length } : {}),
    };
    const call = request(origin + path, { agent, method, headers });
    call.end(body);
    const [answer] = await once(call, "response");
    await text(answer);
    if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${answer.statusCode}`);
  };
  const { id } = await stripe.customers.create({ name: "Ada" });
  for (let count = 0; count < 100; count++) await stripe.customers.create({ name: "Ada" });

  const kinds: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    ["GET one customer", () => stripe.customers.retrieve(id), () => raw("GET", `/v1/customers/${id}`)],
    [
      "POST a customer",
      () => stripe.customers.create({ name: "Ada", metadata: { plan: "pro" } }),
      () => raw("POST", "/v1/customers", "name=Ada&metadata[plan]=pro"),
    ],
    [
      "GET a list of ten",
      () => stripe.customers.list({ limit: 10 }),
      () => raw("GET", "/v1/customers?limit=10"),
    ],
  ];
  for (const [what, official, plain] of kinds) {
    await rate(CALLS / 4, AT_ONCE, official);
    const [sdk, bare] = [await rate(CALLS, AT_ONCE, official), await rate(CALLS, AT_ONCE, plain)];
    report(`${what}, official SDK, ${AT_ONCE} at once`, `${Math.round(sdk)}/s`, "1000/s");
    report(`${what}, bare HTTP, ${AT_ONCE} at once`, `${Math.round(bare)}/s`, "1000/s");
  }
  agent.destroy();
}

async function measureRenewals(origin: string): Promise<void> {
  const { hostname: host, port } = new URL(origin);
  const stripe = new Stripe("sk_test_bench", { host, port, protocol: "http" });
  const price = await stripe.prices.create({
    currency: "usd",
    product_data: { name: "Pro" },
    recurring: { interval: "month" },
    unit_amount: 2000,
  });
  const subscribe = async () => {
    const { id } = await stripe.checkout.sessions.create({
      customer_email: "ada@example.com",
      line_items: [{ price: price.id, quantity: 1 }],
      mode: "subscription",
      success_url: "http://127.0.0.1:1/",
    });
    await stripe.rawRequest("POST", `/v1/payment_pages/${id}/confirm`, { payment_method: "pm_card_visa" });
  };
  report(
    "a checkout from session to subscription",
    `${Math.round(await rate(SUBSCRIPTIONS, AT_ONCE, subscribe))}/s`,
    "",
  );

  const began = performance.now();
  // A month and the hour for which a renewal's invoice is a draft.
  await fetch(`${origin}/__local/clock/advance?seconds=${31 * 24 * 3600 + 2 * 3600}`, { method: "POST" });
  const took = seconds(began);
  let renewed = 0;
  for await (const invoice of stripe.invoices.list({ limit: 100, status: "paid" })) {
    if (invoice.billing_reason === "subscription_cycle") renewed++;
  }
  report(
    `${renewed} of ${SUBSCRIPTIONS} subscriptions renewed by one advance`,
    `${took.toFixed(1)} s`,
    "60 s",
  );
}

await measureStart();
const { server, origin } = await startServer();
await measureCalls(origin);
await stop(server);
const fresh = await startServer();
await measureRenewals(fresh.origin);
await stop(fresh.server);

const [{ model = "unknown" } = {}] = cpus();
console.log(`\n${cpus().length} cores (${model}), Node ${process.version}\n`);
console.log("| What | Measured | Wanted |\n|---|---|---|");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
