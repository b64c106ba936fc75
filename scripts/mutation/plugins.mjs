import { createHash } from "node:crypto";
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
 * static mutant is held against every test; nearly all our code runs in some `beforeAll`, so here a mutant is static
 * only when no test reaches it. It acts from the first line of a file on, because Vitest loads each file afresh. And
 * a file runs whole, because a test that builds on an earlier one would fail alone, whatever the mutant.
 */
function createRunner(injector) {
  const runner = vitest[0].factory(injector);
  const [dryRun, mutantRun] = [runner.dryRun.bind(runner), runner.mutantRun.bind(runner)];
  runner.dryRun = async (options) => {
    const result = await dryRun(options);
    const { perTest = {}, static: fixed = {} } = result.mutantCoverage ?? {};
    for (const hits of Object.values(perTest)) {
      for (const id of Object.keys(hits)) {
        hits[id] += fixed[id] ?? 0;
        delete fixed[id];
      }
    }
    return result;
  };
  runner.mutantRun = ({ testFilter, ...options }) => {
    const files = testFilter && [...new Set(testFilter.map((test) => `${test.split("#", 1)}#`))];
    return mutantRun({ ...options, testFilter: files, mutantActivation: "static" });
  };
  return runner;
}
createRunner.inject = ["$injector"];

export const strykerPlugins = [
  { kind: "Checker", name: "sample", factory: createSample },
  { kind: "Ignore", name: "class names", value: classNames },
  { kind: "TestRunner", name: "vitest by test", factory: createRunner },
];
