import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HELP, withArguments } from "./command-line";
import { readEnvironment } from "./environment";
import { Receiver } from "./test/receiver";

/** The command of the README, in a folder that has nothing but the bundle. */
const folder = mkdtempSync(join(tmpdir(), "local-stripe-bundle-"));
const readme = readFileSync("local-stripe/README.md", "utf8");
const command = /^node dist\/local-stripe\.mjs .*$/m.exec(readme)?.[0] ?? "";

const receiver = new Receiver();
let child: ChildProcess;
let line = "";
let origin = "";
let stripe: Stripe;

async function run(args: readonly string[]): Promise<void> {
  // Nothing of this project's environment may help it.
  child = spawn(process.execPath, args, {
    cwd: folder,
    env: { NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")).map(String) as [string];
  origin = /http:\S+/.exec(line)?.[0] ?? "";
  const { port } = new URL(origin);
  stripe = new Stripe("sk_test_local", { host: "127.0.0.1", port, protocol: "http" });
}

async function stop(): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}

beforeAll(async () => {
  mkdirSync(join(folder, "dist"));
  execFileSync(process.execPath, ["local-stripe/bundle.mjs", join(folder, "dist/local-stripe.mjs")]);
  await receiver.listen();
  const [, ...args] = command
    .replace("12111", "0")
    .replace(/http:\S+/, receiver.url)
    .split(" ");
  await run(args);
}, 60_000);

afterAll(async () => {
  await stop();
  receiver.close();
});

test("it serves the API, tells the webhook, and shows the dashboard", async () => {
  receiver.secrets.push(/whsec_\w+/.exec(line)?.[0] ?? "");
  const customer = await stripe.customers.create({ name: "Ada" });
  await receiver.until(() => receiver.types().includes("customer.created"));
  const page = await (await fetch(`${origin}/customers/${customer.id}`)).text();
  expect(page).toContain("<h1>Ada</h1>");
});

test("everything that it reads is in it: styles, scripts and the fonts of a PDF", async () => {
  for (const [path, part] of [
    ["/assets/dashboard.css", ".navigation"],
    ["/assets/pages.css", ".checkout"],
    ["/stripe.js", "createEmbeddedCheckoutPage"],
    ["/assets/frame.js", "postMessage"],
  ]) {
    expect(await (await fetch(origin + path)).text(), path).toContain(part);
  }
  const { id } = await stripe.customers.create({ email: "grace@example.com" });
  await stripe.invoiceItems.create({ customer: id, amount: 700, currency: "usd" });
  const draft = await stripe.invoices.create({ customer: id, pending_invoice_items_behavior: "include" });
  const { invoice_pdf } = await stripe.invoices.finalizeInvoice(draft.id as string);
  const pdf = await (await fetch(invoice_pdf as string)).text();
  expect(pdf.slice(0, 5)).toBe("%PDF-");
  expect(pdf).toContain("Helvetica");
});

test("it keeps its state in the file that it was told", async () => {
  const { id } = await stripe.products.create({ name: "Kept" });
  await stop();
  expect(readdirSync(folder).sort()).toEqual(["dist", "stripe.json"]);
  await run(["dist/local-stripe.mjs", "--port", "0", "--state=stripe.json", "--name", "Ada's Anvils"]);
  expect((await stripe.products.retrieve(id)).name).toBe("Kept");
  const { settings } = await stripe.accounts.retrieveCurrent();
  expect(settings?.dashboard.display_name).toBe("Ada's Anvils");
}, 30_000);

/** Everything that it prints up to a line that begins so. */
async function printed(beginning: string): Promise<string> {
  let text = line;
  child.stdout?.on("data", (more) => {
    text += more;
  });
  await expect.poll(() => text, { timeout: 20_000 }).toContain(`\n${beginning}`);
  return text;
}

test("it plays a scenario with a line for each month, and into one state only once", async () => {
  await stop();
  const scenario = {
    name: "Three",
    months: 2,
    customers: { total: 3 },
    plans: [{ name: "Pro", monthly: { lookup_key: "pro", unit_amount: 2000 } }],
  };
  writeFileSync(join(folder, "three.json"), JSON.stringify(scenario));
  const args = ["dist/local-stripe.mjs", "--port=0", "--state=three-state.json", "--scenario=three.json"];
  await run(args);
  const told = await printed("Played “Three” in ");
  expect(told).toMatch(
    /\nMonth 1 of 2: 2 customers, \d+ events\nMonth 2 of 2: 3 customers, \d+ events\nPlayed/,
  );
  expect((await stripe.subscriptions.list()).data).toHaveLength(3);
  await stop();
  await run(args);
  await printed("“Three” is not played: this state has a history already.");
  expect((await stripe.subscriptions.list()).data).toHaveLength(3);
}, 60_000);

test("an option wins over its variable", () => {
  const env = withArguments(["--port", "4000", "--state=a.json"], { PORT: "5000", WEBHOOK_URL: "http://b/" });
  expect(readEnvironment(env ?? {})).toMatchObject({
    port: 4000,
    dataFile: "a.json",
    webhookUrl: "http://b/",
  });
});

test.each([
  [["--prot", "1"], "Unknown option '--prot'. --help lists the options."],
  [["--port"], "Option '--port <value>' argument missing. --help lists the options."],
  [["4000"], "Unexpected argument '4000'. --help lists the options."],
])("%j is refused in a sentence", (args, sentence) => {
  expect(() => withArguments(args, {})).toThrow(sentence);
});

test("the README and --help list every option with its variable", () => {
  expect(withArguments(["--port", "1", "--help"], {})).toBeUndefined();
  const told = Array.from(
    readme.matchAll(/^\| `([A-Z_]+)` \| `(--[\w-]+)` \|/gm),
    ([, name, option]) => `${option} ${name}`,
  );
  const helped = Array.from(
    HELP.matchAll(/^ {2}(--[\w-]+) [A-Z]+ +([A-Z_]+) /gm),
    ([, option, name]) => `${option} ${name}`,
  );
  expect(helped.length).toBeGreaterThan(4);
  expect(told.sort()).toEqual(helped.sort());
});
