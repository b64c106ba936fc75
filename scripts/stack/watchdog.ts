import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** Started by children.ts: stops the announced processes when standard input closes. */

const PATIENCE_MS = 8_000;
const announced = new Map<number, NodeJS.Signals>();

// Ctrl-C reaches the runner, which closes the pipe; the watchdog must be the last to go.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const [signal, pid] = line.split(" ");
  if (signal === "forget") announced.delete(Number(pid));
  else announced.set(Number(pid), signal as NodeJS.Signals);
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
  return !/ Z /.test(statOf(pid));
}

/** Empty where there is no /proc, and for a process that is gone by the time it is looked at. */
function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
}

for (const [pid, signal] of [...announced].reverse()) {
  const giveUpAt = Date.now() + PATIENCE_MS;
  kill(pid, signal);
  while (isAlive(pid) && Date.now() < giveUpAt) await sleep(20);
  kill(pid, "SIGKILL");
}
