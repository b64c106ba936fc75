import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { strykerPlugins as vitest } from "@stryker-mutator/vitest-runner";

/** Stryker loads this file into processes of its own, which read no TypeScript. */

/**
 * Draws a sample. It is a checker, because a checker may turn away any single mutant, while an ignorer or a range of
 * lines takes everything inside a node along. The lowest hashes win, so a seed means the same mutants in every run.
 */
function createSample({ sample: { size, seed } }) {
  const rank = ({ fileName, location, mutatorName, replacement }) => {
    const mutant = [seed, relative(process.cwd(), fileName), location, mutatorName, replacement];
    return createHash("sha256").update(JSON.stringify(mutant)).digest("hex");
  };
  return {
    init: async () => {},
    group: async (mutants) => [mutants.map(({ id }) => id)],
    check: async (mutants) => {
      const drawn = mutants.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, size);
      const passed = drawn.map(({ id }) => [id, { status: "passed" }]);
      const all = mutants.map(({ id }) => [id, { status: "compileError", reason: "not in the sample" }]);
      return Object.fromEntries([...all, ...passed]);
    },
  };
}
createSample.inject = ["options"];

/** A class name says how a thing looks, which no test of ours asks. */
const classNames = {
  shouldIgnore: ({ node }) =>
    node.type === "JSXAttribute" && node.name.name === "className" ? "a class name" : undefined,
};

/**
 * The Vitest runner, with three changes. Code that a file runs while it loads or in `beforeAll` counts as static, and a
 * static mutant is held against every test; nearly all our code runs in some `beforeAll`, so here a mutant is held
 * against the files whose tests reach it, and then against those that ran it before their first test. It acts from the
 * first line of a file on, because Vitest loads each file afresh. And a file runs whole, because a test that builds on
 * an earlier one would fail alone, whatever the mutant.
 */
function createRunner(injector) {
  const runner = vitest[0].factory(injector);
  const dryRun = runner.dryRun.bind(runner);
  const readCoverage = runner.readMutantCoverage.bind(runner);
  const mutantRun = runner.mutantRun.bind(runner);
  const early = new Map();
  runner.readMutantCoverage = () => {
    // Copies, because reading adds the counts of all files to the first one's.
    for (const { filepath, meta } of runner.ctx.state.getFiles())
      early.set(filepath, { ...meta.mutantCoverage?.static });
    return { ...readCoverage(), static: {} };
  };
  runner.dryRun = async (options) => {
    const result = await dryRun(options);
    if (result.status !== "complete") return result;
    const { perTest } = result.mutantCoverage;
    writeFileSync(REACHED, JSON.stringify(filesByMutant(perTest)));
    for (const { id, fileName } of result.tests) perTest[id] = { ...early.get(fileName), ...perTest[id] };
    return result;
  };
  runner.mutantRun = async ({ testFilter, ...options }) => {
    const files = [...new Set(testFilter.map(fileOf))];
    const reached = JSON.parse(readFileSync(REACHED, "utf8"))[options.activeMutant.id] ?? [];
    const others = files.filter((file) => !reached.includes(file));
    const run = (some) => mutantRun({ ...options, testFilter: some, mutantActivation: "static" });
    const result = reached.length ? await run(reached) : null;
    return others.length && (!result || result.status === "survived") ? run(others) : result;
  };
  return runner;
}
createRunner.inject = ["$injector"];

/** The files whose tests reach each mutant, for the runs of mutants, which are in other processes than the first one. */
const REACHED = "files-by-mutant.json";

const fileOf = (test) => `${test.split("#", 1)}#`;

function filesByMutant(perTest) {
  const reached = {};
  for (const [test, hits] of Object.entries(perTest)) {
    for (const id of Object.keys(hits)) {
      reached[id] ??= [];
      if (!reached[id].includes(fileOf(test))) reached[id].push(fileOf(test));
    }
  }
  return reached;
}

export const strykerPlugins = [
  { kind: "Checker", name: "sample", factory: createSample },
  { kind: "Ignore", name: "class names", value: classNames },
  { kind: "TestRunner", name: "vitest by test", factory: createRunner },
];
