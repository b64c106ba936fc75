import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { readCommandLine, refuseCommandLine } from "../scripts/stack/command-line";
import { GATES, type GateName } from "./all";
import type { Verdict } from "./gate";

/**
 * `npm run gates [-- names…] [--seed 1] [--scale 0.1]`: each gate in a process of its own, on a shop of its own.
 * Prints what docs/RELIABILITY.md shows; ends with 1 when a target is missed.
 */

/** A gate that hangs has failed, too. */
const MAX_MINUTES = 45;

const USAGE = `Usage: npm run gates [-- names…] [--seed 1] [--scale 0.1] [--replay schedule]
  names     ${Object.keys(GATES).join(", ")}; all of them unless told otherwise
  --seed    of whatever is left to chance
  --scale   1 is the whole gate, less a smaller one
  --replay  a failing schedule as an earlier run printed it`;

const { positionals, values } = readCommandLine(USAGE, {
  allowPositionals: true,
  options: {
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    scale: { type: "string", default: "1" },
    replay: { type: "string" },
  },
});
const names = positionals.length ? positionals : Object.keys(GATES);
const unknown = names.filter((name) => !Object.hasOwn(GATES, name));
if (unknown.length) refuseCommandLine(USAGE, `There is no gate ${unknown.join(", ")}.`);

const lines: string[] = [];
for (const name of names as GateName[]) {
  console.log(`\n── ${name}, seed ${values.seed}: ${GATES[name].target}`);
  const startedAt = Date.now();
  const { passed, result } = await runApart(name);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(`── ${name}: ${passed ? "passed" : "MISSED"} in ${seconds} s. ${result}`);
  if (!passed) process.exitCode = 1;
  const day = new Date().toISOString().slice(0, 10);
  const share = values.scale === "1" ? "" : ` (scale ${values.scale})`;
  lines.push(
    `| ${name}${share} | ${GATES[name].target} | ${passed ? "" : "**missed:** "}${result} | ${values.seed} | ${day} |`,
  );
}
console.log(["", "| Gate | Target | Result | Seed | Date |", "|---|---|---|---|---|", ...lines].join("\n"));

async function runApart(name: GateName): Promise<Verdict> {
  const { seed, scale, replay } = values;
  const child = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      fileURLToPath(new URL("one.ts", import.meta.url)),
      JSON.stringify({ name, seed, scale, replay }),
    ],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  let verdict: Verdict = { passed: false, result: "It ended without a verdict." };
  child.on("message", (message) => {
    verdict = message as Verdict;
  });
  const late = setTimeout(() => child.kill("SIGKILL"), MAX_MINUTES * 60_000);
  const [code, signal] = await once(child, "exit");
  clearTimeout(late);
  return code === 0 ? verdict : { passed: false, result: `${verdict.result} Ended with ${code ?? signal}.` };
}
