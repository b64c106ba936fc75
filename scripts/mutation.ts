import { writeFile } from "node:fs/promises";
import { Stryker } from "@stryker-mutator/core";
import { describeScores, describeSurvivors } from "./mutation/report";
import { readCommandLine } from "./stack/command-line";

/**
 * `npm run mutation [-- folders…] [--sample 200] [--seed 7]`: changes the code in small ways, one at a time, and says
 * which changes no test notices. They are listed in .data/mutation/survivors.txt. A sample is so many of all mutants.
 */

const FOLDERS = ["lib", "db", "app", "components", "proxy.ts"];
/** The migrations were made from the schema, and a column that is called otherwise fails every query. */
const LEFT_OUT = ["!db/schema/**", "!**/*.test.*"];
const OUTPUT = ".data/mutation";

const USAGE = `Usage: npm run mutation [-- folders…] [--sample 200] [--seed 7]
  --sample  so many of all mutants, drawn by the seed`;

const { positionals, values } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: { sample: { type: "string" }, seed: { type: "string", default: "1" } },
});
const places = positionals.length ? positionals : FOLDERS;
const stryker = new Stryker({
  mutate: [...places.map(toPattern), ...LEFT_OUT],
  plugins: ["@stryker-mutator/vitest-runner", "./scripts/mutation/plugins.mjs"],
  testRunner: "vitest by test",
  vitest: { configFile: "scripts/mutation/vitest.config.ts" },
  ignorers: ["class names"],
  checkers: values.sample ? ["sample"] : [],
  sample: { size: Number(values.sample), seed: values.seed },
  warnings: false,
  concurrency: 2,
  // A mutant may spoil the rows and the Stripe that a runner's tests share.
  maxTestRunnerReuse: 25,
  timeoutMS: 60_000,
  dryRunTimeoutMinutes: 30,
  // Nothing is compiled here, and rewriting tsconfig.json needs a TypeScript that is written in JavaScript.
  disableTypeChecks: false,
  tsconfigFile: "none",
  ignorePatterns: [".data", "test-results", "playwright-report"],
  tempDirName: `${OUTPUT}/sandbox`,
  reporters: ["progress-append-only", "json"],
  jsonReporter: { fileName: `${OUTPUT}/report.json` },
});
const mutants = await stryker.runMutationTest();
await writeFile(`${OUTPUT}/survivors.txt`, describeSurvivors(mutants));
console.log(`\n${describeScores(mutants)}`);

/** A folder means everything in it; a file, lines of a file (`lib/form.ts:10-20`) and a pattern stand as they are. */
function toPattern(place: string): string {
  return /[.*]/.test(place) ? place : `${place}/**/*.{ts,tsx}`;
}
