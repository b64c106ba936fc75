import { fileURLToPath } from "node:url";
import { type Algorithm, mutants, naive, production } from "../test/support/convergence-model/algorithms";
import { explore } from "../test/support/convergence-model/explore";
import { regressions } from "../test/support/convergence-model/regressions";
import { simulate } from "../test/support/convergence-model/simulate";
import type { Verdict } from "./gate";

/**
 * The production rules against schedules by chance, and beside them the same rules with one taken away and what
 * others do. `node --import tsx gates/model.ts [schedules] [seed]`
 */
export function runModel(schedules = 1_000_000, seed = Date.now() % 2 ** 31): Verdict {
  console.log(`Seed ${seed}`);
  const run = (name: string, algorithm: Algorithm, count: number) => {
    const result = explore(count, seed, algorithm);
    const share = ((100 * result.diverged) / count).toFixed(4);
    console.log(
      `${name.padEnd(48)} ${String(count).padStart(8)} schedules  ${share.padStart(8)} % diverged  ${result.readsPerEvent.toFixed(3)} reads an event`,
    );
    return result;
  };
  const result = run("TitanForge", production, schedules);
  const compared = Math.ceil(schedules / 10);
  for (const [name, algorithm] of Object.entries(naive)) run(name, algorithm, compared);
  const caught = Object.entries(mutants).filter(([name, algorithm]) => {
    const { diverged } = run(`mutant: ${name}`, algorithm, compared);
    const regression = regressions[name];
    return diverged > 0 || (regression && simulate(regression, algorithm).diverged);
  });
  if (result.counterexample) console.log("Diverged:", JSON.stringify(result.counterexample));
  return {
    passed:
      result.diverged === 0 && result.readsPerEvent <= 0.3 && caught.length === Object.keys(mutants).length,
    result: `${schedules} schedules, ${result.diverged} diverged, ${result.readsPerEvent.toFixed(3)} reads an event; ${caught.length} of ${Object.keys(mutants).length} mutants caught.`,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [schedules, seed] = process.argv.slice(2).map(Number);
  process.exitCode = runModel(schedules, seed).passed ? 0 : 1;
}
