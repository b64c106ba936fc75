import { type ParseArgsConfig, parseArgs } from "node:util";

/** Reads a command's arguments. `--help` prints its usage; it refuses every option that it does not know. */
export function readCommandLine<Config extends ParseArgsConfig>(usage: string, config: Config) {
  if (process.argv.slice(2).includes("--help")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    return refuseCommandLine(usage, error instanceof Error ? error.message : String(error));
  }
}

/** 2 is for a command that was asked in a wrong way, as other tools have it; nothing was done. */
export function refuseCommandLine(usage: string, reason: string): never {
  console.error(`${reason}\n\n${usage}`);
  process.exit(2);
}

/**
 * Runs a command's work. A failure is one sentence and the exit code that the command has for it: of a query that
 * failed, the reason that the database gave, and not its text, which carries the parameters.
 */
export async function runCommand(work: () => Promise<unknown>, failureCode = 1): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(reasonOf(error));
    process.exitCode = failureCode;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isQuery = "params" in error || "query" in error;
  return isQuery && error.cause ? reasonOf(error.cause) : error.message || error.name;
}
