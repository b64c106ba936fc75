import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { migrateDatabase } from "../db/migrate";
import { BROWSER_ARGS, findBrowser } from "../scripts/stack/browser";
import { Children } from "../scripts/stack/children";
import { readCommandLine, refuseCommandLine } from "../scripts/stack/command-line";
import { startStack } from "../scripts/stack/environment";
import { freePort } from "../scripts/stack/ports";
import { pushCatalog } from "../scripts/stack/push-catalog";
import { median } from "./rounds";
import { Server } from "./server";

/**
 * `npm run lighthouse [-- pages…] [--runs 3]`: what Lighthouse says of the production build, on a phone and on a desktop.
 * Ends with 1 where a category is below the target. The reports are in test-results/lighthouse.
 */

const TARGET = 98;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
const REPORTS = "test-results/lighthouse";

/** In this order: at the last one somebody has to be signed in, and at the others nobody. */
const PAGES = ["/", "/pricing", "/register", "/account"];
const PRIVATE = new Set(["/account"]);
/** A page that shows one person's data must not be found by search engines, which this audit would have. */
const AGAINST_PRIVACY = ["is-crawlable"];

/** The phone is what Lighthouse begins with. */
const DEVICES = { phone: undefined, desktop: desktopConfig };

const USAGE = `Usage: npm run lighthouse [-- pages…] [--runs 3]
  pages   ${PAGES.join(", ")}; all of them unless told otherwise
  --runs  each page is looked at so often, and its medians shown`;

const { positionals, values } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: { runs: { type: "string", default: "3" } },
});
const unknown = positionals.filter((path) => !PAGES.includes(path));
if (unknown.length) refuseCommandLine(USAGE, `There is no page ${unknown.join(", ")}.`);
const runs = Number(values.runs);
if (!(runs >= 1)) refuseCommandLine(USAGE, "--runs is a number from 1 on.");
if (!existsSync(".next/BUILD_ID")) throw new Error("There is no production build yet. Run: npm run build");

interface Look {
  /** From 0 to 100, as CATEGORIES has them. */
  scores: number[];
  /** Lighthouse's own figure of how fast the machine was just then; a busy one costs a page its performance. */
  machine: number;
}

const children = new Children();
const folder = await mkdtemp(join(tmpdir(), "titanforge-lighthouse-"));
// Its data is in this folder, and is thrown away with it, where the user that Postgres runs as can get there.
await chmod(folder, 0o711);
await mkdir(REPORTS, { recursive: true });
let missed = 0;
try {
  const origin = await startShop();
  const port = await freePort();
  const browser = await chromium.launchPersistentContext(join(folder, "browser"), {
    executablePath: findBrowser().path,
    args: [...BROWSER_ARGS, `--remote-debugging-port=${port}`],
  });
  console.log(`| Page | Device | ${CATEGORIES.join(" | ")} | machine |`);
  console.log(`|---|---|${"---|".repeat(CATEGORIES.length + 1)}`);
  for (const path of PAGES.filter((page) => !positionals.length || positionals.includes(page))) {
    if (PRIVATE.has(path)) await register(browser, origin);
    for (const device of ["phone", "desktop"] as const) {
      const { scores, machine } = await judge(origin, path, device, port);
      missed += scores.filter((score) => score < TARGET).length;
      console.log(`| ${path} | ${device} | ${scores.join(" | ")} | ${Math.round(machine)} |`);
    }
  }
  await browser.close();
} finally {
  await children.stop();
  await rm(folder, { recursive: true, force: true });
}
if (missed) console.log(`\n${missed} below ${TARGET}; the reports in ${REPORTS} say why.`);
process.exit(missed ? 1 : 0);

async function startShop(): Promise<string> {
  const port = await freePort();
  const given = { APP_URL: `http://127.0.0.1:${port}` } as unknown as NodeJS.ProcessEnv;
  const { variables } = await startStack(children, { given, port, folder, durable: false });
  Object.assign(process.env, variables);
  await migrateDatabase(variables.DATABASE_URL ?? "");
  // Before the catalog, so that Stripe's events about it find somebody, and are over when Lighthouse looks.
  const { origin } = await Server.start(children, { name: "lighthouse", folder: ".", env: {}, port });
  await pushCatalog();
  return origin;
}

/** In the browser's own cookies, which Lighthouse leaves alone. */
async function register(browser: BrowserContext, origin: string) {
  const page = await browser.newPage();
  await page.goto(`${origin}/register`);
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL(`${origin}/account`);
  await page.close();
}

/** @returns the medians of the runs */
async function judge(
  origin: string,
  path: string,
  device: keyof typeof DEVICES,
  port: number,
): Promise<Look> {
  // Whoever comes first to a cached page waits until it is rendered, once in five minutes at most.
  await fetch(origin + path);
  const looks: Look[] = [];
  for (let run = 1; run <= runs; run++) {
    const name = `${path.slice(1) || "home"}-${device}-${run}`;
    looks.push(await look(origin + path, device, port, name));
  }
  return {
    scores: CATEGORIES.map((_, index) => median(looks.map(({ scores }) => scores[index] ?? 0))),
    machine: median(looks.map(({ machine }) => machine)),
  };
}

async function look(url: string, device: keyof typeof DEVICES, port: number, name: string): Promise<Look> {
  const skipAudits = PRIVATE.has(new URL(url).pathname) ? AGAINST_PRIVACY : null;
  const flags = { port, logLevel: "error", output: "html", skipAudits } as const;
  const { lhr, report } = (await lighthouse(url, flags, DEVICES[device])) ?? {};
  if (!lhr || lhr.runtimeError)
    throw new Error(`Lighthouse did not see ${url}: ${lhr?.runtimeError?.message}`);
  if (lhr.finalDisplayedUrl !== url) throw new Error(`${url} led to ${lhr.finalDisplayedUrl}.`);
  await writeFile(join(REPORTS, `${name}.html`), String(report));
  return {
    scores: CATEGORIES.map((category) => Math.round((lhr.categories[category]?.score ?? 0) * 100)),
    machine: lhr.environment.benchmarkIndex,
  };
}
