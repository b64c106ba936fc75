import { readdirSync, readFileSync } from "node:fs";

/** CPU times and memory as Linux counts them. */

const TICKS_A_SECOND = 100;
const toMicros = (ticks: number) => (ticks * 1e6) / TICKS_A_SECOND;

/** After the program's name, which may hold anything: state, parent, …, user time, system time. */
function statOf(pid: number | string): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/.*\) /s, "").split(" ");
  } catch {
    return null;
  }
}

/** Microseconds of CPU that a process and its children, which are there now, have had. */
export function cpuOf(pid: number): number {
  const family = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat && Number(stat[1]) === pid);
  return [statOf(pid), ...family].reduce(
    (sum, stat) => sum + (stat ? toMicros(Number(stat[11]) + Number(stat[12])) : 0),
    0,
  );
}

/** Microseconds that all cores together have been busy, a neighbour of the virtual machine included. */
export function cpuOfMachine(): number {
  const [user, nice, system, , , irq, softirq, steal] = (
    readFileSync("/proc/stat", "utf8").split("\n")[0] ?? ""
  )
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return [user, nice, system, irq, softirq, steal].reduce((sum: number, one) => sum + toMicros(one ?? 0), 0);
}

/** Resident megabytes. */
export const memoryOf = (pid: number) =>
  Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;
