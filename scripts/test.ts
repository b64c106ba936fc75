import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { findBrowser } from "./stack/browser";
import { readCommandLine } from "./stack/command-line";

/**
 * `npm test`: format and lint, directions of imports, types, unit and integration tests on a real Postgres, then
 * the browser journeys against the production build. Every step runs even after one failed, so that one run
 * tells everything.
 */

readCommandLine("Usage: npm test", {});

const steps = [
  ["Format and lint", "biome", "ci", "--colors=off", "."],
  ["Directions of imports", "depcruise", "."],
  ["Route types", "next", "typegen"],
  ["Types", "tsc", "--noEmit", "--incremental", "false"],
  [
    "Unit and integration",
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    "--outputFile.json=test-results/unit.json",
  ],
  ["Production build", "next", "build"],
  ["Commands for production", "tsx", "scripts/bundle.ts"],
  ["Browser journeys", "playwright", "test"],
] as const;

await rm("test-results", { recursive: true, force: true });
const failed: string[] = [];
for (const [title, command, ...args] of steps) {
  console.log(`\n── ${title}`);
  if (command === "playwright") {
    const { path, origin } = findBrowser();
    console.log(`Browser: ${path} (${origin})`);
  }
  const startedAt = Date.now();
  const child = spawn(`node_modules/.bin/${command}`, args, { stdio: "inherit" });
  const [code] = await once(child, "exit");
  console.log(
    `── ${title}: ${code === 0 ? "ok" : "FAILED"} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  if (code !== 0) failed.push(title);
}

const unit = await report("test-results/unit.json");
const journeys = await report("test-results/e2e.json");
const passed = (unit?.numPassedTests ?? 0) + (journeys?.stats?.expected ?? 0);
const failures =
  (unit?.numFailedTests ?? 0) + (journeys?.stats?.unexpected ?? 0) + (journeys?.stats?.flaky ?? 0);
if (failed.length) console.log(`\nFailed: ${failed.join(", ")}`);
console.log(`\n${passed} passed, ${Math.max(failures, failed.length)} failed`);
process.exit(failed.length ? 1 : 0);

async function report(path: string) {
  return JSON.parse(await readFile(path, "utf8").catch(() => "null"));
}
