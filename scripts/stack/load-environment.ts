import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectFile } from "../../project-file";

const PROJECT = projectFile("");

/** Written while `npm run dev` runs, so that commands in another terminal reach the same embedded parts. */
const runningIn = (folder: string) => join(folder, ".data/running.env");

/** The person's own variables come first, then .env, then the running development stack. */
export function loadEnvironment(folder = PROJECT) {
  for (const file of [join(folder, ".env"), runningIn(folder)])
    if (existsSync(file)) process.loadEnvFile(file);
}

export function announceRunning(variables: Record<string, string>, folder = PROJECT) {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(runningIn(folder), lines.join(""), { mode: 0o600 });
}

export const withdrawRunning = (folder = PROJECT) => rmSync(runningIn(folder), { force: true });
