import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleCommands } from "../scripts/stack/bundle-commands";

/** Every command, as a person calls it. */

async function run(cwd: string, args: string[]) {
  const child = spawn(process.execPath, args, { cwd, env: process.env });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output += chunk;
    });
  const [code] = await once(child, "close");
  return { code, output };
}

const scripts = (await readdir("scripts")).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
);
const COMMANDS = [...scripts.map((file) => `scripts/${file}`), "gates/run.ts", "bench/lighthouse.ts"];

describe.each(COMMANDS)("%s", (command) => {
  const ask = (...args: string[]) => run(".", ["--import", "tsx", command, ...args]);

  it("says how it is used, and does nothing else", async () => {
    const { code, output } = await ask("--help");
    expect(output).toMatch(/^Usage:\s+npm /);
    expect(code).toBe(0);
  });

  it("refuses what it does not know", async () => {
    const { code, output } = await ask("--frobnicate");
    expect(output).toMatch(/^Unknown option '--frobnicate'/);
    expect(output).toContain("\n\nUsage:");
    expect(code).toBe(2);
  });
});

describe("a command as production has it", () => {
  /** Below the project, as dist/ is, so that it finds the dependencies. */
  const dist = resolve("test-results/dist");
  let elsewhere: string;
  beforeAll(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), "titanforge-elsewhere-"));
    await bundleCommands(dist);
  });
  afterAll(async () => {
    await rm(elsewhere, { recursive: true });
    await rm(dist, { recursive: true });
  });
  const ask = (name: string, ...args: string[]) => run(elsewhere, [join(dist, `${name}.mjs`), ...args]);

  it("is there for everything that is done to an installation", async () => {
    expect((await readdir(dist)).sort()).toEqual([
      "backfill.mjs",
      "catalog.mjs",
      "events.mjs",
      "ledger.mjs",
      "migrate.mjs",
      "reconcile.mjs",
      "start.mjs",
    ]);
  });

  it.each([
    [["migrate"], /^The database has the newest schema\.\n$/],
    [["catalog", "apply"], /^Nothing to change: Stripe says what catalog\.json says\.\n$/],
    [["backfill"], /^Versions of subscriptions added: \d+\.\n$/],
    [["ledger"], /^(Nobody has paid yet\.|when .*\n[\s\S]+\nRevenue, in minor units: .+\.)\n$/],
    [["events"], /^\d+ applied, \d+ waiting for another try, \d+ parked/],
  ])("%j runs from another folder, without tsx", async ([name = "", ...args], says) => {
    const { code, output } = await ask(name, ...args);
    expect(output).toMatch(says);
    expect(code).toBe(0);
  });

  it("reconcile reads its command line and refuses", async () => {
    const { code, output } = await ask("reconcile", "--frobnicate");
    expect(output).toContain("Usage: npm run reconcile");
    expect(code).toBe(2);
  });
});
