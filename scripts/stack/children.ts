import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * Child processes that never outlive the runner. Each is spawned in a group of its own and announced to a
 * watchdog over a pipe; when the pipe closes — the runner finished, crashed or was killed with −9 — the
 * watchdog stops them in reverse order. There is no other way to stop them, so the way that matters is
 * exercised at every exit.
 */
export class Children {
  #watchdog: ChildProcess | undefined;
  #stopped = false;

  spawn(command: string, args: string[], options: SpawnOptions & { stopSignal?: NodeJS.Signals } = {}) {
    // Start-up steps run side by side; one that is still under way when the runner stops must not begin another.
    if (this.#stopped) throw new Error(`${command} was not started, because everything is being stopped.`);
    const { stopSignal = "SIGTERM", ...rest } = options;
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...rest, detached: true });
    if (child.pid) this.adopt(child.pid, stopSignal);
    return child;
  }

  /** Takes charge of a process that is already running, e.g. a Postgres left by a killed runner. */
  adopt(pid: number, stopSignal: NodeJS.Signals) {
    this.#watchdog ??= spawn(
      process.execPath,
      ["--import", "tsx", fileURLToPath(new URL("watchdog.ts", import.meta.url))],
      { stdio: ["pipe", "ignore", "inherit"], detached: true },
    );
    this.#watchdog.stdin?.write(`${stopSignal} ${pid}\n`);
  }

  /** Ends one before its time. The watchdog forgets it: by the end its number may be somebody else's. */
  end(pid: number, signal: NodeJS.Signals) {
    this.#watchdog?.stdin?.write(`forget ${pid}\n`);
    process.kill(pid, signal);
  }

  /** Stops all children and resolves when they are gone. */
  async stop() {
    this.#stopped = true;
    const watchdog = this.#watchdog;
    if (!watchdog || watchdog.exitCode !== null) return;
    const exited = once(watchdog, "exit");
    watchdog.stdin?.end();
    await exited;
  }
}

/** Resolves when a line of the child's output matches; rejects with its last words when it exits first. */
export function untilOutput(child: ChildProcess, pattern: RegExp): Promise<RegExpMatchArray> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8_000);
      const match = output.match(pattern);
      if (match) resolve(match);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`${child.spawnargs.slice(0, 4).join(" ")} ended (${code}):\n${output.trim()}`)),
    );
  });
}
