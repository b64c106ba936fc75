import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import nextEnv from "@next/env";
import { projectFile } from "../../project-file";

/** Written while `npm run dev` runs, so that commands in another terminal reach the same embedded parts. */
const RUNNING = projectFile(".data/running.json");

/**
 * .env, and whatever else Next.js reads, read by Next.js: the app and each command give a line the same meaning. The
 * person's own variables come first. An empty line means "not set", here as in env.ts.
 */
export function loadEnvFiles({ isDevelopment }: { isDevelopment: boolean }) {
  const { parsedEnv } = nextEnv.loadEnvConfig(projectFile(""), isDevelopment);
  for (const name of Object.keys(parsedEnv ?? {})) if (!process.env[name]) delete process.env[name];
}

/** For a command: the files, then the running development stack. */
export function loadVariables() {
  loadEnvFiles({ isDevelopment: existsSync(RUNNING) });
  const running = existsSync(RUNNING) ? JSON.parse(readFileSync(RUNNING, "utf8")) : {};
  for (const [name, value] of Object.entries(running)) process.env[name] ||= String(value);
}

/** For a command that runs the app's own code: it needs all that the app needs. */
export async function loadEnvironment() {
  loadVariables();
  try {
    await import("../../env");
    await import("../../db");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    // As for a command that was asked in a wrong way: nothing was done.
    process.exit(2);
  }
}

export function announceRunning(variables: Record<string, string>) {
  writeFileSync(RUNNING, JSON.stringify(variables), { mode: 0o600 });
}

export const withdrawRunning = () => rmSync(RUNNING, { force: true });
