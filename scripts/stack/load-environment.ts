import { existsSync, rmSync, writeFileSync } from "node:fs";

/** Written while `npm run dev` runs, so that commands in another terminal reach the same embedded parts. */
const RUNNING = ".data/running.env";

/** The person's own variables come first, then .env, then the running development stack. */
export function loadEnvironment() {
  for (const file of [".env", RUNNING]) if (existsSync(file)) process.loadEnvFile(file);
}

export function announceRunning(variables: Record<string, string>) {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(RUNNING, lines.join(""), { mode: 0o600 });
}

export const withdrawRunning = () => rmSync(RUNNING, { force: true });
