import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runScript } from "@/test/support/command";

/** `npm test` with tools that only write down that they were called, in a folder of their own. */

const TOOLS = ["biome", "depcruise", "next", "tsc", "vitest", "tsx", "playwright"];
const TITLES = [
  "Format and lint",
  "Directions of imports",
  "Route types",
  "Types",
  "Unit and integration",
  "Production build",
  "Commands for production",
  "Browser journeys",
];
let folder: string;

/** Ends with 1 when it is named in `failing`; writes the report that it would write. */
async function tool(name: string, failing: string[], report?: { path: string; content: object }) {
  const path = join(folder, "node_modules/.bin", name);
  const write = report
    ? `mkdir -p test-results; echo '${JSON.stringify(report.content)}' > ${report.path}`
    : "";
  const code = failing.includes(name) ? 1 : 0;
  await writeFile(path, `#!/bin/sh\necho "${name} $*" >> calls\n${write}\nexit ${code}\n`);
  await chmod(path, 0o755);
}

async function runSteps(
  failing: string[],
  unit: object = { numPassedTests: 40, numFailedTests: 0 },
  e2e: object = { stats: { expected: 7, unexpected: 0, flaky: 0 } },
) {
  for (const name of TOOLS) {
    if (name === "vitest") await tool(name, failing, { path: "test-results/unit.json", content: unit });
    else if (name === "playwright")
      await tool(name, failing, { path: "test-results/e2e.json", content: e2e });
    else await tool(name, failing);
  }
  const { code, stdout } = await runScript("scripts/test.ts", [], { cwd: folder });
  const calls = (await readFile(join(folder, "calls"), "utf8")).trim().split("\n");
  const verdicts = [...stdout.matchAll(/^── (.+): (ok|FAILED) in [\d.]+ s$/gm)].map(
    ([, title, end]) => `${title}: ${end}`,
  );
  return { code, calls, verdicts, lastWords: stdout.trim().split("\n").slice(-1)[0], stdout };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-npm-test-"));
  await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

// Without a browser on this machine the script would install one.
describe.runIf(existsSync("/usr/bin/chromium"))("npm test", { timeout: 60_000 }, () => {
  it("takes every step in its order, and adds up both reports", async () => {
    const { code, calls, verdicts, lastWords, stdout } = await runSteps([]);
    expect(calls).toEqual([
      "biome ci --colors=off .",
      "depcruise .",
      "next typegen",
      "tsc --noEmit --incremental false",
      "vitest run --reporter=default --reporter=json --outputFile.json=test-results/unit.json",
      "next build",
      "tsx scripts/bundle.ts",
      "playwright test",
    ]);
    expect(verdicts).toEqual(TITLES.map((title) => `${title}: ok`));
    expect(stdout).toContain("Browser: /usr/bin/chromium (installed)");
    expect(stdout).not.toContain("\nFailed:");
    expect([code, lastWords]).toEqual([0, "47 passed, 0 failed"]);
  });

  it("takes every step though the first one failed, and fails", async () => {
    const { code, calls, verdicts, lastWords, stdout } = await runSteps(["biome", "tsc"]);
    expect(calls).toHaveLength(8);
    expect(verdicts).toEqual(
      TITLES.map((title) => `${title}: ${["Format and lint", "Types"].includes(title) ? "FAILED" : "ok"}`),
    );
    expect(stdout).toContain("\nFailed: Format and lint, Types\n");
    expect([code, lastWords]).toEqual([1, "47 passed, 2 failed"]);
  });

  it("counts the tests that failed, and a journey that passed only at the second try as one of them", async () => {
    const { code, lastWords } = await runSteps(
      ["vitest", "playwright"],
      { numPassedTests: 38, numFailedTests: 2 },
      { stats: { expected: 5, unexpected: 1, flaky: 1 } },
    );
    expect([code, lastWords]).toEqual([1, "43 passed, 4 failed"]);
  });

  it("takes no report of an earlier run for one of this", async () => {
    await mkdir(join(folder, "test-results"));
    await writeFile(join(folder, "test-results/old.json"), "{}");
    await runSteps([]);
    expect(existsSync(join(folder, "test-results/old.json"))).toBe(false);
  });
});
