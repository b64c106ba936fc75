import { GATES, type GateName } from "./all";

/** Started by run.ts: plays one gate and sends its verdict. */

const { name, seed, scale, replay } = JSON.parse(process.argv[2] ?? "{}");
const gate = GATES[name as GateName];
const options = { seed: Number(seed), scale: Number(scale), replay };
const verdict = await gate.run(options).catch((error: unknown) => {
  console.error(error);
  return { passed: false, result: `It broke off: ${error instanceof Error ? error.message : error}` };
});
process.send?.(verdict, () => process.exit(0));
