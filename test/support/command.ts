import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** A script of ours as `npm run` starts it, and all that a person or a program has of it afterwards. */

const LOADER = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

interface Surroundings {
  cwd?: string;
  /** On top of this process's own; undefined takes one away. */
  env?: Record<string, string | undefined>;
  /** Another user than this process's own. */
  uid?: number;
}

export async function runScript(script: string, args: string[] = [], { cwd, env, uid }: Surroundings = {}) {
  const child = spawn(process.execPath, ["--import", LOADER, resolve(script), ...args], {
    cwd,
    uid,
    gid: uid,
    env: { ...process.env, ...env },
    // One that does not end by itself must not outlive the test.
    timeout: 60_000,
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      output[name] += chunk;
    });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}
