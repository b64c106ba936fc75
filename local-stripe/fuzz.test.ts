import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

test("random requests break nothing, and leave nothing in memory", async () => {
  const child = spawn(process.execPath, [
    "--expose-gc",
    "--import",
    "tsx",
    "local-stripe/test/fuzz-run.ts",
    "1500",
  ]);
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const said = (await Promise.all([text(child.stdout), text(child.stderr)])).join("");
  // Its output names the seed, which repeats the run.
  expect(await exited, said).toBe(0);
}, 120_000);
