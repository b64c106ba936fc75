import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** Started by children.ts: stops the announced processes when standard input closes. */

const PATIENCE_MS = 8_000;
const announced: { signal: NodeJS.Signals; pid: number }[] = [];

// Ctrl-C reaches the runner, which closes the pipe; the watchdog must be the last to go.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [signal, pid] = line.split(" ");
  announced.push({ signal: signal as NodeJS.Signals, pid: Number(pid) });
}

/** To the whole group, where the process leads one. */
function kill(pid: number, signal: NodeJS.Signals) {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
    } catch {
      // Gone already, which is what we want.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A container without an init process keeps the dead as zombies, which still take signals.
  const stat = `/proc/${pid}/stat`;
  return !(existsSync(stat) && / Z /.test(readFileSync(stat, "utf8")));
}

for (const { pid, signal } of announced.reverse()) {
  const giveUpAt = Date.now() + PATIENCE_MS;
  kill(pid, signal);
  while (isAlive(pid) && Date.now() < giveUpAt) await sleep(20);
  kill(pid, "SIGKILL");
}
